"""Where independents are among themselves, from the figures of a report that does not say it."""

from collections.abc import Iterator, Sequence
from math import sqrt

import numpy as np
from scipy.special import stdtrit

from samefn.schema.report import MeasureEntry
from samefn.schema.verdicts import Interval, RelativeDistance

MEASURES = ("disagreement", "total_variation")  # the distances that decide claims


def independents_apart_again(
    independents: Sequence[str], measures: Sequence[MeasureEntry], distances: Sequence[RelativeDistance]
) -> Iterator[RelativeDistance]:
    """The relative distance of each independent, with the others as independents; none of a single one.

    The ends of its distance are divided by those of the others' mean. The standard error of a sum is at most the sum of
    the standard errors, so that covers at least as often as an interval from the rows. The noise floor is taken as
    found.

    Args:
        independents: their ids.
        measures: of one evaluation set, with the base.
        distances: of candidates on that set; they have the noise floors.
    """
    for known in {entry.measure: entry for entry in distances if entry.measure in MEASURES}.values():
        found = {one.candidate: one for one in measures if one.measure == known.measure}
        ends = {model: at for model in independents if model in found and (at := _interval(found[model])) is not None}
        for model, own in ends.items():
            others = [at for other, at in ends.items() if other != model]
            if not others:
                continue
            value, low, high = np.array(others).T - known.noise_floor
            m = len(others)
            apart = float(stdtrit(m - 1, (1 + known.confidence) / 2)) * sqrt(value.var(ddof=1) / m) if m > 1 else 0.0
            near, far = low.mean() - apart, high.mean() + apart
            if not near > 0:
                continue
            above = own.low - known.noise_floor
            yield known.model_copy(
                update={
                    "candidate": model,
                    "value": float((own.value - known.noise_floor) / value.mean()),
                    "low": float(above / (far if above > 0 else near)),
                    "high": float((own.high - known.noise_floor) / near),
                    "independent_distance": float(value.mean() + known.noise_floor),
                    "independents": m,
                    "covers": "examples and independents" if m > 1 else "examples only",
                    "refused": "",
                }
            )


def _interval(entry: MeasureEntry) -> Interval | None:
    if entry.value is None or entry.low is None or entry.high is None:
        return None
    return Interval(entry.value, entry.low, entry.high)
