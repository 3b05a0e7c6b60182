"""The scale: how far a candidate is, from the base's own noise (0) to an independently trained model (1)."""

from dataclasses import dataclass
from functools import cache
from math import sqrt
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri, stdtrit

from samefn.core.errors import InputError
from samefn.statistics.exact_means import Tally, rare_mean
from samefn.statistics.fieller import fieller
from samefn.statistics.moments import Floats, Moments, moments

FEW = 10  # of fewer examples that differ a variance says too little: of none at all it says 0
FEW_UNEQUAL = 20  # the same of distances that are not just 0 or 1: of them a few may outweigh the others
# Where the strangers drawn may hide a tail of distant ones, upwards as many times the error that they show,
STRETCH = 1.5
# but not less than that of strangers whose spread, over the ceiling, is this.
UNSEEN = 1 / 3
SHOWING = 5  # fewer strangers show no tail, whether there is one or not
ROUNDING = 1e-9  # thresholds are not to depend on the unit of distances
POWER = 0.8  # with which the smallest change would have been shown

Covers = Literal["examples and strangers", "examples only"]
Method = Literal["fieller", "few changes", "none"]


@dataclass(frozen=True)
class Scale:
    """Where a candidate is between the base's noise and a stranger, by one distance.

    Attributes:
        value: (candidate - floor) / (ceiling - floor), never clipped; None where refused.
        low: lower end of the interval; None where refused.
        high: upper end.
        examples: how many.
        strangers: how many independently trained models.
        floor: mean distance of the base to itself, measured again.
        ceiling: mean distance of the base to the strangers; None without strangers.
        covers: the populations that the interval is about: inputs and strangers, or, with one stranger, inputs only.
        refused: why there is no scale, empty where there is one.
        method: how the interval was made; `few changes` is exact for the candidate, and wide.
        error: standard error of the scale of a candidate at r, squared: error[0] r + error[1] r^2 from the examples and
            error[2] r^2 from the strangers.
        above: how far above the one found the strangers leave the ceiling possible, as a share of ceiling less floor.
        confidence: of the interval.
    """

    value: float | None
    low: float | None
    high: float | None
    examples: int
    strangers: int
    floor: float
    ceiling: float | None
    covers: Covers
    refused: str = ""
    method: Method = "none"
    error: tuple[float, float, float] = (0.0, 0.0, 0.0)
    above: float = 0.0
    confidence: float = 0.95

    @property
    def spread(self) -> float:
        """Standard deviation of the strangers' distances over the ceiling less the floor; 0 of one stranger."""
        return sqrt(self.error[2] * self.strangers)

    def smallest_shown(self, margin: float) -> float | None:
        """The smallest change that would have been shown to be above the margin in 4 of 5 cases.

        The margin, the half-width of the interval there, and 0.84 standard errors; with many strangers the last two are
        2.8 standard errors. The error is that of a candidate that answers like a stranger on a share of the inputs.

        Args:
            margin: on the scale.

        Returns:
            On the scale; None where the scale is refused.
        """
        if self.refused:
            return None
        z, _ = _critical(self.confidence, self.strangers)
        examples = self.error[0] * margin + self.error[1] * margin**2
        strangers = self.error[2] * margin**2
        half_width = sqrt(z * z * examples + self.above**2 * margin**2)
        return margin + half_width + float(ndtri(POWER)) * sqrt(examples + strangers)


