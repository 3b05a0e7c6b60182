"""Is a model better than always naming the most frequent class? The base first: else labels or inputs are wrong."""

from samefn.schema.verdicts import BaseDoubt

NEAR_CHANCE = 0.01  # one point of accuracy


def is_broken(high: float, majority: float, base_low: float) -> bool:
    """Whether a candidate is no better than always naming the most frequent class, though the base is.

    Args:
        high: upper end of the candidate's accuracy, 0 to 1.
        majority: share of the most frequent class.
        base_low: lower end of the base's accuracy.

    >>> is_broken(0.12, 0.1125, 0.9), is_broken(0.12, 0.1125, 0.08)
    (True, False)
    """
    return high <= majority + NEAR_CHANCE and base_low > majority


def base_doubt(value: float, low: float, majority: float) -> BaseDoubt:
    """What makes the base itself doubtful; empty where nothing does.

    Args:
        value: the base's accuracy, 0 to 1.
        low: its lower end.
        majority: share of the most frequent class.

    >>> base_doubt(0.093, 0.063, 0.13)
    'no better'
    >>> base_doubt(0.15, 0.12, 0.13)
    'not shown better'
    >>> base_doubt(0.9, 0.87, 0.13)
    ''
    """
    if low > majority:
        return ""
    return "no better" if value <= majority else "not shown better"
