"""The third answer: how far is a candidate, between the base's own noise and an independent model?"""

from samefn.schema.verdicts import HowFar, RelativeDistance

NEAR = 0.1  # of the relative distance: below it a candidate is near,
INDEPENDENT = 0.8  # and above this as far as an independent


def how_far(distance: RelativeDistance) -> HowFar | None:
    """Where the interval of the relative distance is; None without independents.

    What is certain is said although the independents' distance is not settled: an interval with only a lower end can
    show that a candidate is not near.

    Args:
        distance: by disagreement.
    """
    if not distance.independents:
        return None
    if distance.high is not None and distance.high < NEAR:
        return "near"
    if distance.low is None or distance.low <= NEAR:
        return "not shown"
    return "independent" if distance.low > INDEPENDENT and distance.independents > 1 else "between"


def probabilities_moved(distance: RelativeDistance | None) -> bool | None:
    """Whether total variation is shown to be over a tenth of the independents'; None where there is no such distance.

    Args:
        distance: by total variation.
    """
    return None if distance is None or distance.low is None else distance.low > NEAR
