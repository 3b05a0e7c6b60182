"""Axes of charts: where a number lies between 0 and 1 along an axis, and its ticks."""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from samefn.reports.wording.numbers import MINUS, TIMES, format_with_interval

Tick = tuple[float, str]
ZERO_GAP = 0.12  # the share of a logarithmic axis that is kept for zero


@dataclass(frozen=True)
class LogScale:
    """A logarithmic scale with a place of its own for zero, left of a gap.

    Args:
        low: the least positive number.
        high: the greatest number.
        gap: the share of the axis kept for zero; 0 where there is no zero to show.
        percent: whether ticks are shown in percent.
    """

    low: float
    high: float
    gap: float
    percent: bool

    @classmethod
    def over(cls, values: Iterable[float], *, percent: bool = False) -> "LogScale":
        """The scale that holds all numbers; its ends are 1, 2 or 5 times a power of ten.

        >>> LogScale.over([0.0, 0.003, 0.2])
        LogScale(low=0.002, high=0.2, gap=0.12, percent=False)
        """
        finite = [value for value in values if math.isfinite(value)]
        positive = [value for value in finite if value > 0] or [0.01, 1.0]
        low, high = _round_down(min(positive)), _round_up(max(positive))
        if high <= low * 1.0001:
            low, high = low / 10, high * 10
        return cls(low, high, ZERO_GAP if any(value == 0 for value in finite) else 0.0, percent)

    def at(self, value: float) -> float:
        """Where a number lies, 0 to 1; zero and less inside the gap, whatever exceeds the scale at 1."""
        if not value > 0:
            return self.gap / 4
        share = (math.log(value) - math.log(self.low)) / (math.log(self.high) - math.log(self.low))
        return self.gap + (1 - self.gap) * min(max(share, 0.0), 1.0)

    def ticks(self, most: int = 7) -> list[Tick]:
        """Powers of ten, at most so many; more between them on a short scale; zero where it is shown."""
        first, last = math.floor(math.log10(self.low)), math.ceil(math.log10(self.high))
        decades = math.log10(self.high / self.low)
        steps = (1, 1.5, 2, 3, 5, 7) if decades < 1 else (1, 2, 5) if decades < 2 else (1,)
        marks = [step * 10.0**exponent for exponent in range(first, last + 1) for step in steps]
        shown = [mark for mark in marks if self.low * 0.999 <= mark <= self.high * 1.001]
        shown = shown[:: -(-len(shown) // most)] if shown else [self.low, self.high]
        zero: list[Tick] = [(self.gap / 4, "0")] if self.gap else []
        return zero + [(self.at(mark), _tick_text(mark, percent=self.percent)) for mark in shown]


@dataclass(frozen=True)
class LinearScale:
    """A linear scale of shares; what exceeds it lies at its ends.

    Args:
        low: the number at 0.
        high: the number at 1.
    """

    low: float
    high: float

    @classmethod
    def over(cls, values: Iterable[float], least: float, most: float) -> "LinearScale":
        """The scale that holds all numbers between -most and most, and -least to least in any case.

        >>> LinearScale.over([0.13, -7.0], least=0.2, most=1.0)
        LinearScale(low=-1.0, high=0.2)
        """
        finite = [*(value for value in values if math.isfinite(value)), -least, least]
        return cls(
            max(math.floor(min(finite) * 10) / 10, -most),
            min(math.ceil(max(finite) * 10) / 10, most),
        )

    def at(self, value: float) -> float:
        """Where a number lies, 0 to 1."""
        return min(max((value - self.low) / (self.high - self.low), 0.0), 1.0)

    def ticks(self, most: int = 5) -> list[Tick]:
        """Whole multiples of 10, 20 or 50 %, at most so many, zero among them."""
        step = next(step for step in (0.1, 0.2, 0.5, 1.0) if (self.high - self.low) / step < most)
        first, last = math.ceil(self.low / step - 1e-9), math.floor(self.high / step + 1e-9)
        marks = [(index * step, f"{100 * index * step:.0f} %") for index in range(first, last + 1)]
        return [(self.at(mark), text.replace("-", MINUS)) for mark, text in marks]


def _round_down(value: float) -> float:
    return max(_steps(value, lambda mark: mark <= value * 1.000001))


def _round_up(value: float) -> float:
    return min(_steps(value, lambda mark: mark >= value * 0.999999))


def _steps(value: float, keep: Callable[[float], bool]) -> list[float]:
    exponent = math.floor(math.log10(value))
    marks = (float(f"{step}e{power}") for power in (exponent - 1, exponent, exponent + 1) for step in (1, 2, 5))
    return [mark for mark in marks if keep(mark)]


def _tick_text(value: float, *, percent: bool) -> str:
    number = value * 100 if percent else value
    if number < 1e-3:
        text = format_with_interval(number).text.replace(f"1.00{TIMES}", "")
        return f"{text} %" if percent else text
    return f"{number:g} %" if percent else f"{number:g}"
