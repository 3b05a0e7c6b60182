"""On how many examples every two models predict otherwise, from rows in parts, read batch by batch."""

from collections.abc import Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from samefn.core.errors import InputError
from samefn.statistics.shards import Shard
from samefn.verdict.relative_distance_of_rows import side_by_side

COLUMNS = ("id", "base_top", "top")


def pair_differences(predicted: NDArray[np.int64]) -> NDArray[np.int64]:
    """On how many examples every two models predict otherwise.

    Args:
        predicted: [models, examples] predicted classes.

    Returns:
        [models, models], symmetric, 0 on the diagonal.

    >>> pair_differences(np.array([[0, 1, 2], [0, 1, 1], [1, 1, 1]])).tolist()
    [[0, 1, 2], [1, 0, 1], [2, 1, 0]]
    """
    models = len(predicted)
    differ = np.zeros((models, models), dtype=np.int64)
    for one, other in combinations(range(models), 2):
        differ[one, other] = differ[other, one] = np.count_nonzero(predicted[one] != predicted[other])
    return differ


def pair_differences_of_rows(independents: Sequence[Sequence[Shard]]) -> NDArray[np.int64]:
    """On how many examples every two of the base and its independents predict otherwise.

    The rows of each independent hold what it and the base predict for the same examples, so those of no other pair
    are needed.

    Args:
        independents: at least one's rows, each in the same parts.

    Returns:
        [models, models], the base first.

    Raises:
        InputError: parts that do not hold the same examples in the same order for every model; no examples.
    """
    models = len(independents) + 1
    differ, examples = np.zeros((models, models), dtype=np.int64), 0
    for parts in side_by_side(independents, COLUMNS):
        tops = [parts[0]["base_top"], *(part["top"] for part in parts)]
        differ += pair_differences(np.stack([one.to_numpy() for one in tops]))
        examples += parts[0].height
    if not examples:
        raise InputError("SF464", "the rows are about no examples", where="independents")
    return differ
