"""The seam of output kinds: rows of any kind say whether each input changed and how far."""

import numpy as np

from samefn.measures.rows import rows
from samefn.predictions.output_kind import changed_predictions, prediction_distance
from samefn.predictions.predictions import Predictions

IDS = list("abc")


def test_scores_change_with_the_top_class_and_move_by_total_variation():
    base = Predictions.from_probabilities("base", [[0.9, 0.1], [0.6, 0.4], [0.5, 0.5]], IDS)
    other = Predictions.from_probabilities("other", [[0.7, 0.3], [0.4, 0.6], [0.5, 0.5]], IDS)
    frame = rows(base, other)
    assert changed_predictions(frame).tolist() == [False, True, False]
    np.testing.assert_allclose(prediction_distance(frame), [0.2, 0.2, 0], atol=1e-6)


def test_labels_change_and_move_all_the_way_or_not_at_all():
    base = Predictions.from_probabilities("base", [[0.9, 0.1], [0.6, 0.4], [0.5, 0.5]], IDS)
    frame = rows(base, Predictions.from_hard_predictions("other", [0, 1, 0], IDS))
    assert changed_predictions(frame).tolist() == [False, True, False]
    assert prediction_distance(frame).tolist() == [0, 1, 0]
