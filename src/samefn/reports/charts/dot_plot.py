"""A dot plot as positions from 0 to 1: one row a model, with an interval."""

from dataclasses import dataclass

from samefn.reports.charts.scales import Tick
from samefn.schema.report import Role


@dataclass(frozen=True)
class Dot:
    """A row of a dot plot; low and high are the ends of the interval."""

    name: str
    role: Role
    at: float
    low: float
    high: float
    text: str
    interval: str


@dataclass(frozen=True)
class DotPlot:
    """A dot plot; the band is (from, to) on the axis."""

    dots: tuple[Dot, ...]
    ticks: tuple[Tick, ...]
    band: tuple[float, float] | None = None
