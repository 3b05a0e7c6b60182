"""An upper bound of the share of changed predictions from how near to a flip every input came, flipped or not."""

from math import hypot, inf, sqrt

from scipy.special import betainc, betaincinv, gammaincinv

from samefn.schema.verdicts import BoundaryFlips, BoundaryRefusal
from samefn.statistics.boundary_sums import MAGNIFICATION, BoundarySums

# Small flips over what near flips tell. In the simulation (benchmarks/boundary.py) 0.3 to 1.2 where noise does not
# depend on the margin; where it is larger near the boundary, to 2.0, most of which the trend finds.
TYPICAL_RATIO = 1.15
RATIO_CV = 0.25
TREND_ERRORS = 0.5  # so many standard errors of a trend are taken to be chance
MIN_BELOW = 20  # inputs at or below the cut
CONTRADICTED = 0.01  # so many small flips, or more, have at most this probability


def boundary_flips(sums: BoundarySums, error: float) -> BoundaryFlips:
    """The share of changed predictions as the margins tell it, and its upper end.

    Near the boundary margins are spread evenly: of the inputs that would flip by ten times their change, a tenth flips
    by the change itself. These near flips are about ten times as many as the flips, so their number is known better.
    Where they crowd towards the boundary, more flips are expected, by that trend. The rest of the misfit, which differs
    from model to model, is learnt from the small flips themselves: the number to be expected has a gamma distribution
    before they are counted, and after.

    Flips by a large change (rare confident failures), and into or from a tie (figures on a grid), are counted, with the
    upper end of Clopper and Pearson. The upper ends of the two parts are joined by squares.

    It assumes that inputs are drawn independently, and that small changes depend little on the margin. Where the small
    flips contradict it, it is refused. All logits of both models times one number leave it as it is.

    Args:
        sums: over the inputs.
        error: how often the true share may be above the upper end, above 0 and below 1.

    Source:
        Own; joining the ends: Zou and Donner 2008, Construction of confidence limits about effect measures.

    >>> sums = BoundarySums(
    ...     10_000, cut=1.0, below=1000, counted=0, small=3, near=2.5, near_squares=0.25, near_places=1.25
    ... )
    >>> found = boundary_flips(sums, 0.01)
    >>> round(found.estimate, 6), round(found.high, 6)  # Clopper-Pearson of 3 flips: 0.001004
    (0.000299, 0.000813)
    """
    shape, rate = _expected(sums)
    refused = _refused(sums, shape, rate)
    if refused:
        return BoundaryFlips(estimate=None, high=None, error=error, refused=refused)
    small = (shape + sums.small) / (rate + 1)
    most_small = float(gammaincinv(shape + sums.small, 1 - error)) / (rate + 1)
    all_counted = sums.counted == sums.examples
    most = 1.0 if all_counted else float(betaincinv(sums.counted + 1, sums.examples - sums.counted, 1 - error))
    estimate = sums.counted + small
    above = hypot(sums.examples * most - sums.counted, most_small - small)
    estimate, high = (min(1.0, flips / sums.examples) for flips in (estimate, estimate + above))
    return BoundaryFlips(estimate=estimate, high=high, error=error)


def _expected(sums: BoundarySums) -> tuple[float, float]:
    """How many small flips are to be expected, before any is counted: shape and rate of a gamma distribution."""
    # One near flip is added, of the least weight, in the middle: that there was none does not mean that none can be.
    near = sums.near + 1 / MAGNIFICATION
    variance = (sums.near_squares + 1 / MAGNIFICATION**2) / near**2  # relative
    place = (sums.near_places + 0.5 / MAGNIFICATION) / near
    # With the density 1 + trend (1 - 2 place) the mean place is 1/2 - trend / 6; evenly spread, the variance is 1/12.
    trend = 6 * (0.5 - place) - TREND_ERRORS * 6 * sqrt(variance / 12)
    shape = 1 / (RATIO_CV**2 + variance)
    return shape, shape / (TYPICAL_RATIO * near * (1 + max(0.0, trend)))


def _refused(sums: BoundarySums, shape: float, rate: float) -> BoundaryRefusal:
    if sums.cut <= 0:
        return "ties"
    if sums.cut == inf:
        return "infinite"
    if sums.below < MIN_BELOW:
        return "few"
    # Before they are counted, the number of small flips is negative binomial.
    at_least = float(betainc(sums.small, shape, 1 / (1 + rate))) if sums.small else 1.0
    return "contradicted" if at_least <= CONTRADICTED else ""
