"""Axes of charts: linear, or logarithmic with zero where the numbers span decades."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

import altair as alt

from samefn.reports.wording.numbers import MINUS

_ROOM = 36  # pixels from tick to tick, for texts such as 0.001 %
_DECADES = 1.6
"""Numbers that span more of them get a logarithmic axis."""


@dataclass(frozen=True)
class ValueAxis:
    """An axis of numbers.

    Attributes:
        kind: `symlog` is logarithmic above `constant`, and has zero.
        low: where it begins.
        high: where it ends.
        ticks: its marks.
        constant: of `symlog`: about where it becomes linear.
        percent: whether the numbers are shares, shown in percent.
    """

    kind: Literal["linear", "symlog", "log"]
    low: float
    high: float
    ticks: tuple[float, ...]
    constant: float = 1.0
    percent: bool = False

    @classmethod
    def from_zero(cls, values: Iterable[float], *, percent: bool = False, least: float = 0.0) -> "ValueAxis":
        """The axis that holds zero and all finite numbers; those smaller than `least` are not told from zero.

        >>> ValueAxis.from_zero([0.02, 0.07]).ticks, ValueAxis.from_zero([0.0003, 0.07, 0.3]).ticks
        ((0.0, 0.02, 0.04, 0.06), (0.0, 0.001, 0.01, 0.1))
        """
        finite = [0.0, *(value for value in values if math.isfinite(value))]
        sizes = [abs(value) for value in finite if value] or [1.0]
        # What is far smaller than the rest does not stretch the axis: it is seen to be near zero.
        smallest = max(min(sizes), max(sizes) / 1e5, least)
        if math.log10(max(sizes) / smallest) <= _DECADES:
            return cls.linear(finite, percent=percent)
        low, high = min(finite), max(finite)
        below = [-mark for mark in reversed(_powers(smallest, -low))]
        return cls("symlog", low, high * 1.1, (*below, 0.0, *_powers(smallest, high)), smallest, percent)

    @classmethod
    def linear(cls, values: Iterable[float], *, percent: bool = False) -> "ValueAxis":
        """The linear axis that holds zero and all these numbers."""
        finite = [0.0, *values]
        low, high = min(finite), max(finite)
        low, high = (low, high) if high > low else (0.0, 1.0)
        step = _step(high - low)
        first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
        ticks = tuple(float(f"{step * at:.6g}") for at in range(first, last + 1))
        room = 0.02 * (high - low)
        return cls("linear", low - room if low < 0 else low, high + room, ticks, percent=percent)

    @classmethod
    def logarithmic(cls, values: Iterable[float], *, percent: bool = False) -> "ValueAxis":
        """The axis without zero that holds all finite numbers above it."""
        finite = [value for value in values if math.isfinite(value) and value > 0] or [0.1, 1.0]
        low, high = min(finite) / 1.1, max(finite) * 1.1
        steps = (1, 2, 5) if high / low < 100 else (1,)
        first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
        marks = [float(f"{step}e{power}") for power in range(first, last + 1) for step in steps]
        ticks = [mark for mark in marks if low <= mark <= high]
        return cls("log", low, high, tuple(ticks or finite[:1]), percent=percent)

    def scale(self, reach: tuple[float, float]) -> alt.Scale:
        """The scale from pixel to pixel."""
        parts: dict[str, Any] = {"constant": self.constant} if self.kind == "symlog" else {}
        domain, pixels = [self.low, self.high], list(reach)
        return alt.Scale(type=self.kind, domain=domain, range=pixels, nice=False, zero=False, clamp=True, **parts)

    def axis(self, reach: float, title: str | None = None, **parts: Any) -> alt.Axis:
        """Ticks and grid of an axis of so many pixels."""
        text = "format(datum.value * 100, '.3~g') + ' %'" if self.percent else "format(datum.value, '.3~g')"
        return alt.Axis(values=self._apart(reach), labelExpr=f"replace({text}, '-', '{MINUS}')", title=title, **parts)

    def _apart(self, reach: float) -> list[float]:
        """The ticks whose texts stand apart: zero, then from the greatest on."""
        kept: list[float] = []
        for tick in sorted(self.ticks, key=lambda tick: (tick != 0, -tick)):
            if all(abs(self.at(tick) - self.at(other)) * reach >= _ROOM for other in kept):
                kept.append(tick)
        return sorted(kept)

    def at(self, value: float) -> float:
        """Where a number lies, from 0 to 1; what is beyond an end lies at it."""
        value = min(max(value, self.low), self.high)
        return (self._warped(value) - self._warped(self.low)) / (self._warped(self.high) - self._warped(self.low))

    def _warped(self, value: float) -> float:
        if self.kind == "log":
            return math.log(value)
        return value if self.kind == "linear" else math.copysign(math.log1p(abs(value) / self.constant), value)

    @property
    def words(self) -> str:
        """What to say of a scale that is not linear; else empty."""
        return "" if self.kind == "linear" else "logarithmic"


def _step(span: float) -> float:
    """The distance of ticks: 1, 2 or 5 times a power of ten, at most four in the span."""
    exponent = math.floor(math.log10(span)) - 1
    steps = (float(f"{step}e{power}") for power in range(exponent, exponent + 4) for step in (1, 2, 5))
    return next(step for step in steps if span / step < 5)


def _powers(low: float, high: float) -> list[float]:
    if high <= 0:
        return []
    exponents = range(math.floor(math.log10(low)), math.floor(math.log10(high) + 1e-9) + 1)
    return [float(f"1e{power}") for power in exponents if low * 0.999 <= 10.0**power <= high * 1.1]
