"""The notebooks' landscape: compressed models that repeat the base's moments."""

import numpy as np
import pytest

from samefn.analysis.landscape import map_all
from samefn.analysis.subject import Subject
from samefn.config.study import Landscape
from samefn.predictions.predictions import Predictions
from samefn.predictions.trajectory import Trajectory
from samefn.schema.methods import Given
from samefn.schema.report import ModelEntry

DRAW = np.random.default_rng(0)
IDS = [f"test-{i}" for i in range(30)]


def subject(name, role, epochs, trained):
    moments = tuple(Predictions.from_logits(name, DRAW.normal(size=(30, 4)), IDS, None) for _ in epochs)
    entry = ModelEntry(id=name, name=name, role=role, method=Given(adapter="made up"))
    return Subject(entry, {"test": Trajectory(name, tuple(epochs), moments)}, "base", trained)


SUBJECTS = [subject("base", "base", range(4), True), subject("int8", "quantized", [0], False)]
SUBJECTS += [subject("again", "replicate", [0], False), subject("other", "independent", range(4), True)]


def points(repeated):
    found = map_all(SUBJECTS, "test", Landscape(methods=("pca",)), repeated=repeated)
    [drawn] = found.maps
    return drawn.points, found.distances


def test_repeated_points_lie_on_the_bases_own():
    drawn, _ = points(repeated=True)
    at = {(point.model, point.epoch): (point.x, point.y) for point in drawn}
    assert len(drawn) == 4 + 1 + 1 + 4 + 3
    for epoch in range(3):
        assert at["int8", epoch] == pytest.approx(at["base", epoch])
    assert at["int8", None] != pytest.approx(at["base", 3])


def test_without_the_switch_every_model_has_its_own_points():
    drawn, true = points(repeated=False)
    assert len(drawn) == len(true) == 4 + 1 + 1 + 4
    assert [(point.model, point.epoch) for point in drawn if point.model == "int8"] == [("int8", None)]


def test_true_distances_are_of_real_points_only():
    one, other = points(repeated=True)[1], points(repeated=False)[1]
    assert [(point.model, point.epoch) for point in one] == [(point.model, point.epoch) for point in other]
    assert [point.distance for point in one] == pytest.approx([point.distance for point in other])


def test_panels_hold_their_own_models_beside_base_and_independents():
    [panel] = map_all(SUBJECTS, "test", Landscape(methods=("tsne", "pca"))).panels
    assert (panel.panel, panel.method) == ("quantisation", "tsne")
    assert {point.model for point in panel.points} == {"base", "int8", "other"}
    assert panel.settings.perplexity_asked == 30


def test_the_notebooks_change_the_perplexity_by_panel():
    settings = Landscape(methods=("tsne",), perplexity=20)
    for repeated, perplexity in ((False, 20), (True, 30)):
        [panel] = map_all(SUBJECTS, "test", settings, repeated=repeated).panels
        assert panel.settings.perplexity_asked == perplexity
