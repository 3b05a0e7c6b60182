"""Changed inputs: counts and pairs of classes against plain loops, and which inputs are kept."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from samefn.analysis.changed_examples import PAIRS, SHOWN, ExampleDetails, changed_inputs
from samefn.datasets.example_set import ExampleSet
from samefn.measures.rows import rows
from samefn.predictions.about import about_examples
from samefn.predictions.predictions import Predictions

CLASSES = 4
NAMES = ["ant", "bee", "cat", "<b>dog</b>"]


def predictions(draw, count, labels, classes=CLASSES, hard=False):
    ids = [f"x{number}" for number in range(count)]
    if hard:
        return Predictions.from_hard_predictions("m", draw.integers(0, classes, count), ids, labels, classes=classes)
    return Predictions.from_logits("m", draw.normal(size=(count, classes)), ids, labels)


def found(base, others, names=NAMES, parts=1, **details):
    of_models = {}
    for name, other in others.items():
        table = rows(base, other)
        size = -(-table.height // parts)
        of_models[name] = [table.slice(start, size) for start in range(0, table.height, size)]
    about = details.pop("about", None)
    return changed_inputs(of_models, "base", list(others), "test", names, ExampleDetails(**details), about)


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    count=st.integers(1, 80),
    labelled=st.booleans(),
    hard=st.booleans(),
    candidates=st.integers(1, 3),
    parts=st.integers(1, 4),
)
def test_counts_and_pairs_are_those_of_a_plain_loop(seed, count, labelled, hard, candidates, parts):
    draw = np.random.default_rng(seed)
    labels = draw.integers(0, CLASSES, count) if labelled else None
    base = predictions(draw, count, labels, hard=hard)
    others = {f"c{number}": predictions(draw, count, labels, hard=hard) for number in range(candidates)}
    examples, counts = found(base, others, parts=parts)
    assert [one.candidate for one in counts] == list(others)
    for entry in counts:
        pairs, negative, positive = Counter(), Counter(), Counter()
        for place in range(count):
            before, after = base.predicted_class[place], others[entry.candidate].predicted_class[place]
            if before == after:
                continue
            pair = NAMES[before], NAMES[after]
            pairs[pair] += 1
            negative[pair] += labels is not None and labels[place] == before
            positive[pair] += labels is not None and labels[place] == after
        assert {(one.base_top, one.top): one.count for one in entry.class_changes} == pairs
        assert entry.changed == sum(pairs.values())
        assert [one.count for one in entry.class_changes] == sorted(pairs.values(), reverse=True)
        assert (entry.pairs_left_out, entry.inputs_left_out) == (0, 0)
        assert entry.shown == sum(one.candidate == entry.candidate for one in examples)
        if not labelled:
            assert (entry.negative_flips, entry.positive_flips, entry.both_wrong) == (None, None, None)
            assert all((one.base_right, one.right) == (None, None) for one in entry.class_changes)
            continue
        assert {(one.base_top, one.top): one.base_right for one in entry.class_changes} == negative
        assert {(one.base_top, one.top): one.right for one in entry.class_changes} == positive
        flips = entry.negative_flips, entry.positive_flips, entry.both_wrong
        assert flips[:2] == (sum(negative.values()), sum(positive.values()))
        assert sum(flips) == entry.changed


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), labelled=st.booleans(), hard=st.booleans(), parts=st.integers(1, 5))
def test_the_most_telling_inputs_are_kept_in_whatever_parts_rows_come(seed, labelled, hard, parts):
    draw = np.random.default_rng(seed)
    count = 500
    labels = draw.integers(0, CLASSES, count) if labelled else None
    base, other = (predictions(draw, count, labels, hard=hard) for _ in range(2))
    examples, (counts,) = found(base, {"c": other}, parts=parts)
    order = {"negative flip": 0, "positive flip": 1, "both wrong": 2, "no label": 2}

    def key(place):
        label, before, after = (
            None if labels is None else labels[place],
            base.predicted_class[place],
            other.predicted_class[place],
        )
        direction = 0 if label == before else 1 if label == after else 2
        confidences = () if hard else (-other.log_probs[place].max(), -base.log_probs[place].max())
        return (direction, *confidences, str(base.ids[place]))

    changed = np.flatnonzero(base.predicted_class != other.predicted_class)
    wanted = [str(base.ids[place]) for place in sorted(changed, key=key)[:SHOWN]]
    assert [one.id for one in examples] == wanted
    assert (counts.changed, counts.shown) == (len(changed), SHOWN)
    assert [order[one.direction] for one in examples] == sorted(order[one.direction] for one in examples)
    assert all((one.label is None) == (not labelled) for one in examples)


@given(st.lists(st.integers(0, 120), min_size=1, max_size=12))
@settings(max_examples=25, deadline=None)
def test_candidates_share_the_places_evenly(changed):
    count = 120
    ids = [str(number) for number in range(count)]
    base = Predictions.from_hard_predictions("base", np.zeros(count, int), ids, classes=2)
    others = {
        f"c{number}": Predictions.from_hard_predictions("c", (np.arange(count) < many).astype(int), ids, classes=2)
        for number, many in enumerate(changed)
    }
    _, counts = found(base, others)
    shares = [one.shown for one in counts]
    assert [one.changed for one in counts] == changed
    assert sum(shares) == min(SHOWN, sum(changed))
    # Who does not get all of its own has no less than others, up to one.
    assert all(share >= max(shares) - 1 for share, many in zip(shares, changed, strict=True) if share < many)


def test_the_top_classes_of_both_models():
    probabilities = [[0.5, 0.3, 0.2, 0.0], [0.1, 0.4, 0.4, 0.1]], [[0.2, 0.5, 0.3, 0.0], [0.0, 0.0, 1.0, 0.0]]
    base, other = (Predictions.from_probabilities("m", values, ["a", "b"], [0, 1]) for values in probabilities)
    inputs = ExampleSet({"f": np.array([[1.0, np.nan], [2.0, 3.0]])}, base.ids, base.labels)
    scores = {"base": base.scores_of, "c": other.scores_of}
    (sure, unsure), _ = found(base, {"c": other}, examples=inputs, scores=scores)
    assert (sure.id, unsure.id) == ("b", "a")
    tops = [(one.name, one.probability) for one in unsure.base_classes]
    assert tops == [("ant", pytest.approx(0.5)), ("bee", pytest.approx(0.3)), ("cat", pytest.approx(0.2))]
    # Of classes that tie the lowest is first, and none of probability 0 is there.
    assert [one.name for one in sure.base_classes] == ["bee", "cat", "ant"]
    assert [one.name for one in sure.classes] == ["cat"]
    for one in (sure, unsure):
        assert (one.base_top, one.top) == (one.base_classes[0].name, one.classes[0].name)
        assert one.confidence == one.classes[0].probability
        assert one.base_confidence == one.base_classes[0].probability
    assert [value.values for one in (sure, unsure) for value in one.values] == [(2.0, 3.0), (1.0, None)]
    assert {(value.array, value.count) for one in (sure, unsure) for value in one.values} == {("f", 2)}


def test_only_predicted_classes():
    base, other = (
        Predictions.from_hard_predictions("m", classes, ["a", "b"], [0, 1], classes=CLASSES)
        for classes in ([0, 1], [3, 1])
    )
    scores = {"base": base.scores_of, "c": other.scores_of}
    (one,), _ = found(base, {"c": other}, examples=ExampleSet({}, base.ids), scores=scores)
    assert (one.id, one.direction, one.top) == ("a", "negative flip", "<b>dog</b>")
    assert (one.base_classes, one.classes, one.confidence, one.base_confidence) == ((), (), None, None)
    assert (one.image, one.picture_scale, one.values) == (None, None, ())


def test_slices_and_groups_come_with_their_names():
    base, other = (
        Predictions.from_hard_predictions("m", classes, ["a", "b", "c"], classes=CLASSES)
        for classes in ([0, 1, 2], [1, 1, 3])
    )
    hostile = "<script>\x1b[31m'\"&\u202e"
    about = about_examples(base.ids, np.array(["p", "q", hostile]), {"site": np.array([1, 2, 3])}, "data")
    examples, _ = found(base, {"c": other}, about=about)
    assert [(one.id, one.group, one.slices) for one in examples] == [
        ("a", "p", {"site": "1"}),
        ("c", hostile, {"site": "3"}),
    ]


def test_a_thousand_classes():
    draw = np.random.default_rng(0)
    classes, count = 1000, 20_000
    names = [f"class {number}" for number in range(classes)]
    base = Predictions.from_hard_predictions("b", draw.integers(0, classes, count), np.arange(count), classes=classes)
    moved = np.where(draw.random(count) < 0.3, draw.integers(0, classes, count), base.predicted_class)
    other = Predictions.from_hard_predictions("c", moved, np.arange(count), classes=classes)
    _, (counts,) = found(base, {"c": other}, names)
    changed = np.flatnonzero(moved != base.predicted_class)
    pairs = Counter(zip(base.predicted_class[changed].tolist(), moved[changed].tolist(), strict=True))
    assert len(counts.class_changes) == PAIRS
    largest = sorted(pairs.items(), key=lambda item: (-item[1], item[0]))[:PAIRS]
    assert [(one.base_top, one.top, one.count) for one in counts.class_changes] == [
        (names[before], names[after], many) for (before, after), many in largest
    ]
    assert counts.pairs_left_out == len(pairs) - PAIRS
    assert counts.inputs_left_out + sum(one.count for one in counts.class_changes) == counts.changed == len(changed)


def test_nothing_changed():
    base = Predictions.from_hard_predictions("b", [0, 1], ["a", "b"], [0, 0], classes=CLASSES)
    examples, (counts,) = found(base, {"c": base})
    assert examples == ()
    assert (counts.changed, counts.negative_flips, counts.shown, counts.class_changes) == (0, 0, 0, ())
    assert found(base, {}) == ((), ())


def test_equal_rows_in_another_order_keep_the_same_inputs():
    draw = np.random.default_rng(5)
    base, other = (predictions(draw, 400, draw.integers(0, CLASSES, 400), hard=True) for _ in range(2))
    base = Predictions.from_hard_predictions("b", base.predicted_class, base.ids, other.labels, classes=CLASSES)
    table = rows(base, other)
    shuffled = table.sample(fraction=1, shuffle=True, seed=1)
    first, second = (
        changed_inputs({"c": [one]}, "base", ["c"], "test", NAMES, ExampleDetails()) for one in (table, shuffled)
    )
    assert first == second