def scale(
    candidate: ArrayLike,
    floor: ArrayLike,
    strangers: ArrayLike,
    confidence: float = 0.95,
    groups: NDArray[np.int64] | None = None,
) -> Scale:
    """The scale of one candidate by one distance, with an interval over inputs and strangers.

    With x = mean(candidate - floor) and y = mean(strangers - floor), the interval is every r with
    (x - r y)^2 <= z^2 Ve + t(m - 1)^2 r^2 Vm, solved exactly. Vm = var_j(mean_i d_ij) / m comes from the strangers; Ve
    is the variance over examples of a - r b, over N, less r^2 times the interaction variance / (N m), which Vm holds
    already.

    Few strangers seldom show a tail of distant ones; without it the ceiling comes out too low and the scale too high.
    With fewer than five strangers, and with five or more whose mean distances are skewed by more than 1 - 4 / m, a
    ceiling higher than found is left more room, at the end nearer to 0: half as much again as t(m - 1) sqrt(Vm), and at
    least y / (3 sqrt(m)), one standard error of strangers that spread by a third of it.

    Fewer than ten changed examples (candidate against floor; fewer than twenty effective ones where distances are not
    just 0 or 1): the candidate's own interval is exact (Clopper-Pearson, or its like for unequal distances) and is
    divided by the ends of the ceiling's. That covers at least as often, because the standard error of a sum is at most
    the sum of the standard errors, whatever their correlation.

    Grouped examples (the tokens of a text): the group is the unit. The scale stays the ratio of sums over all examples;
    its variance is that of the groups' sums of (a - r b), whose mean is 0 at the true r whatever the groups' sizes.

    Args:
        candidate: [examples] distances to the base, 0 or more.
        floor: [examples] distances of the base to itself, measured again.
        strangers: [strangers, examples]; no rows at all is allowed and refused with the reason.
        confidence: the share of repetitions in which the interval covers the truth, above 0 and below 1.
        groups: [examples] the group of each; None where each example stands for itself.

    Returns:
        The scale, or why there is none.

    Raises:
        InputError: other numbers of examples, no examples, NaN or negative distances, a confidence out of range.

    >>> scale([1, 0, 0, 0], [0, 0, 0, 0], [[1, 0, 0, 0]]).refused
    "the strangers' distance cannot be told from the floor: more examples or strangers are needed"
    """
    c, f = np.asarray(candidate, dtype=np.float64), np.asarray(floor, dtype=np.float64)
    d = np.asarray(strangers, dtype=np.float64)
    d = d.reshape(0, len(c)) if d.size == 0 else d
    _check(c, f, d, confidence, groups)
    examples, models, at_floor = len(c), len(d), float(f.mean())
    ceiling = float(d.mean()) if models else None
    units, unit = (examples, "example") if groups is None else (len(np.unique(groups)), "group")
    if why := refusal(models, units, unit, finite=all(bool(np.isfinite(one).all()) for one in (c, f, d))):
        return no_scale(why, examples, models, at_floor, ceiling, confidence)
    return scale_of(moments(c, f, d, groups), examples, at_floor, confidence)


def refusal(strangers: int, units: int, unit: str = "example", *, finite: bool) -> str:
    """Why there is no scale at all, empty where nothing is against one.

    Args:
        strangers: how many.
        units: examples, or groups of them.
        unit: what they are called.
        finite: whether all distances are.

    >>> refusal(2, 1, finite=True)
    'one example says nothing about others'
    """
    if not strangers:
        return "there are no independently trained models"
    if not finite:
        return "some distances are infinite"
    return f"one {unit} says nothing about others" if units < 2 else ""


def scale_of(found: Moments, examples: int, floor: float, confidence: float = 0.95) -> Scale:
    """The scale from the moments: of arrays in memory, or of shards.

    Args:
        found: moments of the distances.
        examples: how many; more than units where examples are grouped.
        floor: mean distance of the base to itself, measured again.
        confidence: above 0 and below 1.

    Returns:
        The scale, or why there is none.
    """
    models, ceiling = found.strangers, found.y + floor
    ends = interval(found, confidence)
    if isinstance(ends, str):
        return no_scale(ends, examples, models, floor, ceiling, confidence)
    low, high, method = ends
    over = found.units * found.y**2
    error = (
        found.second / over,
        (found.ceiling - found.y**2) / over,
        found.between / (models * found.y**2),
    )
    value, above = found.x / found.y, sqrt(_of_models(found, confidence)[1]) / found.y
    covers = _covers(models)
    return Scale(value, low, high, examples, models, floor, ceiling, covers, "", method, error, above, confidence)


