"""Changed inputs of whole comparisons: pictures, values, groups and classes, in Python and from the command line."""

import base64
import io

import numpy as np
import pytest
from PIL import Image

import samefn
from samefn.analysis.changed_examples import SHOWN
from samefn.cli.main import run
from samefn.reports.read import read_report

SIDE, CLASSES, COUNT = 16, 4, 900
DRAW = np.random.default_rng(0)
MATRIX = DRAW.normal(size=(3 * SIDE * SIDE, CLASSES)).astype(np.float32)
MOVED = MATRIX + 0.5 * DRAW.normal(size=MATRIX.shape).astype(np.float32)
PIXELS = DRAW.integers(0, 256, (COUNT, SIDE, SIDE, 3), dtype=np.uint8)
PIXELS[0, ..., :] = np.arange(256, dtype=np.uint8).reshape(SIDE, SIDE, 1)
NORMALISED = ((PIXELS / 255 - [0.485, 0.456, 0.406]) / [0.229, 0.224, 0.225]).astype(np.float32)


def base_model(values):
    return values.reshape(len(values), -1) @ MATRIX


def moved(values):
    return values.reshape(len(values), -1) @ MOVED


def failing(values):
    logits = values.reshape(len(values), -1) @ (2 * MOVED - MATRIX)
    return np.where(values[:, :1, 0, 0] < -1, np.nan, logits)


def test_pictures_of_normalised_floats_groups_and_slices():
    labels = base_model(NORMALISED).argmax(axis=1)
    result = samefn.compare(
        base_model,
        [moved, failing],
        data=NORMALISED,
        labels=labels,
        groups=np.arange(COUNT) // 10,
        slices={"site": np.where(np.arange(COUNT) % 2, "odd", "even")},
    )
    report = result.report
    assert len(report.changed) == SHOWN < sum(one.changed for one in report.changed_counts)
    assert [one.shown for one in report.changed_counts] == [SHOWN // 2] * 2
    models = {model.id: model.name for model in report.models}
    functions = {"moved": moved, "failing": failing}
    for one in report.changed:
        place = int(one.id)
        picture = np.asarray(Image.open(io.BytesIO(base64.b64decode(one.image.partition(",")[2]))))
        np.testing.assert_array_equal(picture, PIXELS[place])
        assert (one.picture_scale, one.values) == ("denormalised", ())
        assert (one.group, one.slices) == (str(place // 10), {"site": "odd" if place % 2 else "even"})
        logits = functions[models[one.candidate]](NORMALISED[place : place + 1])[0].astype(float)
        shares = np.exp(logits - logits.max()) / np.exp(logits - logits.max()).sum()
        best = np.argsort(-shares)[: len(one.classes)]
        assert [int(top.name) for top in one.classes] == best.tolist()
        assert [top.probability for top in one.classes] == pytest.approx(shares[best], abs=1e-4)
        assert one.base_classes[0].name == one.base_top == one.label
        assert one.base_classes[0].probability == one.base_confidence
    assert len(report.model_dump_json()) < 2e6
    assert result.changed().height == sum(one.changed for one in report.changed_counts)


def test_shards_find_the_same_classes_also_where_a_model_failed(linear, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    x = DRAW.normal(size=(600, 6)).astype(np.float32)
    x[:, 0] = np.abs(x[:, 0])
    x[[3, 250], 0] = -1
    matrix = DRAW.normal(size=(6, CLASSES))
    np.savez("test.npz", x=x, y=DRAW.integers(0, CLASSES, 600))
    base, other = (
        linear(tmp_path / f"{name}.onnx", matrix + more, root=name == "other")
        for name, more in (("base", 0.0), ("other", DRAW.normal(size=matrix.shape)))
    )
    found = []
    for shards in ("1", "5"):
        options = ["--shards", shards, "--set", "cost=false", "--workers", "1", "--store", f"store-{shards}"]
        assert run(["compare", base, other, "--data", "test.npz", *options, "--out", f"out-{shards}"]) == 1
        found.append(read_report(tmp_path / f"out-{shards}"))
    assert found[0].changed == found[1].changed
    assert found[0].changed_counts == found[1].changed_counts
    assert len(found[0].changed) > 100
    for one in found[1].changed:
        assert one.classes[0].probability == one.confidence
        assert one.base_classes[0].probability == one.base_confidence
        np.testing.assert_array_equal(np.float32(one.values[0].values), x[int(one.id)])


@pytest.mark.parametrize("with_data", [True, False])
def test_saved_predictions_have_pictures_only_with_data(with_data, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    np.savez("base.npz", logits=base_model(NORMALISED))
    np.savez("moved.npz", logits=moved(NORMALISED))
    np.savez("data.npz", x=PIXELS)
    data = ["--data", "data.npz"] if with_data else []
    assert run(["compare", "base.npz", "moved.npz", *data, "--store", "store", "--out", "out"]) == 0
    report = read_report(tmp_path / "out")
    assert len(report.changed) == SHOWN
    for one in report.changed:
        assert (one.image is not None, one.picture_scale) == (with_data, "bytes" if with_data else None)
        assert (one.values, one.label, one.direction) == ((), None, "no label")
        assert one.classes[0].probability == one.confidence
    assert [(one.negative_flips, one.class_changes[0].right) for one in report.changed_counts] == [(None, None)]
