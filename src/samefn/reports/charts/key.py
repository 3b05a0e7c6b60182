"""The key of a chart: what its colours, shapes and lines mean, in lines of text beneath it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt

from samefn.reports.charts.pixels import column, texts, x_pixels, y_pixels
from samefn.reports.charts.theme import SMALL, chart_of, text_width

_LINE = 14
_BEFORE, _AFTER = 15, 12
SQUARE = "M-1-1H1V1H-1Z"


@dataclass(frozen=True)
class KeyEntry:
    """A sample and what it means; without a colour, words alone."""

    text: str
    colour: str = ""
    shape: str = SQUARE


def key_layers(key: Sequence[KeyEntry], left: float, top: float, room: float) -> list[alt.Chart]:
    """The key, from one place of a chart on, in so many pixels."""
    records: list[dict[str, Any]] = [
        {"text": entry.text, "x": left + x, "y": top + line * _LINE, "colour": entry.colour, "shape": entry.shape}
        for entry, x, line in _placed(key, room)
    ]
    if not records:
        return []
    samples = [{**record, "x": record["x"] - 9} for record in records if record["colour"]]
    layers = texts([{name: record[name] for name in ("text", "x", "y")} for record in records])
    if samples:
        mark = chart_of(samples).mark_point(size=70, opacity=1, filled=True, aria=False)
        look = {"color": column(alt.Color, "colour:N"), "shape": column(alt.Shape, "shape:N")}
        layers.append(mark.encode(x=x_pixels(), y=y_pixels(), **look))
    return layers


def key_height(key: Sequence[KeyEntry], room: float) -> float:
    """How many pixels the key takes."""
    return _LINE * (1 + max(line for _, _, line in _placed(key, room))) if key else 0


def _placed(key: Sequence[KeyEntry], room: float) -> list[tuple[KeyEntry, float, int]]:
    """Each entry with its place and line."""
    placed, at, line = [], 0.0, 0
    for entry in key:
        before = _BEFORE if entry.colour else 0
        wide = before + text_width(entry.text, SMALL)
        if at and at + wide > room:
            at, line = 0.0, line + 1
        placed.append((entry, at + before, line))
        at += wide + _AFTER
    return placed
