"""The table of all changed inputs, against a plain loop over the predictions."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import samefn
from samefn.core.errors import InputError
from samefn.predictions.predictions import Predictions

NAMES = ["ant", "bee", "cat"]


def looped(base, others, labels, groups, sites):
    found = []
    for name, other in others.items():
        for place, identity in enumerate(base.ids):
            before, after = int(base.predicted_class[place]), int(other.predicted_class[place])
            if before == after:
                continue
            direction = "no label"
            if labels is not None:
                label = labels[place]
                direction = "negative flip" if before == label else "positive flip" if after == label else "both wrong"
            found.append(
                {
                    "evaluation": "test",
                    "candidate": name,
                    "id": str(identity),
                    "label": None if labels is None else NAMES[labels[place]],
                    "base_class": NAMES[before],
                    "class": NAMES[after],
                    "direction": direction,
                    "group": groups[place],
                    "slice:site": sites[place],
                }
            )
    return found


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), count=st.integers(12, 60), labelled=st.booleans(), hard=st.booleans())
def test_every_changed_input_is_a_row(seed, count, labelled, hard):
    draw = np.random.default_rng(seed)
    ids = [f"x{number}" for number in range(count)]
    labels = draw.integers(0, 3, count) if labelled else None
    groups, sites = draw.permutation(np.arange(count) % 6), draw.integers(0, 2, count).astype(np.str_)

    def model(name):
        if hard:
            return Predictions.from_hard_predictions(name, draw.integers(0, 3, count), ids, labels, classes=3)
        return Predictions.from_logits(name, draw.normal(size=(count, 3)), ids, labels)

    base, others = model("base"), {name: model(name) for name in ("b", "a")}
    result = samefn.compare(base, list(others.values()), groups=groups, slices={"site": sites}, class_names=NAMES)
    changed = result.changed()
    assert changed.drop("base_confidence", "confidence").to_dicts() == looped(
        base, others, labels, groups.astype(np.str_), sites
    )
    for row in changed.iter_rows(named=True):
        place = ids.index(row["id"])
        wanted = (None, None)
        if not hard:
            wanted = tuple(
                pytest.approx(np.exp(one.log_probs[place].max())) for one in (base, others[row["candidate"]])
            )
        assert (row["base_confidence"], row["confidence"]) == wanted
    by_name = {result.report.model(one.candidate).name: one.changed for one in result.report.changed_counts}
    assert by_name == {name: changed.filter(pl.col("candidate") == name).height for name in others}


def test_classes_without_names_independents_and_replicates():
    draw = np.random.default_rng(1)
    base, candidate, independent, again = (
        Predictions.from_logits(name, draw.normal(size=(50, 3)), range(50)) for name in ("b", "c", "i", "b")
    )
    changed = samefn.compare(base, [candidate], independents=[independent], again=again).changed()
    assert changed["candidate"].unique().to_list() == ["c"]
    assert set(changed["class"]) <= {"0", "1", "2"}
    assert changed["label"].null_count() == changed.height
    assert changed.columns == [
        *("evaluation", "candidate", "id", "label", "base_class", "class"),
        *("base_confidence", "confidence", "direction"),
    ]


def test_unlabelled_inputs_have_no_slices_of_inputs_with_their_id():
    draw = np.random.default_rng(2)
    x, more = draw.normal(size=(2, 40, 3)).astype(np.float32)

    def model(values):
        return values

    def other(values):
        return values[:, [1, 0, 2]]

    result = samefn.compare(
        model, [other], data=x, labels=draw.integers(0, 3, 40), slices={"site": ["a"] * 40}, unlabelled=more
    )
    changed = result.changed()
    assert set(changed["evaluation"]) == {"test", "unlabelled"}
    sites = dict(changed.group_by("evaluation").agg(pl.col("slice:site").unique()).iter_rows())
    assert sites == {"test": ["a"], "unlabelled": [None]}
    directions = dict(changed.group_by("evaluation").agg(pl.col("direction").unique()).iter_rows())
    assert directions["unlabelled"] == ["no label"]


def test_rows_that_lack_a_column():
    draw = np.random.default_rng(3)
    base, other = (Predictions.from_logits(name, draw.normal(size=(20, 3)), range(20)) for name in "bc")
    result = samefn.compare(base, [other])
    without = type(result)(result.report, result.rows.drop("top"))
    with pytest.raises(InputError, match="SF465") as caught:
        without.changed()
    assert "base_top" in str(caught.value)
    with pytest.raises(InputError, match="SF465"):
        type(result)(result.report, pl.DataFrame()).changed()
