"""The whole way, from spec to report, on a tiny study."""

import shutil
import sys
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from samefn.config.read import read_study
from samefn.core.errors import InputError
from samefn.core.paths import Places
from samefn.measures.table import MEASURES
from samefn.schema.report import SCHEMA
from samefn.store.store import Store
from samefn.studies.study import study

from .conftest import TINY, run_tiny

MODELS = {
    "base": "base",
    "independent-1": "independent",
    "control-same-order": "control",
    "control-earlier-epoch": "control",
    "student-a0.5": "student",
    "control": "control",
    "control-random-a0.5": "control",
    "torch-batch-64": "replicate",
    "torch-threads-2": "replicate",
    "onnx-float32": "replicate",
    "float16": "quantized",
    "int8-dynamic": "quantized",
    "int8-dynamic-batch-32": "replicate",
    "int8-static": "quantized",
    "pruned-50": "pruned",
}


def values(run, candidate):
    return {m.measure: m.value for m in run.report.measures if m.candidate == candidate}


def test_every_model_has_its_role(tiny):
    assert {model.id: model.role for model in tiny.report.models} == MODELS
    assert tiny.report.failures == ()
    assert tiny.report.base.id == "base"


def test_every_candidate_has_every_measure(tiny):
    for candidate in MODELS:
        assert set(values(tiny, candidate)) == (set() if candidate == "base" else set(MEASURES))


def test_the_figures_are_the_means_of_the_rows(tiny):
    rows = pl.read_parquet(tiny.places.out / "rows.parquet")
    assert rows.height == 80 * (len(MODELS) - 1)
    accuracy = {model.id: model.accuracy for model in tiny.report.models}
    for entry in tiny.report.measures:
        frame = rows.filter(pl.col("candidate") == entry.candidate)
        assert frame["base"].unique().to_list() == [entry.base]
        if entry.measure == "accuracy_deviation":
            right, base_right = frame["right"].mean(), frame["base_right"].mean()
            assert right == accuracy[entry.candidate]
            assert entry.value == pytest.approx(100 * (right - base_right) / base_right)
        elif entry.measure in frame.columns:
            assert entry.value == pytest.approx(frame[entry.measure].mean(), rel=1e-12)
        else:
            assert entry.value == pytest.approx(MEASURES[entry.measure].value(frame), rel=1e-12)
        assert entry.examples == 80
        if entry.interval != "none":
            assert entry.low <= entry.value <= entry.high


def test_what_compression_must_and_must_not_do(tiny):
    """Facts that hold whatever the weights: the ONNX base is the base, float16 is near, an independent is far."""
    replicate, half = values(tiny, "onnx-float32"), values(tiny, "float16")
    assert replicate["disagreement"] == 0
    assert replicate["total_variation"] < 1e-5
    assert replicate["total_variation"] < half["total_variation"] < 1e-3
    assert half["total_variation"] < values(tiny, "int8-dynamic")["total_variation"]
    assert values(tiny, "pruned-50")["total_variation"] < values(tiny, "independent-1")["total_variation"]
    assert values(tiny, "int8-dynamic-batch-32")["total_variation"] > 0
    models = {model.id: model for model in tiny.report.models}
    assert models["float16"].bytes < 0.6 * models["base"].bytes
    assert models["int8-static"].bytes < 0.35 * models["base"].bytes
    assert models["pruned-50"].bytes_zstd < 0.7 * models["base"].bytes_zstd
    assert models["pruned-50"].method.sparsity == pytest.approx(0.5, abs=1e-4)
    assert "7-bit" in models["int8-static"].method.file.label


def test_student_and_control_share_their_start_with_the_base_and_differ_in_order(tiny):
    store = Store(tiny.places.store)
    weights = {}
    for key in store.keys():  # noqa: SIM118
        made = store.open(key)
        if made.kind == "train":
            weights[made.name] = [made.path(f"{when}.safetensors").read_bytes() for when in ("initial", "final")]
    base, student = weights["base"], weights["student, alpha 0.5"]
    control, independent = weights["control without a teacher"], weights["independent 1"]
    assert base[0] == student[0] == control[0] != independent[0]
    assert len({base[1], student[1], control[1], independent[1]}) == 4


def test_every_control_has_a_question(tiny):
    controls = {model.id: model for model in tiny.report.models if model.role == "control"}
    assert all(model.method.question.endswith("?") for model in controls.values())
    store = Store(tiny.places.store)
    made = {one.name: one for key in store.keys() if (one := store.open(key)).kind == "train"}  # noqa: SIM118
    other = made["another start, the base's order"]
    assert other.path("initial.safetensors").read_bytes() != made["base"].path("initial.safetensors").read_bytes()
    assert controls["control-same-order"].method.order == tiny.report.study["seed"]
    # The base one epoch before its end is the last moment but one of its own trajectory.
    distances = {(d.model, d.epoch): d.distance for d in tiny.report.distances}
    assert distances["control-earlier-epoch", None] == pytest.approx(distances["base", 2])


