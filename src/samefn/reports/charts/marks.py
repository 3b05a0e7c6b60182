"""Points with an interval, as charts of rows and of two axes draw them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from samefn.reports.charts.theme import MUTED, OUTCOME_COLOURS, PAPER
from samefn.reports.styles import ROLE_STYLES
from samefn.reports.wording.escaping import printable
from samefn.schema.report import ModelEntry, Role
from samefn.schema.verdicts import Outcome

Record: TypeAlias = dict[str, Any]


@dataclass(frozen=True)
class Point:
    """A point with its interval.

    Attributes:
        role: gives the shape.
        value: what is drawn.
        low: lower end of its interval; the value where there is none.
        high: upper end.
        colour: of the mark, on a light ground.
        tip: what is said of it.
        hollow: whether it is drawn as an outline: its answer is open.
        facts: more columns of the chart's data.
    """

    role: Role
    value: float
    low: float
    high: float
    colour: str
    tip: str
    hollow: bool = False
    facts: tuple[tuple[str, str | float], ...] = ()


def judged_point(
    model: ModelEntry, name: str, outcome: Outcome | None, ends: tuple[float, float, float], figure: str
) -> Point:
    """The point of a model in the colour of its answer; `ends` are its value and its interval."""
    tip = f"{name}: {figure}{f', {outcome}' if outcome else ''}"
    facts = (("model", name), ("method", ROLE_STYLES[model.role].title), ("answer", outcome or ""))
    colour = OUTCOME_COLOURS[outcome] if outcome else MUTED
    return Point(model.role, *ends, colour, tip, outcome == "inconclusive", facts)


def record(point: Point, quantity: str) -> Record:
    """A point as a line of a chart's data; `quantity` is what its value is called there."""
    facts = {name: printable(fact) if isinstance(fact, str) else fact for name, fact in point.facts}
    look = {
        "shape": ROLE_STYLES[point.role].path,
        "colour": point.colour,
        "fill": PAPER if point.hollow else point.colour,
        "edge": point.colour if point.hollow else PAPER,
    }
    ends = {quantity: point.value, "low": point.low, "high": point.high}
    return {**facts, **ends, "tip": printable(point.tip), **look}


def drawn(points: Sequence[Point]) -> list[float]:
    """All numbers that an axis must hold."""
    return [end for point in points for end in (point.low, point.value, point.high)]
