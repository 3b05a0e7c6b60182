"""Which layer changes a candidate most, in sentences."""

from samefn.reports.view import ReportView
from samefn.reports.wording.numbers import MINUS, format_size
from samefn.schema.layers import LocatedEntry, SwapDirection

DIRECTION_TITLES: dict[SwapDirection, str] = {
    "forward": "The base with one layer of the candidate",
    "backward": "The candidate with one layer of the base",
}


def layer_sentences(view: ReportView) -> list[tuple[str, str]]:
    """Two (term, sentence) a candidate: the layer that changes most alone, and the one whose return helps most."""
    first: dict[tuple[str, SwapDirection], LocatedEntry] = {}
    for entry in view.report.located:
        first.setdefault((entry.candidate, entry.direction), entry)
    return [("Layers", _sentence(view.name(entry.candidate), entry)) for entry in first.values()]


def format_extra_bytes(extra: int) -> str:
    """A difference of sizes in bytes, with a minus where it is a saving."""
    return format_size(extra) if extra >= 0 else f"{MINUS}{format_size(-extra)}"


def _sentence(name: str, entry: LocatedEntry) -> str:
    if entry.share is None:
        return f"{name}: the candidate is at no distance from the base, so no layer is to blame."
    share = f"{100 * entry.share:.0f} %".replace("-", MINUS)
    price = f"storing it as the base does costs {format_extra_bytes(entry.bytes)}"
    if entry.direction == "forward":
        return f"{name}: layer {entry.group} alone makes {share} of the distance to the base; {price}."
    return f"{name}: with layer {entry.group} of the base, {share} of the distance disappears; {price}."