def test_the_landscape_holds_every_moment_of_every_model(tiny):
    assert [chart.method for chart in tiny.report.landscape] == ["tsne", "mds", "pca"]
    expected = {(model.id, epoch) for model in tiny.report.models if model.epochs for epoch in range(4)}
    expected |= {(model.id, None) for model in tiny.report.models if not model.epochs}
    for chart in tiny.report.landscape:
        assert {(point.model, point.epoch) for point in chart.points} == expected
        assert np.isfinite([(point.x, point.y) for point in chart.points]).all()
        assert all(value is not None for _, value in chart.quality)
    distances = {(d.model, d.epoch): d.distance for d in tiny.report.distances}
    assert set(distances) == expected
    assert distances["base", 3] == 0
    assert distances["base", 0] > 0


def test_a_history_has_an_entry_an_epoch(tiny):
    for model in tiny.report.models:
        assert [one.epoch for one in model.history] == ([0, 1, 2, 3] if model.epochs else [])
    [*_, last] = tiny.report.base.history
    assert last.accuracy == tiny.report.base.accuracy


def test_every_candidate_is_judged_by_noise_floor_and_independents(tiny):
    judged = {model for model, role in MODELS.items() if role not in {"base", "replicate", "independent"}}
    assert {verdict.candidate for verdict in tiny.report.verdicts} == judged
    assert {scale.candidate for scale in tiny.report.relative_distances} == judged
    # One independent only: the interval is about others too.
    covered = {(scale.independents, scale.covers) for scale in tiny.report.relative_distances}
    assert covered == {(1, "examples and independents")}
    # The noise floor is the furthest of the base's replicates, by each distance.
    again = {model for model, role in MODELS.items() if role == "replicate"} - {"int8-dynamic-batch-32"}
    for scale in tiny.report.relative_distances:
        measured = {model: values(tiny, model)[scale.measure] for model in again}
        assert scale.noise_floor == pytest.approx(max(measured.values()))
        assert measured[scale.noise_floor_model] == max(measured.values())
    assert "independent" not in {verdict.outcome for verdict in tiny.report.verdicts}
    [overall] = tiny.report.overall
    assert overall.candidate in judged


def test_with_one_seed_transfer_is_inconclusive(tiny):
    questions = {(entry.students, entry.reference) for entry in tiny.report.transfer}
    assert questions == {("base", "control"), ("base", "random"), ("random", "control")}
    assert {(entry.seeds, entry.outcome) for entry in tiny.report.transfer} == {(1, "inconclusive")}
    student, control = (values(tiny, model)["disagreement"] for model in ("student-a0.5", "control"))
    entry = next(e for e in tiny.report.transfer if (e.inputs, e.measure) == ("all", "disagreement"))
    assert entry.share == pytest.approx((control - student) / control)


def test_every_claim_is_put_to_the_test(tiny):
    assert [claim.id for claim in tiny.report.claims] == ["C1", "C2", "C3", "C4", "C5"]
    assert "not tested" not in {claim.outcome for claim in tiny.report.claims}
    assert tiny.json()["schema"] == SCHEMA
    assert tiny.json()["environment"]["runtimes"]["onnxruntime"]["x64quantprecision"] == "1"


def checkpoints(tiny):
    """The files of two finished trainings, as a user might hand them in."""
    store = Store(tiny.places.store)
    made = {one.name: one for key in store.keys() if (one := store.open(key)).kind == "train"}  # noqa: SIM118
    return [str(made[name].path("final.safetensors")) for name in ("base", "independent 1")]


def test_a_base_and_independents_from_checkpoints(tiny, tmp_path):
    base, independent = checkpoints(tiny)
    settings = [f"weights={base}", f"checkpoints=['{independent}']", "independents=[1]", "pruning=false"]
    run = run_tiny(tmp_path, tiny.places.store, settings=[*settings, "quantization=false"])
    models = {model.id: model for model in run.report.models}
    assert [name for name, model in models.items() if model.role == "independent"] == ["checkpoint-1", "independent-1"]
    assert (models["base"].epochs, models["base"].method.kind) == (None, "checkpoint")
    # The same weights as in the study that trained them, so the same predictions.
    assert models["base"].accuracy == tiny.report.base.accuracy
    assert values(run, "checkpoint-1") == values(run, "independent-1") == values(tiny, "independent-1")
    assert models["student-a0.5"].method.start == "own"
    assert run.report.study["weights"] == "final.safetensors"
    needle = str(tiny.places.out.parent).encode()
    for folder in (run.places.out, run.places.store):
        assert not any(needle in path.read_bytes() for path in folder.rglob("*") if path.is_file())


@pytest.mark.usefixtures("broken_nets")
def test_a_checkpoint_that_does_not_fit_ends_the_study_in_one_line(tiny, tmp_path):
    base, _ = checkpoints(tiny)
    for weights, options in ((base, ["net=broken_nets:explodes"]), ("none.pt", [])):
        with pytest.raises(InputError) as error:
            run_tiny(tmp_path, settings=[f"weights={weights}", *options])
        assert error.value.where.endswith(Path(weights).name)


