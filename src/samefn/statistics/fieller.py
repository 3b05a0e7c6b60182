"""Fieller's set: the ratios that two uncertain means leave possible."""

from math import sqrt


def fieller(x: float, y: float, xx: float, xy: float, yy: float) -> tuple[float, float] | None:
    """Every ratio r with (x - r y)^2 <= xx - 2 r xy + r^2 yy, where that is an interval.

    In r this is A r^2 - 2 B r + C <= 0 with A = y^2 - yy, B = x y - xy, C = x^2 - xx. With A above 0 it is the interval
    between the roots; otherwise y cannot be told from 0 and the set is the outside of an interval, or everything.

    Args:
        x: the numerator's mean.
        y: the denominator's mean.
        xx: the numerator's squared error allowed: a critical value squared times the variance of the mean.
        xy: the same of the covariance.
        yy: the same of the denominator.

    Returns:
        Lower and upper end; None where the set is unbounded.

    Source:
        Fieller 1954, Some problems in interval estimation.

    >>> fieller(1.0, 2.0, 0.0, 0.0, 0.0)
    (0.5, 0.5)
    >>> fieller(1.0, 1.0, 0.0, 0.0, 1.0) is None
    True
    """
    square, cross, constant = y * y - yy, x * y - xy, x * x - xx
    if not square > 0:
        return None
    # x / y is always in the set, so only rounding makes this negative.
    root = sqrt(max(0.0, cross * cross - square * constant))
    return (cross - root) / square, (cross + root) / square
