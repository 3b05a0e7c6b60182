"""Each measure against its definition, in plain Python or by scipy, and against derived values."""

import math
from collections.abc import Callable
from decimal import Decimal, localcontext

import numpy as np
import pytest
from scipy.spatial.distance import cosine, jensenshannon
from scipy.special import log_softmax, rel_entr
from scipy.stats import kendalltau, rankdata

from samefn.core.errors import InputError
from samefn.measures.accuracy import accuracy_deviation
from samefn.measures.disagreement import disagreement, negative_flips, positive_flips
from samefn.measures.distances import activation_distance, cosine_similarity, total_variation
from samefn.measures.divergences import jensen_shannon, kl_divergence, kl_divergence_reverse
from samefn.measures.kendall import kendall_tau
from samefn.measures.pairs import Floats
from samefn.measures.ranks import rank_disagreement, top_k_overlap

UNLABELLED = (
    disagreement,
    activation_distance,
    total_variation,
    cosine_similarity,
    kl_divergence,
    kl_divergence_reverse,
    jensen_shannon,
    rank_disagreement,
    top_k_overlap,
    kendall_tau,
)


def random_pair(classes: int = 7) -> tuple[Floats, Floats]:
    draws = np.random.default_rng(5)
    logits = draws.normal(scale=3, size=(40, classes))
    other = logits + draws.normal(scale=1.5, size=logits.shape)
    return log_softmax(logits, axis=1), log_softmax(other, axis=1)


def highest(values: list[float]) -> int:
    return values.index(max(values))


def ranks(values: list[float]) -> list[int]:
    return [int(k) for k in np.argsort(rankdata([-v for v in values], method="ordinal"))]  # ordinal: ties by index


LOOPS: dict[Callable[..., Floats], Callable[[list[float], list[float]], float]] = {
    disagreement: lambda p, q: float(highest(p) != highest(q)),
    activation_distance: lambda p, q: math.sqrt(sum((a - b) ** 2 for a, b in zip(p, q, strict=True))),
    total_variation: lambda p, q: 1 - sum(min(a, b) for a, b in zip(p, q, strict=True)),
    cosine_similarity: lambda p, q: 1 - float(cosine(p, q)),
    kl_divergence: lambda p, q: math.fsum(rel_entr(p, q)),
    kl_divergence_reverse: lambda p, q: math.fsum(rel_entr(q, p)),
    jensen_shannon: lambda p, q: float(jensenshannon(p, q)) ** 2,
    rank_disagreement: lambda p, q: sum(a != b for a, b in zip(ranks(p), ranks(q), strict=True)) / len(p),
    top_k_overlap: lambda p, q: len({*ranks(p)[:5]} & {*ranks(q)[:5]}) / 5,
    kendall_tau: lambda p, q: float(kendalltau(p, q).statistic),
}


@pytest.mark.parametrize("measure", UNLABELLED, ids=lambda f: f.__name__)
def test_against_its_definition(measure: Callable[..., Floats]) -> None:
    log_p, log_q = random_pair()
    p, q = np.exp(log_p).tolist(), np.exp(log_q).tolist()
    expected = [LOOPS[measure](a, b) for a, b in zip(p, q, strict=True)]
    assert len(set(expected)) > 1
    np.testing.assert_allclose(measure(log_p, log_q), expected, rtol=1e-12, atol=1e-13)


# p = (.7, .2, .1), q = (.1, .6, .3):
#   the tops are 0 and 1; the orders 0 1 2 and 1 2 0 differ at every position;
#   p - q = (.6, -.4, -.2): squares .36 + .16 + .04 = .56, half the absolute sum .6;
#   p·q = .07 + .12 + .03 = .22, p·p = .54, q·q = .46;
#   KL(p||q) = .7 ln 7 + (.2 + .1) ln(1/3); KL(q||p) = .1 ln(1/7) + (.6 + .3) ln 3;
#   of three classes k = 2: {0, 1} and {1, 2} share one;
#   of the pairs 01, 02, 12 only the last is in the same order: (1 - 2) / 3;
#   m = (.4, .4, .2): KL(p||m) = .7 ln(7/4) + .3 ln(1/2), KL(q||m) = .1 ln(1/4) + .9 ln(3/2).
GOLDEN: dict[Callable[..., Floats], float] = {
    disagreement: 1.0,
    activation_distance: math.sqrt(0.56),
    total_variation: 0.6,
    cosine_similarity: 0.22 / math.sqrt(0.54 * 0.46),
    kl_divergence: 0.7 * math.log(7) - 0.3 * math.log(3),
    kl_divergence_reverse: 0.9 * math.log(3) - 0.1 * math.log(7),
    jensen_shannon: 0.5 * (0.7 * math.log(7 / 4) - 0.3 * math.log(2) - 0.1 * math.log(4) + 0.9 * math.log(1.5)),
    rank_disagreement: 1.0,
    top_k_overlap: 0.5,
    kendall_tau: -1 / 3,
}


