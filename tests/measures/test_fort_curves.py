"""Normalised disagreement and Fort's two curves, against the populations that they describe, enumerated."""

import math

import numpy as np
import pytest

from samefn.core.errors import InputError
from samefn.measures.normalised import independent_disagreement, normalised_disagreement, perturbed_disagreement

CASES = [(classes, accuracy) for classes in (2, 3, 10) for accuracy in (0.55, 0.71, 0.99, 1.0)]


def answers(accuracy: float, classes: int) -> list[float]:
    """The probability of each answer; class 0 is true, each wrong one as likely as another."""
    return [accuracy] + [(1 - accuracy) / (classes - 1)] * (classes - 1)


@pytest.mark.parametrize(("classes", "base_accuracy"), CASES)
@pytest.mark.parametrize("accuracy", [0.0, 0.3, 0.71, 1.0])
def test_independent_errors_enumerated(classes: int, base_accuracy: float, accuracy: float) -> None:
    base, candidate = answers(base_accuracy, classes), answers(accuracy, classes)
    expected = sum(p * q for i, p in enumerate(base) for j, q in enumerate(candidate) if i != j)
    got = float(independent_disagreement(base_accuracy, accuracy, classes))
    assert got == pytest.approx(expected, rel=1e-12, abs=1e-15)


@pytest.mark.parametrize(("classes", "base_accuracy"), CASES)
@pytest.mark.parametrize("replaced", [0.0, 0.05, 0.5, 1.0])
def test_random_perturbation_enumerated(classes: int, base_accuracy: float, replaced: float) -> None:
    # Each answer is kept, or with probability `replaced` becomes any other class: what accuracy is left?
    accuracy = math.fsum(
        p * ((1 - replaced) * (i == 0) + sum(replaced / (classes - 1) for j in range(classes) if j != i and j == 0))
        for i, p in enumerate(answers(base_accuracy, classes))
    )
    got = float(
        perturbed_disagreement(base_accuracy, min(max(accuracy, (1 - base_accuracy) / (classes - 1)), 1), classes)
    )
    assert got == pytest.approx(replaced, rel=1e-9, abs=1e-12)


def test_derived_values() -> None:
    # .9 and .8 of 10 classes: .9 * .2 + .8 * .1 + .1 * .2 * 8/9 = .26 + .16/9 = 2.5/9; (.9 - .8) / (.9 - .1/9) = .9/8.
    assert float(independent_disagreement(0.9, 0.8, 10)) == pytest.approx(2.5 / 9, rel=1e-14)
    assert float(perturbed_disagreement(0.9, 0.8, 10)) == pytest.approx(0.9 / 8, rel=1e-14)
    # Two classes, both always wrong: the same answer; one always right: another.
    assert float(independent_disagreement(0.0, 0.0, 2)) == 0
    assert float(independent_disagreement(1.0, 0.0, 2)) == 1


def test_the_perturbed_base_differs_less_than_an_independent_model() -> None:
    accuracies = np.linspace(0.15, 0.7, 12)
    lower, upper = perturbed_disagreement(0.71, accuracies, 10), independent_disagreement(0.71, accuracies, 10)
    assert (lower < upper).all()


@pytest.mark.parametrize(("base_accuracy", "accuracy"), [(0.7, 0.71), (0.7, 0.03), (0.1, 0.1), (0.05, 0.04)])
def test_no_perturbation_leads_there(base_accuracy: float, accuracy: float) -> None:
    # Above the base; below .3 / 9, all answers replaced; a base at chance or under it.
    assert math.isnan(perturbed_disagreement(base_accuracy, accuracy, 10))


def test_one_class_has_no_curve() -> None:
    for curve in (independent_disagreement, perturbed_disagreement):
        with pytest.raises(InputError, match="SF443"):
            curve(0.5, 0.5, 1)


def test_disagreement_for_each_error() -> None:
    # 10 % differ at 5 % errors: 2. Without errors it is not finite, without differences either not defined.
    got = normalised_disagreement([0.1, 0.0, 0.1, 0.0], [0.95, 0.95, 1.0, 1.0])
    np.testing.assert_allclose(got, [2, 0, math.inf, math.nan], rtol=1e-13)
