"""Harm against positive_flips, and which classes changed more than the others."""

from collections.abc import Mapping
from dataclasses import dataclass

from samefn.statistics.exact_tests import draws_at_least, sign_test
from samefn.statistics.multiple_testing import holm
from samefn.statistics.proportions import clopper_pearson


def mcnemar(negative_flips: int, positive_flips: int) -> float:
    """P-value of the exact McNemar test, two-sided: of the examples that flipped, is one direction more likely?

    Args:
        negative_flips: examples that the base has right and the candidate wrong.
        positive_flips: examples that the base has wrong and the candidate right.

    Returns:
        The p-value; 1 where there are none.

    Source:
        McNemar 1947; exact form: the binomial test of negative_flips among the flips with probability one half.

    >>> mcnemar(2, 1), mcnemar(0, 0)
    (1.0, 1.0)
    """
    return sign_test(negative_flips, negative_flips + positive_flips) if negative_flips + positive_flips else 1.0


@dataclass(frozen=True)
class ClassChange:
    """One class's changed predictions.

    Attributes:
        label: the class.
        examples: how many it has.
        changed: how many of them have a changed prediction.
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
    examples: Mapping[int, int], changed: Mapping[int, int], confidence: float = 0.95
) -> tuple[ClassChange, ...]:
    """Each class's share of changed predictions, and whether it is above that of the other classes.

    The test is Fisher's exact one, one-sided: of all changed examples, do more belong to this class than a blind draw
    would give it? Its p-values are adjusted by Holm over the classes; the intervals are Clopper-Pearson, each at a
    confidence of 1 - (1 - confidence) / classes.

    Args:
        examples: by class (the label, or the base's prediction where there are no labels), how many it has, 1 or more.
        changed: by class, how many of them have a changed prediction; 0 where it is not named.
        confidence: with which all intervals hold at once, above 0 and below 1.

    Returns:
        One entry a class with examples, the smallest label first.

    >>> [one.share for one in class_changes({4: 2, 0: 4}, {4: 1})]
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
