"""Fieller's set: the ratios that two uncertain means leave possible."""

from math import sqrt


def fieller(
    x: float, y: float, xx: float, xy: float, yy: float, larger: float | None = None
) -> tuple[float, float] | None:
    """Every ratio r with (x - r y)^2 <= xx - 2 r xy + r^2 yy, where that is an interval.

    In r this is A r^2 - 2 B r + C <= 0 with A = y^2 - yy, B = x y - xy, C = x^2 - xx. With A above 0 it is the interval
    between the roots; otherwise y cannot be told from 0 and the set is the outside of an interval, or everything.

    The error of y may be allowed to be greater where y came out too small than where it came out too large: `larger`
    then stands for yy at the end nearer to 0, which is the ratio to a denominator larger than found.

    Args:
        x: the numerator's mean.
        y: the denominator's mean.
        xx: the numerator's squared error allowed: a critical value squared times the variance of the mean.
        xy: the same of the covariance.
        yy: the same of the denominator.
        larger: the same of a denominator larger than found, at least yy; None for yy.

    Returns:
        Lower and upper end; None where the set is unbounded.

    Source:
        Fieller 1954, Some problems in interval estimation.

    >>> fieller(1.0, 2.0, 0.0, 0.0, 0.0)
    (0.5, 0.5)
    >>> fieller(1.0, 1.0, 0.0, 0.0, 1.0) is None
    True
    >>> fieller(1.0, 2.0, 0.0, 0.0, 0.0, larger=4.0)
    (0.25, 0.5)
    """
    square, cross, constant = y * y - yy, x * y - xy, x * x - xx
    if not square > 0:
        return None
    # x / y is always in the set, so only rounding makes this negative.
    root = sqrt(max(0.0, cross * cross - square * constant))
    low, high = (cross - root) / square, (cross + root) / square
    if larger is None or not constant > 0:  # at r = 0 the denominator does not count
        return low, high
    # The root nearer to 0 in the form that has no difference of like numbers and needs no square above 0.
    further = sqrt(max(0.0, cross * cross - (y * y - larger) * constant))
    return (constant / (cross + further), high) if cross > 0 else (low, constant / (cross - further))