@pytest.mark.parametrize("measure", UNLABELLED, ids=lambda f: f.__name__)
def test_derived_values(measure: Callable[..., Floats]) -> None:
    got = measure(np.log([[0.7, 0.2, 0.1]]), np.log([[0.1, 0.6, 0.3]]))
    assert got.shape == (1,)
    assert got.dtype == np.float64
    assert float(got[0]) == pytest.approx(GOLDEN[measure], rel=1e-14)


def test_negative_and_positive_flips() -> None:
    # Tops of the base 0 0 1 1 1, of the candidate 0 1 0 1 0, labels 0 0 0 1 2: the base is right, right,
    # wrong, right, wrong; the candidate right, wrong, right, right, wrong.
    def sure_of(tops: list[int]) -> Floats:
        return np.log(np.eye(3)[tops] * 0.7 + 0.1)

    log_p, log_q, labels = sure_of([0, 0, 1, 1, 1]), sure_of([0, 1, 0, 1, 0]), [0, 0, 0, 1, 2]
    assert negative_flips(log_p, log_q, labels).tolist() == [0, 1, 0, 0, 0]
    assert positive_flips(log_p, log_q, labels).tolist() == [0, 0, 1, 0, 0]
    # The last changes from wrong to wrong: neither flip, but a disagreement.
    assert disagreement(log_p, log_q).tolist() == [0, 1, 1, 0, 1]


def test_accuracy_deviation_is_relative() -> None:
    # From 80 % to 60 % is a quarter less; from 50 % to 100 % twice as much; from 0 there is no ratio.
    got = accuracy_deviation([0.8, 0.5, 0.0], [0.6, 1.0, 0.3])
    np.testing.assert_allclose(got, [-25, 100, np.nan], rtol=1e-14)


def test_ties_go_to_the_lowest_class() -> None:
    even, second = np.log([[0.4, 0.4, 0.2]]), np.log([[0.3, 0.5, 0.2]])
    assert disagreement(even, second).tolist() == [1]
    assert rank_disagreement(even, np.log([[0.5, 0.3, 0.2]])).tolist() == [0]
    # Classes without probability tie as well: orders 0 1 2 3 and 0 2 1 3.
    with np.errstate(divide="ignore"):
        certain, hint = np.log([[1.0, 0, 0, 0]]), np.log([[0.9, 0, 0.1, 0]])
    assert rank_disagreement(certain, hint).tolist() == [0.5]
    # So do many, wherever they stand: 200 classes of three heights, against the same made to fall by index.
    heights = np.random.default_rng(0).integers(1, 4, size=(1, 200)).astype(np.float64)
    falling = heights - np.arange(200) / 1000
    tied, untied = np.log(heights / heights.sum()), np.log(falling / falling.sum())
    assert rank_disagreement(tied, untied).tolist() == [0]
    assert top_k_overlap(tied, untied).tolist() == [1]


def test_the_top_classes_include_impossible_ones_by_index() -> None:
    # Three classes have any probability: the other two of the five are the lowest of the rest, 0 and 2 against 0 and 1.
    with np.errstate(divide="ignore"):
        p, q = np.log([[0, 0.5, 0, 0.3, 0.2, 0, 0]]), np.log([[0, 0, 0.5, 0.3, 0.2, 0, 0]])
    assert top_k_overlap(p, q).tolist() == [1]  # {0, 1, 2, 3, 4} twice
    assert top_k_overlap(p[:, ::-1], q[:, ::-1]).tolist() == [0.8]  # {0, 1, 2, 3, 5} and {0, 1, 2, 3, 4}


@pytest.mark.parametrize(("classes", "k"), [(2, 1), (3, 2), (5, 4), (6, 5), (12, 5)])
def test_how_many_top_classes_are_compared(classes: int, k: int) -> None:
    # The candidate puts the base's first class last: one of k is lost.
    base = np.arange(classes, 0, -1.0)
    other = np.append(0.5, base[1:])
    log_p, log_q = log_softmax(base)[None], log_softmax(other)[None]
    assert top_k_overlap(log_p, log_q).tolist() == [(k - 1) / k]


def test_one_class_is_always_in_order() -> None:
    assert top_k_overlap([[0.0]], [[0.0]]).tolist() == [1]
    assert kendall_tau([[0.0]], [[0.0]]).tolist() == [1]


