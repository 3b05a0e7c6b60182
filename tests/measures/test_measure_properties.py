"""One suite for every measure, driven by the facts of its table."""

import math

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import ArrayLike
from polars.testing import assert_frame_equal

from samefn.measures.measure import Measure
from samefn.measures.rows import rows
from samefn.measures.table import MEASURES
from samefn.predictions.predictions import Predictions

every_measure = pytest.mark.parametrize("measure", MEASURES.values(), ids=list(MEASURES))
few = settings(max_examples=60, deadline=None)


def of(model: str, probabilities: ArrayLike, labels: ArrayLike | None) -> Predictions:
    table = np.asarray(probabilities, dtype=np.float64)
    return Predictions.from_probabilities(model, table, [f"e{i}" for i in range(len(table))], labels)


def part(predictions: Predictions, keep: list[int] | slice) -> Predictions:
    labels = predictions.labels
    return Predictions(
        predictions.model,
        predictions.log_probs[keep],
        predictions.ids[keep],
        None if labels is None else labels[keep],
    )


def alike(one: float | None, other: float | None, measure: Measure) -> bool:
    """Whether two values are equal but for the rounding of sums in another order."""
    # Those made from several columns hold differences: there the rounding is that of the columns, not of the value.
    rounding = 1e-300 if measure.columns == (measure.name,) and measure.low == 0 else 1e-14
    return one is other if one is None or other is None else one == pytest.approx(other, rel=1e-11, abs=rounding)


def between(base: Predictions, candidate: Predictions, measure: Measure) -> float | None:
    return measure.value(rows(base, candidate))


@st.composite
def pairs(draw: st.DrawFn, zeros: bool = True) -> tuple[Predictions, Predictions]:
    """Two models on a few examples: anything from even to certain, with zeros and ties on request."""
    examples, classes = draw(st.integers(2, 6)), draw(st.integers(2, 6))
    # Unequal steps of at least 1/8 in a row leave no ties after rounding to float32.
    steps = st.lists(st.integers(-250, 250), min_size=classes, max_size=classes, unique=not zeros)
    labels = draw(st.lists(st.integers(0, classes - 1), min_size=examples, max_size=examples))
    models = []
    for model in ("base", "candidate"):
        table = np.array([draw(steps) for _ in range(examples)]) / 8
        weights = np.exp(table - table.max(axis=1, keepdims=True))
        if zeros:
            hidden = np.array(draw(st.lists(st.booleans(), min_size=table.size, max_size=table.size)))
            weights[hidden.reshape(table.shape) & (weights < 1)] = 0
        models.append(of(model, weights / weights.sum(axis=1, keepdims=True), labels))
    return models[0], models[1]


@few
@given(pair=pairs())
def test_a_model_against_itself_differs_by_exactly_nothing(pair: tuple[Predictions, Predictions]) -> None:
    base, _ = pair
    frame = rows(base, base)
    for measure in MEASURES.values():
        if measure.per_example:
            assert set(frame[measure.name]) == {measure.identical}, measure.name
        assert measure.value(frame) in (measure.identical, None), measure.name


@few
@given(pair=pairs())
def test_values_stay_within_their_bounds(pair: tuple[Predictions, Predictions]) -> None:
    frame = rows(*pair)
    for measure in MEASURES.values():
        if measure.per_example:
            assert frame[measure.name].is_between(measure.low, measure.high).all(), measure.name
            assert not measure.binary or set(frame[measure.name]) <= {0.0, 1.0}, measure.name
        value = measure.value(frame)
        assert value is None or measure.low - 1e-12 <= value <= measure.high + 1e-12, measure.name


@every_measure
def test_bounds_are_reached(measure: Measure) -> None:
    # Certain of different classes, first on one example, where the label is one of the two, then on two, where each
    # model is right once.
    one, other = of("base", [[1.0, 0.0]], [0]), of("candidate", [[0.0, 1.0]], [0])
    pair = of("base", [[1.0, 0.0]] * 2, [0, 1]), of("candidate", [[0.0, 1.0]] * 2, [0, 1])
    reached = {between(one, other, measure), between(other, one, measure), between(*pair, measure)}
    assert (measure.high if measure.direction == "distance" else measure.low) in reached


# Unlike examples: the base answers the first right, the candidate the next two; the last two they answer alike, wrong
# and right.
UNLIKE = (
    of(
        "base", [[0.7, 0.2, 0.1], [0.3, 0.5, 0.2], [0.6, 0.15, 0.25], [0.1, 0.2, 0.7], [0.2, 0.5, 0.3]], [0, 0, 1, 1, 1]
    ),
    of(
        "candidate",
        [[0.1, 0.3, 0.6], [0.55, 0.25, 0.2], [0.25, 0.4, 0.35], [0.05, 0.05, 0.9], [0.35, 0.6, 0.05]],
        [0, 0, 1, 1, 1],
    ),
)


