"""Harm against recovery, and which classes changed more than the others."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from samefn.core.errors import InputError
from samefn.statistics.exact_tests import draws_at_least, sign_test
from samefn.statistics.multiple_testing import holm
from samefn.statistics.proportions import clopper_pearson


@dataclass(frozen=True)
class Flips:
    """How many answers a candidate spoils and mends.

    Attributes:
        harm: examples that the base has right and the candidate wrong.
        recovery: examples that the base has wrong and the candidate right.
        examples: how many were compared.
        share: harm's share of both, 0 to 1; None where there are none.
        low: lower end of the share's exact interval; None with it.
        high: upper end.
        p_value: of the exact McNemar test that both are equally likely, two-sided; 1 where there are none.
    """

    harm: int
    recovery: int
    examples: int
    share: float | None
    low: float | None
    high: float | None
    p_value: float


def flips(base_right: NDArray[np.bool_], right: NDArray[np.bool_], confidence: float = 0.95) -> Flips:
    """Harm against recovery by the exact McNemar test: of the examples that flipped, is one direction more likely?

    Args:
        base_right: [examples] whether the base is right.
        right: [examples] whether the candidate is.
        confidence: of the interval of harm's share, above 0 and below 1.

    Returns:
        The counts, harm's share with a Clopper-Pearson interval, the p-value.

    Raises:
        InputError: other numbers of examples, or none.

    Source:
        McNemar 1947; exact form: the binomial test of harm among the flips with probability one half.

    >>> found = flips(np.array([True, True, False, True]), np.array([False, False, True, True]))
    >>> found.harm, found.recovery, found.p_value
    (2, 1, 1.0)
    """
    base_right, right = np.asarray(base_right, dtype=np.bool_), np.asarray(right, dtype=np.bool_)
    _same_length(base_right, right)
    harm = int(np.count_nonzero(base_right & ~right))
    recovery = int(np.count_nonzero(~base_right & right))
    return flips_of(harm, recovery, len(right), confidence)


def flips_of(harm: int, recovery: int, examples: int, confidence: float = 0.95) -> Flips:
    """`flips` from its counts.

    >>> flips_of(2, 1, 4).p_value
    1.0
    """
    both = harm + recovery
    if not both:
        return Flips(0, 0, examples, None, None, None, 1.0)
    low, high = clopper_pearson(harm, both, confidence)
    return Flips(harm, recovery, examples, harm / both, low, high, sign_test(harm, both))


@dataclass(frozen=True)
class ClassChange:
    """One class's changed answers.

    Attributes:
        label: the class.
        examples: how many it has.
        changed: how many of them were answered otherwise.
        share: the second over the first.
        low: lower end of its interval, which holds for all classes at once (Bonferroni).
        high: upper end.
        p_value: of the exact test that this class changed no more than the other classes, one-sided.
        p_holm: the same, adjusted by Holm over all classes with examples.
    """

    label: int
    examples: int
    changed: int
    share: float
    low: float
    high: float
    p_value: float
    p_holm: float


def class_changes(
    labels: NDArray[np.int64], changed: NDArray[np.bool_], confidence: float = 0.95
) -> tuple[ClassChange, ...]:
    """Each class's share of changed answers, and whether it is above that of the other classes.

    The test is Fisher's exact one, one-sided: of all changed examples, do more belong to this class than a blind draw
    would give it? Its p-values are adjusted by Holm over the classes; the intervals are Clopper-Pearson, each at a
    confidence of 1 - (1 - confidence) / classes.

    Args:
        labels: [examples] the class of each: its label, or the base's answer where there are no labels.
        changed: [examples] whether the candidate answers otherwise than the base.
        confidence: with which all intervals hold at once, above 0 and below 1.

    Returns:
        One entry a class with examples, the smallest label first.

    Raises:
        InputError: other numbers of examples, or none.
    """
    labels, changed = np.asarray(labels), np.asarray(changed, dtype=np.bool_)
    _same_length(labels, changed)
    classes, codes = np.unique(labels, return_inverse=True)
    ones = np.bincount(codes, weights=changed).astype(np.int64)
    names = classes.tolist()
    sizes = dict(zip(names, np.bincount(codes).tolist(), strict=True))
    return class_changes_of(sizes, dict(zip(names, ones.tolist(), strict=True)), confidence)


def class_changes_of(
    examples: Mapping[int, int], changed: Mapping[int, int], confidence: float = 0.95
) -> tuple[ClassChange, ...]:
    """`class_changes` from its counts.

    Args:
        examples: by class, how many it has, 1 or more.
        changed: by class, how many of them were answered otherwise; 0 where it is not named.
        confidence: as there.

    >>> [one.share for one in class_changes_of({4: 2, 0: 4}, {4: 1})]
    [0.0, 0.5]
    """
    classes = sorted(examples)
    sizes = [examples[label] for label in classes]
    ones = [changed.get(label, 0) for label in classes]
    total, all_ones = sum(sizes), sum(ones)
    p_values = [draws_at_least(one, size, all_ones, total) for one, size in zip(ones, sizes, strict=True)]
    each = 1 - (1 - confidence) / len(classes)
    return tuple(
        ClassChange(label, size, one, one / size, *clopper_pearson(one, size, each), p, adjusted)
        for label, size, one, p, adjusted in zip(classes, sizes, ones, p_values, holm(p_values).tolist(), strict=True)
    )


def _same_length(first: NDArray[np.generic], second: NDArray[np.generic]) -> None:
    if first.ndim != 1 or first.shape != second.shape or not len(first):
        raise InputError(f"shapes {first.shape} and {second.shape}", where="flips", fix="give one entry an example")
