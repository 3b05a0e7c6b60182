"""The relative distance: from the base's own noise (0) to an independently trained model (1)."""

from functools import cache
from math import sqrt

import numpy as np
from scipy.special import ndtri, stdtrit

from samefn.schema.base import Compared
from samefn.schema.quantities import Refusal
from samefn.schema.verdicts import DistanceMethod, RelativeDistance
from samefn.statistics.exact_means import Tally, rare_mean
from samefn.statistics.fieller import fieller
from samefn.statistics.moments import Moments, MomentSums

# With fewer changed examples, their variance is too uncertain for Fieller's interval; with none it is 0.
MIN_CHANGED = 10
MIN_CHANGED_UNEQUAL = 20  # for distances that are not just 0 or 1: a few of these may outweigh the others
# Few independents may miss a tail of distant ones. Then the upward error of the independent distance is TAIL_FACTOR
# times the error that they show, and at least that of independents with a coefficient of variation of PRIOR_CV.
TAIL_FACTOR = 1.5
PRIOR_CV = 1 / 3
MIN_FOR_SKEWNESS = 5  # fewer independents show no tail, whether there is one or not
ROUNDING = 1e-9  # thresholds are not to depend on the unit of distances
LIMIT = 0.1  # of the relative distance: *same* is below it


def relative_distance_of(
    sums: MomentSums,
    compared: Compared = Compared(),  # noqa: B008  (a tuple)
    measure: str = "",
    noise_floor_model: str = "",
    confidence: float = 0.95,
) -> RelativeDistance:
    """The relative distance of one candidate by one distance, with an interval over inputs and independents.

    With x = mean(candidate - noise_floor) and y = mean(independents - noise_floor), the interval is every r with
    (x - r y)^2 <= z^2 Ve + t(m - 1)^2 r^2 Vm, solved exactly. Vm = var_j(mean_i d_ij) / m comes from the independents;
    Ve is the variance over examples of a - r b, over N, less r^2 times the interaction variance / (N m), which Vm holds
    already.

    Few independents seldom show a tail of distant ones. Without the tail, the independent distance comes out too low
    and the relative distance too high. So the end nearer to 0 is moved nearer still: with two to four independents, and
    with five or more whose mean distances have a skewness above 1 - 4 / m. There 1.5 t(m - 1) sqrt(Vm) replaces
    t(m - 1) sqrt(Vm), and it is at least y / (3 sqrt(m)): one standard error of independents whose standard deviation
    is a third of y.

    Fewer than ten changed examples (candidate against noise_floor; fewer than twenty effective ones where distances are
    not just 0 or 1): the candidate's own interval is exact (Clopper-Pearson, or its like for unequal distances) and is
    divided by the ends of the independent distance's. That covers at least as often, because the standard error of a
    sum is at most the sum of the standard errors, whatever their correlation.

    Grouped examples (the tokens of a text): the group is the unit. The relative distance stays the ratio of sums over
    all examples; its variance is that of the groups' sums of (a - r b), whose mean is 0 at the true r whatever the
    groups' sizes.

    Args:
        sums: of the candidate's distances, the base's to itself and the independents'.
        compared: what the entry is about.
        measure: name of the distance.
        noise_floor_model: id of the replicate that measured the noise floor; empty where it is taken for 0.
        confidence: the share of repetitions in which the interval covers the truth, above 0 and below 1.

    Returns:
        The relative distance, or why there is none.

    >>> from samefn.statistics.moments import moment_sums
    >>> few = moment_sums(np.array([1.0, 0, 0, 0]), np.zeros(4), np.array([[1.0, 0, 0, 0]]))
    >>> relative_distance_of(few).refused
    'uncertain'
    """
    mean = sums.mean_independent_distance
    entry = RelativeDistance(
        **compared._asdict(),
        measure=measure,
        value=None,
        low=None,
        high=None,
        noise_floor=sums.mean_noise_floor,
        noise_floor_model=noise_floor_model,
        independent_distance=mean if mean is None or np.isfinite(mean) else None,
        independents=sums.independents,
        examples=sums.examples,
        covers="examples and independents" if sums.independents > 1 else "examples only",
        method="none",
        refused=_refusal(sums),
        confidence=confidence,
    )
    if entry.refused:
        return entry
    found = sums.moments()
    ends = interval(found, confidence)
    if isinstance(ends, str):
        return entry.model_copy(update={"refused": ends})
    low, high, method = ends
    over = found.units * found.y**2
    error = (
        found.second / over,
        (found.residual_variance - found.y**2) / over,
        found.between / (sums.independents * found.y**2),
    )
    slack = sqrt(_of_models(found, confidence)[1]) / found.y
    known = {"value": found.x / found.y, "low": low, "high": high, "method": method}
    return entry.model_copy(update={**known, "error": error, "distance_slack": slack})


def _refusal(sums: MomentSums) -> Refusal:
    """Why there is no relative distance at all, empty where nothing is against one."""
    if not sums.independents:
        return "no independents"
    if not sums.finite:
        return "infinite"
    if sums.units < 2:
        return "one group" if sums.grouped else "one example"
    return ""


def interval(found: Moments, confidence: float) -> tuple[float, float, DistanceMethod] | Refusal:
    """The interval of the relative distance from the moments.

    Args:
        found: moments of the distances.
        confidence: above 0 and below 1.

    Returns:
        Lower end, upper end and how they were made; or why there is none.
    """
    if not found.y > 0:
        return "independents like noise"
    z, _ = _critical(confidence, found.independents)
    n, m = found.units, found.independents
    # The interaction reaches the independents' means too: counted there, where its share is unknown, not twice.
    twice = min(found.interaction / m, found.yy)
    of_models, of_more = _of_models(found, confidence)
    changed = Tally(found.gained.total + found.lost.total, found.gained.squares + found.lost.squares, 1.0)
    if changed.effective >= (MIN_CHANGED if found.binary else MIN_CHANGED_UNEQUAL) - ROUNDING:
        of_examples = z * z * (found.yy - twice) / n
        ends = fieller(
            found.x,
            found.y,
            z * z * found.xx / n,
            z * z * found.xy / n,
            of_examples + of_models,
            larger=of_examples + of_more,
        )
        return (*ends, "fieller") if ends else "uncertain"
    of_examples = z * z * max(0.0, found.residual_variance - twice) / n
    near, far = found.y - sqrt(of_examples + of_models), found.y + sqrt(of_examples + of_more)
    if not near > 0:
        return "uncertain"
    least, most = rare_mean(found.gained, n, confidence, found.binary)
    lost_least, lost_most = rare_mean(found.lost, n, confidence, found.binary)
    least, most = least - lost_most, most - lost_least
    return least / (far if least > 0 else near), most / (near if most > 0 else far), "few changes"


def _of_models(found: Moments, confidence: float) -> tuple[float, float]:
    """The squared error of the mean over independents: for a true mean below the one found, and for one above it."""
    m = found.independents
    _, t = _critical(confidence, m)
    shown = t * t * found.between / m
    enough = 1 - 4 / m if m >= MIN_FOR_SKEWNESS else -2.0  # no skewness of four or fewer is below -2
    hidden = m > 1 and found.skewness > enough + ROUNDING
    return shown, max(TAIL_FACTOR**2 * shown, (PRIOR_CV * found.y) ** 2 / m) if hidden else shown


@cache
def _critical(confidence: float, independents: int) -> tuple[float, float]:
    """The critical values for examples and for independents; one independent has no variance to multiply."""
    tail = (1 + confidence) / 2
    return float(ndtri(tail)), float(stdtrit(independents - 1, tail)) if independents > 1 else 0.0