@few
@given(pair=pairs())
def test_symmetric_measures_are_exactly_so(pair: tuple[Predictions, Predictions]) -> None:
    there, back = rows(*pair), rows(*reversed(pair))
    for measure in MEASURES.values():
        if measure.symmetric:
            assert measure.value(there) == measure.value(back), measure.name
            assert not measure.per_example or there[measure.name].equals(back[measure.name]), measure.name


@every_measure
def test_the_others_are_not(measure: Measure) -> None:
    base, candidate = UNLIKE
    same = between(base, candidate, measure) == pytest.approx(between(candidate, base, measure))
    assert same == measure.symmetric


@few
@given(pair=pairs(), data=st.data())
def test_the_order_of_examples_does_not_matter(pair: tuple[Predictions, Predictions], data: st.DataObject) -> None:
    order = data.draw(st.permutations(range(pair[0].examples)))
    whole, shuffled = rows(*pair), rows(*(part(one, order) for one in pair))
    assert_frame_equal(shuffled, whole[order], rel_tol=1e-13, abs_tol=0)
    for measure in MEASURES.values():
        assert alike(measure.value(shuffled), measure.value(whole), measure), measure.name


@every_measure
def test_pairing_does_matter(measure: Measure) -> None:
    # The candidate's answers go to other examples: each measure must notice.
    base, candidate = UNLIKE
    moved = Predictions("candidate", candidate.log_probs[[1, 4, 0, 3, 2]], base.ids, base.labels)
    assert between(base, moved, measure) != pytest.approx(between(base, candidate, measure))


@few
@given(pair=pairs(), data=st.data())
def test_shards_can_be_merged(pair: tuple[Predictions, Predictions], data: st.DataObject) -> None:
    # Any examples in any shard, the shards in any order.
    examples = pair[0].examples
    shard_of = np.array(data.draw(st.lists(st.integers(0, 3), min_size=examples, max_size=examples)))
    keeps = data.draw(st.permutations([np.flatnonzero(shard_of == shard).tolist() for shard in np.unique(shard_of)]))
    whole = rows(*pair)
    shards = [rows(*(part(one, keep) for one in pair)) for keep in keeps]
    merged = pl.concat(shards)
    assert_frame_equal(merged, whole[[place for keep in keeps for place in keep]], rel_tol=1e-13, abs_tol=0)
    for measure in MEASURES.values():
        assert alike(measure.value(merged), measure.value(whole), measure), measure.name
        if measure.of_columns:
            continue
        means = [
            math.fsum(shard.height * float(np.mean(shard[column].to_numpy())) for shard in shards) / whole.height
            for column in measure.columns
        ]
        weighted = float(measure.of_means(*means)) if measure.of_means else means[0]
        assert alike(None if math.isnan(weighted) else weighted, measure.value(whole), measure), measure.name


@few
@given(pair=pairs(), data=st.data())
def test_shards_of_shards_can_be_merged(pair: tuple[Predictions, Predictions], data: st.DataObject) -> None:
    # Merged by way of files of partial results, as ((a, b), c) or (a, (b, c)): the same rows, so the same values.
    places = range(pair[0].examples)
    first, second = sorted(data.draw(st.tuples(st.integers(0, len(places)), st.integers(0, len(places)))))
    a, b, c = (rows(*pair)[cut] for cut in (slice(first), slice(first, second), slice(second, None)))
    left, right = pl.concat([pl.concat([a, b]), c]), pl.concat([a, pl.concat([b, c])])
    for measure in MEASURES.values():
        assert alike(measure.value(left), measure.value(right), measure), measure.name
    assert left.equals(rows(*pair))


@few
@given(pair=pairs(zeros=False), data=st.data())
def test_the_numbering_of_classes_does_not_matter_without_ties(
    pair: tuple[Predictions, Predictions], data: st.DataObject
) -> None:
    order = data.draw(st.permutations(range(pair[0].classes)))
    base, candidate = (
        Predictions(one.model, one.log_probs[:, order], one.ids, np.argsort(order)[one.labels]) for one in pair
    )
    renumbered, numbered = rows(base, candidate), rows(*pair)
    for measure in MEASURES.values():
        assert alike(measure.value(renumbered), measure.value(numbered), measure), measure.name


def test_the_table_is_keyed_by_name_and_titles_differ() -> None:
    assert all(name == measure.name for name, measure in MEASURES.items())
    assert len({measure.title for measure in MEASURES.values()}) == len(MEASURES)


@every_measure
def test_labels_are_needed_where_the_table_says_so(measure: Measure) -> None:
    base, candidate = (Predictions(one.model, one.log_probs, one.ids) for one in UNLIKE)
    assert (between(base, candidate, measure) is None) == measure.needs_labels