def test_no_path_of_this_machine_is_in_the_report_or_the_models(tiny):
    needle = str(tiny.places.out.parent).encode()
    for folder in (tiny.places.out, tiny.places.store):
        for path in folder.rglob("*"):
            assert not path.is_file() or needle not in path.read_bytes(), path


def test_a_second_run_makes_nothing_again(tiny, tmp_path):
    again = run_tiny(tmp_path, tiny.places.store)
    assert [event.name for event in again.events if event.kind == "finished"] == ["measures", "landscape", "report"]
    assert again.json() == tiny.json()
    for name in ("rows.parquet", "tables/models.csv", "report.html"):
        assert (again.places.out / name).read_bytes() == (tiny.places.out / name).read_bytes(), name


def test_the_number_of_workers_changes_no_bit(tiny, tmp_path):
    assert run_tiny(tmp_path, workers=1).json() == tiny.json()


def test_damage_in_the_store_is_named_and_mended(tiny, tmp_path):
    store = tmp_path / "store"
    shutil.copytree(tiny.places.store, store)
    shutil.rmtree(next(path.parent for path in store.glob("objects/*/*/model.safetensors")))
    damaged = [path for path in sorted(store.glob("objects/*/*/*")) if path.name != "manifest.json"][::3]
    for number, path in enumerate(damaged):
        data = path.read_bytes()
        path.write_bytes(data[: len(data) // 2] if number % 2 else data[:-1] + bytes([data[-1] ^ 1]))
    again = run_tiny(tmp_path, store)
    assert again.json() == tiny.json()
    assert sum(event.kind == "warning" for event in again.events) > 1


@pytest.fixture
def broken_nets(monkeypatch):
    monkeypatch.syspath_prepend(Path(__file__).parent)
    yield
    sys.modules.pop("broken_nets", None)


@pytest.mark.usefixtures("broken_nets")
def test_what_diverges_is_named_and_the_rest_goes_on(tiny, tmp_path):
    settings = ["distillation.net=broken_nets:explodes", "distillation.control=false", "quantization=false"]
    run = run_tiny(tmp_path, settings=settings)
    failure, of_random = run.report.failures
    assert (failure.model, of_random.model) == ("student-a0.5", "control-random-a0.5")
    assert failure.error.startswith("student, alpha 0.5: ")
    assert "in epoch" in failure.error
    assert {model.id for model in run.report.models} == {
        model for model in MODELS if "8" not in model and "16" not in model
    } - {"student-a0.5", "control", "control-random-a0.5"}
    assert run.report.base.accuracy == tiny.report.base.accuracy


@pytest.mark.usefixtures("broken_nets")
def test_a_base_that_diverges_ends_the_study_in_one_line(tmp_path):
    with pytest.raises(InputError, match=r"base: .* nan in epoch 1.*SF756") as error:
        run_tiny(tmp_path, settings=["net=broken_nets:explodes"])
    assert error.value.code == "SF700"


@pytest.mark.parametrize(
    ("setting", "key", "wanted", "available"),
    [
        ("quantization.calibration=121", "quantization.calibration", 121, "120 train"),
        ("evaluation=[{limit=81}]", "evaluation.test.limit", 81, "80 test"),
    ],
)
def test_more_images_than_there_are_is_no_silent_cut(tmp_path, setting, key, wanted, available):
    with pytest.raises(InputError, match="SF703") as error:
        run_tiny(tmp_path, settings=[setting])
    assert error.value.where == key
    assert f"{wanted} images" in error.value.what
    assert f"{available} images" in error.value.what


def test_several_evaluation_sets_and_seeds(tmp_path):
    settings = ['evaluation=[{split="test", limit=40}, {split="train", limit=50}]', "distillation.seeds=[5, 6]"]
    settings += ["quantization=false", "training.epochs=1", "landscape.methods=['pca']"]
    run = run_tiny(tmp_path, settings=settings)
    ids = [model.id for model in run.report.models if model.parent == "base" and model.epochs]
    assert ids == [f"{name}-s{seed}" for seed in (5, 6) for name in ("student-a0.5", "control", "control-random-a0.5")]
    examples = {(entry.evaluation, entry.examples) for entry in run.report.measures}
    assert examples == {("test", 40), ("train", 50)}
    rows = pl.read_parquet(run.places.out / "rows.parquet")
    assert dict(rows.group_by("evaluation").len().iter_rows()) == {"test": 40 * 13, "train": 50 * 13}


def test_an_unwritable_run_folder_is_refused_before_any_work(tmp_path):
    (tmp_path / "file").write_text("")
    places = Places(tmp_path / "file" / "out", tmp_path / "store", tmp_path / "cache")
    with pytest.raises(InputError) as error:
        study(read_study(TINY), places)
    assert "--out" in str(error.value)
    assert not (tmp_path / "store").exists()