def no_scale(
    why: str, examples: int, strangers: int, floor: float, ceiling: float | None, confidence: float = 0.95
) -> Scale:
    """A scale that is refused, with what is known all the same; an infinite ceiling is not shown."""
    ceiling = ceiling if ceiling is None or np.isfinite(ceiling) else None
    covers = _covers(strangers)
    return Scale(None, None, None, examples, strangers, floor, ceiling, covers, why, confidence=confidence)


def _covers(strangers: int) -> Covers:
    return "examples and strangers" if strangers > 1 else "examples only"


def interval(found: Moments, confidence: float) -> tuple[float, float, Method] | str:
    """The interval of the scale from the moments.

    Args:
        found: moments of the distances.
        confidence: above 0 and below 1.

    Returns:
        Lower end, upper end and how they were made; or why there is none.
    """
    if not found.y > 0:
        return "the strangers are no farther from the base than the base is from itself"
    z, _ = _critical(confidence, found.strangers)
    n, m = found.units, found.strangers
    # The interaction reaches the strangers' means too: counted there, where its share is unknown, not twice.
    twice = min(found.interaction / m, found.yy)
    of_models, of_more = _of_models(found, confidence)
    unsure = "the strangers' distance cannot be told from the floor: more examples or strangers are needed"
    changed = Tally(found.gained.total + found.lost.total, found.gained.squares + found.lost.squares, 1.0)
    if changed.effective >= (FEW if found.binary else FEW_UNEQUAL) - ROUNDING:
        of_examples = z * z * (found.yy - twice) / n
        ends = fieller(
            found.x,
            found.y,
            z * z * found.xx / n,
            z * z * found.xy / n,
            of_examples + of_models,
            larger=of_examples + of_more,
        )
        return (*ends, "fieller") if ends else unsure
    of_examples = z * z * max(0.0, found.ceiling - twice) / n
    near, far = found.y - sqrt(of_examples + of_models), found.y + sqrt(of_examples + of_more)
    if not near > 0:
        return unsure
    least, most = rare_mean(found.gained, n, confidence, found.binary)
    lost_least, lost_most = rare_mean(found.lost, n, confidence, found.binary)
    least, most = least - lost_most, most - lost_least
    return least / (far if least > 0 else near), most / (near if most > 0 else far), "few changes"


def _of_models(found: Moments, confidence: float) -> tuple[float, float]:
    """The squared error that the strangers leave a ceiling lower than found, and one higher."""
    m = found.strangers
    _, t = _critical(confidence, m)
    shown = t * t * found.between / m
    enough = 1 - 4 / m if m >= SHOWING else -2.0  # no skewness of four or fewer is below -2
    hidden = m > 1 and found.skewness > enough + ROUNDING
    return shown, max(STRETCH**2 * shown, (UNSEEN * found.y) ** 2 / m) if hidden else shown


@cache
def _critical(confidence: float, strangers: int) -> tuple[float, float]:
    """The critical values for examples and for strangers; one stranger has no variance to multiply."""
    tail = (1 + confidence) / 2
    return float(ndtri(tail)), float(stdtrit(strangers - 1, tail)) if strangers > 1 else 0.0


def _check(c: Floats, f: Floats, d: Floats, confidence: float, groups: NDArray[np.int64] | None) -> None:
    if not 0 < confidence < 1:
        raise InputError(f"confidence {confidence}", where="scale", fix="give one between 0 and 1")
    if c.ndim != 1 or not len(c) or f.shape != c.shape or d.ndim != 2 or d.shape[1] != len(c):
        raise InputError(
            f"distances of shapes {c.shape}, {f.shape} and {d.shape}",
            where="scale",
            fix="give [examples], [examples] and [strangers, examples] about the same examples",
        )
    if groups is not None and np.shape(groups) != c.shape:
        raise InputError(f"{np.shape(groups)} groups for {c.shape} examples", where="scale")
    for name, values in (("candidate", c), ("floor", f), ("strangers", d)):
        if np.isnan(values).any() or (values < 0).any():
            raise InputError("distances that are NaN or negative", where=f"scale, {name}")
