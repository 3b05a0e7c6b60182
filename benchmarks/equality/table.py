"""The results as Markdown."""

from collections.abc import Sequence
from typing import Any

BAR = 1e-4
_FIGURES = {
    "logits": "logits",
    "softmax": "softmax",
    "training_logits": "logits in training",
    "running_mean": "running means",
    "running_var": "running variances",
}


def markdown(results: dict[str, Any]) -> str:
    """What `docs/evidence/keras.md` shows: the nets and their initial weights, then the differences."""
    versions = results["versions"] | results["nets"][0]["versions"]
    named = ", ".join(f"{name} {number}" for name, number in sorted(versions.items()))
    return "\n\n".join([f"{results['cpu']}, {named}.", _nets(results["nets"]), _differences(results["nets"])])


def agrees(net: dict[str, Any]) -> bool:
    """Whether the counts are the same and every difference is below the bar."""
    same: bool = net["keras_numbers"] == net["our_numbers"] and net["initial"]["others_equal"]
    return same and max(net["differences"].values()) < BAR


def _nets(nets: Sequence[dict[str, Any]]) -> str:
    rows = [
        [
            net["net"],
            f"{net['keras_numbers']:,}",
            f"{net['our_numbers']:,}",
            f"{net['keras_without_top']:,}" if net["keras_without_top"] else "",
            f"{net['initial']['narrowest']:.3f} to {net['initial']['widest']:.3f}",
            "equal" if net["initial"]["others_equal"] else "**not equal**",
        ]
        for net in nets
    ]
    header = ["net", "numbers, Keras", "numbers, ours", "Keras, without top"]
    return _table([*header, "range of initial kernels, ours over Keras's", "other initial numbers"], rows)


def _differences(nets: Sequence[dict[str, Any]]) -> str:
    rows = []
    for net in nets:
        rows.append([net["net"], *_cells(net["differences"]), "yes" if agrees(net) else "**no**"])
        for title, found in net["controls"].items():
            rows.append([f"{net['net']}, made wrong: {title}", *_cells(found), ""])
    return _table(["relative difference", *_FIGURES.values(), f"all below {BAR:.0e}"], rows)


def _cells(found: dict[str, float]) -> list[str]:
    return [f"{found[name]:.1e}" if name in found else "" for name in _FIGURES]


def _table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [header, ["---", *["---:"] * (len(header) - 1)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