def exact(log_p: Floats, log_q: Floats) -> dict[Callable[..., Floats], float]:
    """The distances of one row with 60 digits."""
    with localcontext() as context:
        context.prec = 60
        pairs = [(Decimal(float(a)).exp(), Decimal(float(b)).exp()) for a, b in zip(log_p, log_q, strict=True)]
        # Rows rounded to float64 do not sum to one exactly: only the sums with - p + q are the divergences'.
        kl = sum((p * (p / q).ln() - p + q for p, q in pairs), Decimal(0))
        js = sum((p * (2 * p / (p + q)).ln() + q * (2 * q / (p + q)).ln() for p, q in pairs), Decimal(0)) / 2
        return {
            kl_divergence: float(kl),
            jensen_shannon: float(js),
            total_variation: float(sum((abs(p - q) for p, q in pairs), Decimal(0)) / 2),
            activation_distance: float(sum(((p - q) ** 2 for p, q in pairs), Decimal(0)).sqrt()),
        }


@pytest.mark.parametrize("step", [1e-12, 1e-9, 1e-6, 1e-3, 0.3, 0.999, 1.001, 3.0, 30.0])
def test_no_digits_are_lost(step: float) -> None:
    # Nearly equal rows, where differences of nearly equal numbers would leave noise: at 1e-9 a divergence is
    # about 1e-18, below the rounding of a plain sum of p ln(p/q). Also a class far too small for float64.
    draws = np.random.default_rng(3)
    for _ in range(5):
        logits = np.append(draws.normal(scale=4, size=8), -900.0)
        log_p = log_softmax(logits)
        log_q = log_softmax(logits + step * draws.normal(size=9))
        for measure, expected in exact(log_p, log_q).items():
            got = float(measure(log_p[None], log_q[None])[0])
            # The log-ratio of two given numbers is exact; expm1(t) - t keeps about 1e-16 / t of its digits.
            assert got == pytest.approx(expected, rel=max(1e-13, 4e-15 / step), abs=0), measure.__name__


def test_zeros_have_their_limits() -> None:
    with np.errstate(divide="ignore"):
        p, q = np.log([[0.5, 0.5, 0.0, 0.0]]), np.log([[0.5, 0.0, 0.5, 0.0]])
        inside = np.log([[1.0, 0.0, 0.0, 0.0]])
    # Class 0 agrees; class 1 has 0 against .5, class 2 .5 against 0; class 3 is nobody's and adds nothing.
    assert kl_divergence(p, q).tolist() == [math.inf]
    assert kl_divergence_reverse(p, q).tolist() == [math.inf]
    assert total_variation(p, q).tolist() == [0.5]
    assert float(activation_distance(p, q)[0]) == pytest.approx(math.sqrt(0.5))
    assert float(jensen_shannon(p, q)[0]) == pytest.approx(0.5 * math.log(2))
    # 1 ln(1/.5) = ln 2, the zeros add 0 ln 0 = 0; the other way 0 stands under .5.
    assert float(kl_divergence(inside, p)[0]) == pytest.approx(math.log(2))
    assert kl_divergence_reverse(inside, p).tolist() == [math.inf]


def test_an_impossible_class_counts_even_where_the_base_holds_it_nearly_so() -> None:
    # exp(-800) is 0 in float64, but -800 is not -inf.
    log_p, log_q = np.array([[0.0, -800.0]]), np.array([[0.0, -np.inf]])
    assert kl_divergence(log_p, log_q).tolist() == [math.inf]
    assert kl_divergence(log_q, log_p).tolist() == [0.0]


@pytest.mark.parametrize("measure", UNLABELLED, ids=lambda f: f.__name__)
def test_float32_is_computed_in_float64(measure: Callable[..., Floats]) -> None:
    log_p, log_q = (values.astype(np.float32) for values in random_pair())
    assert np.array_equal(measure(log_p, log_q), measure(log_p.astype(np.float64), log_q.astype(np.float64)))


@pytest.mark.parametrize("measure", UNLABELLED, ids=lambda f: f.__name__)
@pytest.mark.parametrize(
    ("log_p", "log_q", "what"),
    [
        (np.log([[0.5, 0.5]]), np.log([[0.5, 0.3, 0.2]]), "shapes.*SF440"),
        (np.log([0.5, 0.5]), np.log([0.5, 0.5]), "shapes.*SF440"),
        (np.log([[0.5, 0.5]]), np.array([[np.nan, 0.0]]), "candidate: .* nan;.*SF440"),
        (np.array([[0.5, 0.5]]), np.log([[0.5, 0.5]]), "base: .* 0.5;.*SF440"),
    ],
)
def test_what_is_not_two_tables_of_log_probabilities_is_refused(
    measure: Callable[..., Floats], log_p: Floats, log_q: Floats, what: str
) -> None:
    with pytest.raises(InputError, match=what):
        measure(log_p, log_q)


@pytest.mark.parametrize("measure", [negative_flips, positive_flips], ids=lambda f: f.__name__)
def test_labels_that_do_not_fit_are_refused(measure: Callable[..., Floats]) -> None:
    log_p = np.log([[0.5, 0.5], [0.5, 0.5]])
    with pytest.raises(InputError, match="SF404"):
        measure(log_p, log_p, [0])
