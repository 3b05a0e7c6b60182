"""The relative distance: from the base's own noise (0) to an independently trained model (1)."""

from math import hypot, sqrt

import numpy as np
from scipy.special import ndtri, stdtr, stdtrit

from samefn.schema.base import Compared
from samefn.schema.quantities import Refusal
from samefn.schema.verdicts import DistanceMethod, RelativeDistance
from samefn.statistics.exact_means import Tally, rare_mean
from samefn.statistics.fieller import fieller
from samefn.statistics.moments import Moments, MomentSums

# With fewer changed examples, how they go together with the independents' is too uncertain to count; and where
# distances are not just 0 or 1, a few may outweigh the others.
MIN_CHANGED = 10
MIN_CHANGED_UNEQUAL = 20
# What is known of the spread of independents before any is seen: their distances to a base have this coefficient of
# variation, known as well as from so many degrees of freedom. Learnt by benchmarks/independents.py from the sets of
# results/calibration/independents.json that disagree on less than a tenth of the inputs, rounded to the safe side;
# docs/evidence/independents.md has the check on tasks left out.
PRIOR_CV = 0.12
PRIOR_FREE = 3.0
# Of the error of the upper end, the margins' own. The counts have all of it: the two add up to more than 1, but the
# margins hardly ever err (docs/evidence/calibration.md has both together, at the limit).
BY_MARGINS = 0.6
ROUNDING = 1e-9  # thresholds are not to depend on the unit of distances


