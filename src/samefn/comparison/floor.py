"""The base's own noise: who is asked again, and whether that says that there is none."""

from dataclasses import replace

import numpy as np

from samefn.comparison.plan import OTHER_BATCH, SAMPLE, Asked, task_of
from samefn.measures.rows import rows
from samefn.predictions.predictions import Predictions
from samefn.spec.comparison import ComparisonSpec

# A floor below this much total variation, without a changed answer, is rounding of float32 and no noise.
ROUNDING = 1e-4


def asked_again(base: Asked, spec: ComparisonSpec, key: str, count: int) -> tuple[Asked, ...]:
    """The base asked again in other batches: a sample of the examples, then all of them; none where it is saved.

    Args:
        base: with its task.
        spec: the comparison.
        key: of the examples in the store.
        count: how many they are.
    """
    if base.task is None:
        return ()
    name = f"{base.name} in other batches"
    replicate = replace(base, id="base-again", name=name, role="replicate")
    sizes = dict.fromkeys((min(SAMPLE, count), count))
    return tuple(replace(replicate, task=task_of(replicate, spec, key, size, OTHER_BATCH)) for size in sizes)


def is_quiet(first: Predictions, second: Predictions) -> bool:
    """Whether a model, asked the same examples again, moved by no more than rounding."""
    # Neither failed on it: what failed is NaN.
    failed = np.isnan(first.log_probs).any(axis=1) | np.isnan(second.log_probs).any(axis=1)
    both = np.flatnonzero(~failed)
    frame = rows(first.part(both), second.part(both))
    return bool((frame["disagreement"] == 0).all()) and bool((frame["total_variation"] <= ROUNDING).all())


def quiet_because(count: int) -> str:
    """Why the base's noise is taken for none where it is quiet.

    >>> quiet_because(1000)
    'asked 1,000 inputs again in other batches, it answered the same but for rounding'
    """
    return f"asked {count:,} inputs again in other batches, it answered the same but for rounding"
