"""A comparison of so many candidates, and where the texts of a chart are."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import vl_convert
from PIL import ImageFont

from samefn.schema.costs import CostEntry, Latency
from samefn.schema.methods import Given
from samefn.schema.report import MeasureEntry, ModelEntry, Report
from samefn.schema.verdicts import AgainstLimit, Outcome, RelativeDistance, VerdictEntry

LIMIT, INDEPENDENT = 0.01, 0.3
HOSTILE = (
    "<script>alert(1)</script>",
    "\"quotes\" & 'more'",
    "two\nlines\tand \x00",
    "n" * 300,
    "\u202egnp.x\u202c שלום",
)


@dataclass(frozen=True)
class TextBox:
    """A text and its box in pixels."""

    text: str
    left: float
    top: float
    right: float
    bottom: float

    def overlaps(self, other: "TextBox") -> bool:
        apart = self.right <= other.left or other.right <= self.left
        return not (apart or self.bottom <= other.top or other.bottom <= self.top)


def boxes(chart: Any) -> list[TextBox]:
    """Every text that the chart shows, with the box it takes. Letters are measured in a font of another library."""
    drawn = vl_convert.vegalite_to_scenegraph(chart.to_dict())
    origin = drawn["origin"]
    return list(_boxes(drawn["scenegraph"], origin[0], origin[1]))


def _boxes(node: dict[str, Any], x: float, y: float) -> Iterator[TextBox]:
    for item in node.get("items", ()):
        at = (x + item.get("x", 0), y + item.get("y", 0))
        if node.get("marktype") == "text":
            size, text = item["fontSize"], str(item["text"])
            wide = ImageFont.load_default(size * 10).getlength(text) / 10
            left = at[0] - {"left": 0.0, "center": wide / 2, "right": wide}[item.get("align", "left")]
            above = {"top": 0.0, "middle": 0.5, "bottom": 1.0, "alphabetic": 0.8}[item.get("baseline", "alphabetic")]
            top = at[1] - above * size
            yield TextBox(text, left, top, left + wide, top + size)
        elif "items" in item:
            yield from _boxes(item, *at)
        else:
            for inner in item.get("items", ()):
                yield from _boxes(inner, *at)


def compare(make_report: Callable[..., Report], names: list[str], *, independents: bool = True) -> Report:
    """A comparison of candidates with these names, from near to far over three decades."""
    count = len(names)
    shares = [0.0004 * 1000 ** (at / max(count - 1, 1)) for at in range(count)]
    models = [_model("base", "base", 1000)]
    models += [
        _model(f"candidate-{at}", "candidate", 900 - 15 * at, name, accuracy=0.9 - share / 3)
        for at, (name, share) in enumerate(zip(names, shares, strict=True))
    ]
    measured = {f"candidate-{at}": share for at, share in enumerate(shares)}
    if independents:
        models += [_model(f"independent-{seed}", "independent", 1000) for seed in (1, 2)]
        measured |= {f"independent-{seed}": INDEPENDENT * (0.95 + 0.05 * seed) for seed in (1, 2)}
    common: dict[str, Any] = {"evaluation": "test", "base": "base", "examples": 10_000}
    verdicts = [
        VerdictEntry(
            **common, candidate=name, outcome=_outcome(share), reason="share", effective_examples=10_000,
            class_limit=0.05, loss_limit=0.005, against=(_against(share),),
        )
        for name, share in measured.items() if name.startswith("candidate")
    ]  # fmt: skip
    return make_report(
        models=tuple(models),
        measures=tuple(
            MeasureEntry(
                **common, candidate=name, measure="disagreement", value=share, low=share * 0.8, high=share * 1.2,
                interval="clopper-pearson",
            )
            for name, share in measured.items()
        ),
        relative_distances=tuple(
            RelativeDistance(
                **common, candidate=name, measure="disagreement", value=share / INDEPENDENT,
                low=share / INDEPENDENT * 0.7, high=share / INDEPENDENT * 1.3, noise_floor=0.0, noise_floor_model="",
                independent_distance=INDEPENDENT, independents=2, covers="examples only", method="fieller", refused="",
            )
            for name, share in measured.items() if independents and name.startswith("candidate")
        ),
        verdicts=tuple(verdicts), landscape=(), panels=(), distances=(), changed=(), transfer=(), claims=(), overall=(),
    )  # fmt: skip


def _model(name: str, role: Any, size: int, title: str = "", accuracy: float = 0.9) -> ModelEntry:
    cost = CostEntry(whole=Latency(batch=64, median=size / 1000))
    given = Given(adapter="onnx")
    return ModelEntry(id=name, name=title or name, role=role, method=given, bytes=size, cost=cost, accuracy=accuracy)


def _outcome(share: float) -> Outcome:
    if share * 0.8 > LIMIT:
        return "changed"
    return "same" if share * 1.2 < LIMIT else "inconclusive"


def _against(share: float) -> AgainstLimit:
    return AgainstLimit(
        measure="disagreement", value=share, low=share * 0.8, high=share * 1.2, limit=LIMIT, origin="given", side="open"
    )


@pytest.fixture(scope="session")
def text_boxes() -> Callable[[Any], list[TextBox]]:
    return boxes


@pytest.fixture(scope="session")
def comparison(make_report: Callable[..., Report]) -> Callable[..., Report]:
    """Makes a report of candidates with these names, or of so many; `independents=False` for none."""

    def make(names: list[str] | int, **options: bool) -> Report:
        named = [f"candidate {at + 1}.onnx" for at in range(names)] if isinstance(names, int) else names
        return compare(make_report, named, **options)

    return make


@pytest.fixture(scope="session")
def hostile_names() -> list[str]:
    return list(HOSTILE)