def relative_distance_of(
    sums: MomentSums,
    compared: Compared = Compared(),  # noqa: B008  (a tuple)
    measure: str = "",
    noise_floor_model: str = "",
    confidence: float = 0.95,
    most: float | None = None,
) -> RelativeDistance:
    """The relative distance of one candidate by one distance, with an interval over inputs and independents.

    With x = mean(candidate - noise_floor) and y = mean(independents - noise_floor), the interval is every r with
    (x - r y)^2 <= z^2 Ve + t^2 r^2 Vm, solved exactly. Ve is the variance over examples of a - r b, over N, less r^2
    times the interaction variance / (N m), which Vm holds already. m Vm is the variance over independents, and t has
    nu + m - 1 degrees of freedom. The m independents show it with m - 1 degrees of freedom; nu more come from a prior
    that was learnt from sets of independents (`PRIOR_CV`, `PRIOR_FREE`). So one independent has an interval too.

    Where distances are 0 or 1, or few are not 0, the candidate's part of z^2 Ve is replaced by the exact interval of x
    (Clopper-Pearson, or its like for unequal distances): the squared way from x to the end in question. With fewer than
    ten changed examples (candidate against noise_floor; fewer than twenty effective ones where distances are not just 0
    or 1), nothing is taken off for examples that change in the candidate and in the independents alike.

    Grouped examples (the tokens of a text): the group is the unit. The relative distance stays the ratio of sums over
    all examples; its variance is that of the groups' sums of (a - r b), whose mean is 0 at the true r whatever the
    groups' sizes.

    Args:
        sums: of the candidate's distances, the base's to itself and the independents'.
        compared: what the entry is about.
        measure: name of the distance.
        noise_floor_model: id of the replicate that measured the noise floor; empty where it is taken for 0.
        confidence: the share of repetitions in which the interval covers the truth, above 0 and below 1.
        most: another upper end of the candidate's mean distance where the noise floor is 0, as the margins give it for
            disagreement at `BY_MARGINS` of the error; the lower of the two counts. None where there is none.

    Returns:
        The relative distance, or why there is none.

    Source:
        Fieller 1954, Some problems in interval estimation; Donner and Zou 2012, Closed-form confidence intervals for
        functions of the normal mean and standard deviation (exact ends in place of standard errors); Gelman et al.
        2013, Bayesian Data Analysis, section 3.2 (the prior of a variance).

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
        covers="examples and independents" if sums.independents else "examples only",
        method="none",
        refused=_refusal(sums),
        confidence=confidence,
    )
    if entry.refused:
        return entry
    found = sums.moments()
    ends = interval(found, confidence, most)
    if isinstance(ends, str):
        return entry.model_copy(update={"refused": ends})
    low, high, method = ends
    return entry.model_copy(update={"value": found.x / found.y, "low": low, "high": high, "method": method})


def _refusal(sums: MomentSums) -> Refusal:
    """Why there is no relative distance at all, empty where nothing is against one."""
    if not sums.independents:
        return "no independents"
    if not sums.finite:
        return "infinite"
    if sums.units < 2:
        return "one group" if sums.grouped else "one example"
    return ""


def interval(
    found: Moments, confidence: float, most: float | None = None
) -> tuple[float, float, DistanceMethod] | Refusal:
    """The interval of the relative distance from the moments.

    Args:
        found: moments of the distances.
        confidence: above 0 and below 1.
        most: as `relative_distance_of` has it.

    Returns:
        Lower end, upper end and how they were made; or why there is none.
    """
    if not found.y > 0:
        return "independents like noise"
    n, z = found.units, float(ndtri((1 + confidence) / 2))
    changed = Tally(found.gained.total + found.lost.total, found.gained.squares + found.lost.squares, 1.0)
    few = changed.effective < (MIN_CHANGED if found.binary else MIN_CHANGED_UNEQUAL) - ROUNDING
    below = above = z * sqrt(found.xx / n)
    if few or found.binary:
        gained, lost = (rare_mean(one, n, confidence, found.binary) for one in (found.gained, found.lost))
        more, less = found.gained.total / n, found.lost.total / n
        below, above = hypot(more - gained[0], lost[1] - less), hypot(gained[1] - more, less - lost[0])
    if most is not None:
        above = min(above, max(0.0, most - found.x))
    # The interaction reaches the independents' means too: counted there, where its share is unknown, not twice.
    of_examples = found.residual_variance if few else found.yy
    of_examples -= min(found.interaction / found.independents, of_examples)
    over = z * z * of_examples / n + models_error(found, confidence) ** 2
    together = 0.0 if few or not found.xx > 0 else z * found.xy / sqrt(found.xx * n)
    to_low = fieller(found.x, found.y, below**2, below * together, over)
    to_high = fieller(found.x, found.y, above**2, above * together, over)
    if to_low is None or to_high is None:
        return "uncertain"
    return to_low[0], to_high[1], "few changes" if few else "fieller"


def p_below(entry: RelativeDistance, limit: float) -> float | None:
    """One-sided p-value that the true relative distance is at least a limit; None where there is no interval.

    From the interval: at the error of its upper end the two agree. Beyond it the tails are those of Student's t with
    the degrees of freedom of the independents, which are the longer ones.

    Args:
        entry: the relative distance.
        limit: of it.

    >>> known = {"value": 0.5, "low": 0.3, "high": 0.7, "noise_floor": 0, "noise_floor_model": "", "refused": ""}
    >>> about = {"evaluation": "test", "base": "b", "candidate": "c", "measure": "disagreement", "examples": 100}
    >>> independents = {"independent_distance": 0.1, "independents": 3, "covers": "examples and independents"}
    >>> entry = RelativeDistance(**about, **known, **independents, method="fieller")
    >>> round(p_below(entry, 0.7), 3), round(p_below(entry, 0.5), 3)
    (0.025, 0.5)
    """
    if entry.value is None or entry.low is None or entry.high is None:
        return None
    side = entry.high - entry.value if limit > entry.value else entry.value - entry.low
    if not side:
        return float(limit <= entry.value)
    free = PRIOR_FREE + entry.independents - 1
    return float(stdtr(free, (entry.value - limit) / side * stdtrit(free, (1 + entry.confidence) / 2)))


def models_variance(found: Moments) -> float:
    """The variance over independents of their mean distance: what they show and what is known of others, weighed.

    The prior is scaled inverse chi-squared: with `PRIOR_FREE` degrees of freedom, a coefficient of variation of
    `PRIOR_CV`, and what so few examples add by themselves. The independents add one degree less than there are.
    """
    expected = (PRIOR_CV * found.y) ** 2 + found.interaction / found.units
    shown = found.independents - 1
    return (PRIOR_FREE * expected + shown * found.between) / (PRIOR_FREE + shown)


def models_error(found: Moments, confidence: float) -> float:
    """How far the mean over those found may be from that over all independents: Student's t times its error."""
    free = PRIOR_FREE + found.independents - 1
    return float(stdtrit(free, (1 + confidence) / 2)) * sqrt(models_variance(found) / found.independents)
