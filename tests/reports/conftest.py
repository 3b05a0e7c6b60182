"""A report as a study of the paper's first experiment writes it: made up, of the right shape and size."""

import base64
import io
from collections.abc import Callable
from typing import Any

import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray
from PIL import Image
from scipy.stats import beta

from samefn.measures.table import MEASURES
from samefn.schema.changed import ChangedExample
from samefn.schema.claims import ClaimEntry, ClaimFigure, TransferEntry
from samefn.schema.environment import Environment
from samefn.schema.landscape import (
    LandscapeMap,
    MapPoint,
    MapQuality,
    MapSettings,
    MdsSettings,
    PcaSettings,
    TsneSettings,
)
from samefn.schema.methods import Distilled, Exported, Method, Pruned, Quantized, QuantizedFile, Replicated, Trained
from samefn.schema.records import Epoch
from samefn.schema.report import (
    DataEntry,
    MeasureEntry,
    ModelEntry,
    Report,
    Role,
    TrueDistance,
)
from samefn.schema.training import Training
from samefn.schema.verdicts import (
    AgainstLimit,
    HowFar,
    Outcome,
    OverallEntry,
    PartChange,
    RelativeDistance,
    VerdictEntry,
)

EXAMPLES, EPOCHS, BASE_ACCURACY = 10_000, 25, 0.9915
# name, role, method, settings, parent, inputs changed, accuracy, bytes, bytes after zstd
Model = tuple[str, Role, str, dict[str, Any], str | None, int, float, int, int]
_NET, _ZIP = 4_824_616, 4_470_112
MODELS: tuple[Model, ...] = (
    ("base", "base", "training", {"seed": 0}, None, 0, BASE_ACCURACY, _NET, _ZIP),
    ("ONNX float32", "replicate", "onnx-float32", {}, "base", 0, BASE_ACCURACY, _NET + 812, _ZIP + 502),
    ("base on 2 threads", "replicate", "torch-float32", {"threads": 2}, "base", 0, BASE_ACCURACY, _NET, _ZIP),
    ("independent, seed 1", "independent", "training", {"seed": 1}, None, 92, 0.9911, _NET, _ZIP),
    ("independent, seed 2", "independent", "training", {"seed": 2}, None, 87, 0.9918, _NET, _ZIP),
    (
        "student, alpha 0.1",
        "student",
        "distillation",
        {"alpha": 0.1, "seed": 42},
        "base",
        78,
        0.9914,
        _NET,
        _ZIP,
    ),
    (
        "student, alpha 0.5",
        "student",
        "distillation",
        {"alpha": 0.5, "seed": 42},
        "base",
        84,
        0.9908,
        _NET,
        _ZIP,
    ),
    (
        "student, alpha 0.9",
        "student",
        "distillation",
        {"alpha": 0.9, "seed": 42},
        "base",
        91,
        0.9909,
        _NET,
        _ZIP,
    ),
    (
        "control, no teacher",
        "control",
        "distillation",
        {"alpha": 1.0, "seed": 42},
        "base",
        89,
        0.9907,
        _NET,
        _ZIP,
    ),
    (
        "float16",
        "quantized",
        "float16",
        {"weights": "float16"},
        "base",
        0,
        BASE_ACCURACY,
        2_412_996,
        2_190_004,
    ),
    ("int8 dynamic", "quantized", "int8-dynamic", {"weights": "int8"}, "base", 4, 0.9914, 1_214_011, 995_310),
    (
        "int8 dynamic, batch 64",
        "replicate",
        "int8-dynamic",
        {"batch": 64},
        "int8 dynamic",
        2,
        0.9914,
        1_214_011,
        995_310,
    ),
    (
        "int8 static",
        "quantized",
        "int8-static",
        {"weights": "7-bit"},
        "base",
        9,
        0.9913,
        1_222_800,
        1_001_204,
    ),
    (
        "pruned 10 %",
        "pruned",
        "pruning",
        {"fraction": 0.1, "sparsity": 0.1},
        "base",
        1,
        0.9914,
        _NET,
        4_190_311,
    ),
    (
        "pruned 30 %",
        "pruned",
        "pruning",
        {"fraction": 0.3, "sparsity": 0.3},
        "base",
        6,
        0.9916,
        _NET,
        3_450_902,
    ),
    (
        "pruned 50 %",
        "pruned",
        "pruning",
        {"fraction": 0.5, "sparsity": 0.5},
        "base",
        16,
        0.9912,
        _NET,
        2_620_845,
    ),
    (
        "pruned 70 %",
        "pruned",
        "pruning",
        {"fraction": 0.7, "sparsity": 0.7},
        "base",
        131,
        0.9821,
        _NET,
        1_701_733,
    ),
    (
        "pruned 90 %",
        "pruned",
        "pruning",
        {"fraction": 0.9, "sparsity": 0.9},
        "base",
        2_310,
        0.7655,
        _NET,
        640_118,
    ),
)


def make_report(rename: dict[str, str] | None = None, **changes: Any) -> Report:
    """The report, its models renamed for people (ids too), with parts replaced."""
    rename = rename or {}
    parts: dict[str, Any] = {
        "samefn": "0.1.0",
        "name": "mnist",
        "confidence": 0.95,
        "study": {"name": "mnist", "net": "lenet", "intervals": {"confidence": 0.95}},
        "environment": Environment(
            python="3.11.9",
            system="Linux x86_64",
            cpu="a processor",
            cpu_flags={"avx2": True},
            versions={"torch": "2.11.0", "onnxruntime": "1.22.0"},
        ),
        "data": DataEntry(
            name="mnist",
            source="MNIST, the official idx files, checked against their published MD5.",
            fingerprint="3f" * 32,
            train_examples=60_000,
            test_examples=EXAMPLES,
            class_names=tuple("0123456789"),
            shape=(1, 28, 28),
        ),
        "models": tuple(_model(model, rename) for model in MODELS),
        "measures": tuple(_measures(rename)),
        "landscape": tuple(_maps(rename)),
        "panels": (_maps(rename)[0].model_copy(update={"panel": "pruning"}),),
        "distances": tuple(_distances(rename)),
        "changed": tuple(_changed(rename)),
        "relative_distances": tuple(_scales(rename)),
        "verdicts": tuple(_verdicts(rename)),
        "overall": (_overall(rename),),
        "transfer": tuple(_transfer(rename)),
        "claims": tuple(_claims(rename)),
        "warnings": ("int8-dynamic on convolutions runs without a fast kernel on this processor.",),
        "times": {"seconds": 611.2},
    }
    return Report(**(parts | changes))


def _judged(rename: dict[str, str]) -> list[tuple[str, int]]:
    """Ids of the judged models and how many inputs they changed."""
    roles = {"student", "control", "quantized", "pruned"}
    return [(rename.get(model[0], model[0]), model[5]) for model in MODELS if model[1] in roles]


def _scales(rename: dict[str, str]) -> list[RelativeDistance]:
    base, noise_floor = (rename.get(name, name) for name in ("base", "ONNX float32"))
    return [
        RelativeDistance(
            evaluation="test",
            base=base,
            candidate=candidate,
            measure=measure,
            value=changed / 90,
            low=changed / 90 * 0.7,
            high=changed / 90 * 1.6 + 0.01,
            noise_floor=0.0,
            noise_floor_model=noise_floor,
            independent_distance=0.009,
            independents=2,
            examples=EXAMPLES,
            covers="examples and independents",
            method="fieller",
            refused="",
        )
        for candidate, changed in _judged(rename)
        for measure in ("disagreement", "total_variation")
    ]


def _verdicts(rename: dict[str, str]) -> list[VerdictEntry]:
    return [
        VerdictEntry(
            evaluation="test",
            base=rename.get("base", "base"),
            candidate=candidate,
            outcome=_outcome(changed),
            reason="share",
            against=(
                AgainstLimit(
                    measure="disagreement",
                    value=changed / EXAMPLES,
                    low=float(beta.ppf(0.025, changed, EXAMPLES - changed + 1)) if changed else 0.0,
                    high=float(beta.ppf(0.975, changed + 1, EXAMPLES - changed)),
                    limit=0.001,
                    origin="least",
                    side={"same": "within", "inconclusive": "open"}.get(_outcome(changed), "over"),
                ),
            ),
            examples=EXAMPLES,
            effective_examples=EXAMPLES,
            class_limit=0.005,
            over=(_CLASS_8,) if changed > 80 else (),
            worst=_CLASS_8,
            quality="worse" if changed > 80 else "no difference shown",
            negative_flips=changed // 2,
            positive_flips=changed // 3,
            flips_p_value=0.04,
            net_loss=(changed // 2 - changed // 3) / EXAMPLES,
            net_loss_low=0.0,
            net_loss_high=changed / EXAMPLES,
            loss_limit=0.0005,
            loss_side="open",
            distance=_distance(changed),
            fort_independent=0.0171 + changed / EXAMPLES / 20,
            fort_perturbed=changed / EXAMPLES * 0.62,
        )
        for candidate, changed in _judged(rename)
    ]


_CLASS_8 = PartChange(
    by="class", name="8", examples=974, changed=30, share=30 / 974, low=0.016, high=0.05, negative_flips=20,
    positive_flips=4,
)  # fmt: skip


def _outcome(changed: int) -> Outcome:
    """What the rules would say, roughly."""
    bounds: dict[int, Outcome] = {3: "same", 8: "inconclusive", 1000: "changed"}
    return next((outcome for bound, outcome in bounds.items() if changed <= bound), "broken")


def _distance(changed: int) -> HowFar:
    """By the relative distances that `_scales` makes: what the rules would say, roughly."""
    bounds: dict[int, HowFar] = {3: "near", 8: "not shown", 100: "between"}
    return next((distance for bound, distance in bounds.items() if changed <= bound), "independent")


def _overall(rename: dict[str, str]) -> OverallEntry:
    worst = rename.get("pruned 90 %", "pruned 90 %")
    return OverallEntry(evaluation="test", outcome="broken", candidate=worst)


def _transfer(rename: dict[str, str]) -> list[TransferEntry]:
    """Three questions on two kinds of inputs, by two distances; no example that the placebo teaches anything."""
    entries = []
    questions: list[tuple[Any, Any, list[float], float]] = [
        ("base", "control", [0.1, 0.5, 0.9], 0.44),
        ("base", "random", [0.1], 0.41),
        ("random", "control", [0.1], 0.02),
    ]
    inputs: list[tuple[Any, int, float]] = [("all", EXAMPLES, 0.0089), ("teacher wrong", 85, 0.43)]
    for students, reference, alphas, most in questions:
        for which, examples, distance in inputs:
            for measure, factor in (("disagreement", 1.0), ("total_variation", 0.9)):
                for alpha in alphas:
                    share = most * (1 - alpha) * factor
                    half = 0.09 if alpha < 0.4 else 0.06
                    entries.append(
                        TransferEntry(
                            evaluation="test",
                            teacher=rename.get("base", "base"),
                            students=students,
                            reference=reference,
                            inputs=which,
                            measure=measure,
                            alpha=alpha,
                            reference_distance=distance * factor,
                            student_distance=distance * factor * (1 - share),
                            share=share,
                            low=share - half,
                            high=share + half,
                            covers="seeds and examples",
                            seeds=5,
                            examples=examples,
                            p_value=0.0021 / (0.05 + share),
                            p_holm=0.0063 / (0.05 + share),
                            **_transfer_outcome(share - half, share + half),
                        )
                    )
    return entries


def _transfer_outcome(low: float, high: float) -> dict[str, Any]:
    if low > 0:
        return {"outcome": "transferred"}
    if low > -0.1 and high < 0.1:
        return {"outcome": "nothing transferred"}
    return {"outcome": "inconclusive", "reason": "undecided"}


def _claims(rename: dict[str, str]) -> list[ClaimEntry]:
    def ids(*candidates: str) -> tuple[str, ...]:
        return tuple(rename.get(candidate, candidate) for candidate in candidates)

    def scale(candidate: str, value: float, low: float, high: float) -> ClaimFigure:
        [name] = ids(candidate)
        ends = {"value": value, "low": low, "high": high}
        return ClaimFigure(quantity="relative_distance", measure="disagreement", candidate=name, **ends)

    share = ClaimFigure(quantity="share", measure="total_variation", alpha=0.9, value=0.04, low=-0.02, high=0.1)
    return [
        ClaimEntry(
            id="C1",
            outcome="holds",
            reason="near and nearest",
            candidates=ids("float16", "int8 dynamic"),
            figures=(scale("float16", 0.0, -0.07, 0.07), scale("int8 dynamic", 0.044, -0.03, 0.11)),
        ),
        ClaimEntry(id="C2", outcome="inconclusive", reason="distances", candidates=ids("pruned 10 %", "pruned 90 %")),
        ClaimEntry(
            id="C3",
            outcome="does not hold",
            reason="nearer than both",
            candidates=ids("student, alpha 0.1"),
            alpha=0.1,
            figures=(scale("student, alpha 0.1", 0.53, 0.35, 0.77),),
        ),
        ClaimEntry(id="C4", outcome="inconclusive", reason="transfer undecided", figures=(share,)),
        ClaimEntry(id="C5", outcome="not tested", reason="none as accurate"),
    ]


def make_rows(report: Report) -> pl.DataFrame:
    """Rows of a few examples a candidate, as rows.parquet holds them."""
    ids = [model.id for model in report.models[1:] for _ in range(20)]
    draws = np.random.default_rng(5).random(len(ids))
    return pl.DataFrame({"candidate": ids, "id": [f"test-{i % 20:05d}" for i in range(len(ids))], "confidence": draws})


@pytest.fixture(scope="session", name="make_report")
def _make_report() -> Callable[..., Report]:
    return make_report


@pytest.fixture(scope="session")
def report() -> Report:
    return make_report()


@pytest.fixture(scope="session")
def rows(report: Report) -> pl.DataFrame:
    return make_rows(report)


def _model(model: Model, rename: dict[str, str]) -> ModelEntry:
    name, role, method, settings, parent, _, accuracy, size, zipped = model
    notes = ("weights have 7 bits: reduce_range is on.",) if name == "int8 static" else ()
    trained = role in {"base", "independent", "student", "control"}
    return ModelEntry(
        id=rename.get(name, name),
        name=rename.get(name, name),
        role=role,
        method=_method(method, settings),
        parent=None if parent is None else rename.get(parent, parent),
        runtime="torch 2.11.0" if trained else "onnxruntime 1.22.0",
        accuracy=accuracy,
        accuracy_deviation=100 * (accuracy - BASE_ACCURACY) / BASE_ACCURACY,
        bytes=size,
        bytes_zstd=zipped,
        epochs=EPOCHS if trained else None,
        history=_history(name, accuracy) if trained else (),
        notes=notes,
    )


def _method(method: str, settings: dict[str, Any]) -> Method:
    training = Training(epochs=EPOCHS)
    if method == "training":
        return Trained(net="lenet", start="own", training=training, **settings)
    if method == "distillation":
        return Distilled(net="lenet", start="base", training=training, teacher="base", temperature=3.0, **settings)
    if method == "pruning":
        of_all = {"ranked": 1000, "zeroed": round(1000 * settings["fraction"]), "threshold": 0.1}
        return Pruned(scope="kernels", model_sparsity=settings["sparsity"], **of_all, **settings)
    if method == "onnx-float32":
        return Exported(batch_size=256)
    if method == "torch-float32":
        return Replicated(batch_size=250, **settings)
    return Quantized(
        batch_size=settings.get("batch", 256),
        file=QuantizedFile.model_validate(
            {
                "method": method,
                "label": settings.get("weights", "int8"),
                "arithmetic": "made up",
                "elements_before": {"float32": 1000},
                "elements_after": {"int8": 1000},
                "kernels": 4,
                "float32_kernels": (),
                "float32_arrays": (),
                "bytes_before": 4000,
                "bytes_after": 1000,
                "calibration": 0,
            }
        ),
    )


def _history(name: str, accuracy: float) -> tuple[Epoch, ...]:
    draws = np.random.default_rng(len(name))
    entries = [Epoch(epoch=0, accuracy=0.0974)]
    for epoch in range(1, EPOCHS + 1):
        error = (1 - accuracy) * (1 + 1.6 * np.exp(-epoch / 4)) * draws.uniform(0.9, 1.15)
        error = 1 - accuracy if epoch == EPOCHS else error
        loss = (8.0 if name.startswith("student") else 0.15) * np.exp(-epoch / 5) * draws.uniform(0.8, 1.2)
        entries.append(Epoch(epoch=epoch, loss=float(loss), accuracy=float(1 - error)))
    return tuple(entries)


def _measures(rename: dict[str, str]) -> list[MeasureEntry]:
    entries = []
    for name, role, _, _, parent, changed, accuracy, _, _ in MODELS:
        if role == "base":
            continue
        against = parent if role == "replicate" and parent else "base"
        values = _values(name, changed, accuracy)
        for measure, value in values.items():
            spread = 1.96 * np.sqrt(max(abs(value), 1e-9) / EXAMPLES) * 0.7
            low, high = value - spread * min(1, abs(value) * 1000), value + spread * min(1, abs(value) * 1000)
            interval = "bootstrap"
            if measure == "calibration_change":
                interval = "none"
            if measure in {"disagreement", "negative_flips", "positive_flips"}:
                hits, interval = round(value * EXAMPLES), "clopper-pearson"
                low = float(beta.ppf(0.025, hits, EXAMPLES - hits + 1)) if hits else 0.0
                high = float(beta.ppf(0.975, hits + 1, EXAMPLES - hits))
            entries.append(
                MeasureEntry(
                    evaluation="test",
                    base=rename.get(against, against),
                    candidate=rename.get(name, name),
                    measure=measure,
                    value=value,
                    low=None if interval == "none" else float(low),
                    high=None if interval == "none" else float(high),
                    examples=EXAMPLES,
                    interval=interval,
                )
            )
    return entries


def _values(name: str, changed: int, accuracy: float) -> dict[str, float]:
    share = changed / EXAMPLES
    moved = max(share * 0.9, {"float16": 1.3e-5, "ONNX float32": 2.1e-8}.get(name, 1e-5))
    net_loss = round((BASE_ACCURACY - accuracy) * EXAMPLES)
    negative_flips = (changed + net_loss) // 2
    values = {
        "accuracy_deviation": 100 * (accuracy - BASE_ACCURACY) / BASE_ACCURACY,
        "disagreement": share,
        "normalised_disagreement": share / (1 - accuracy),
        "negative_flips": negative_flips / EXAMPLES,
        "positive_flips": max(0, negative_flips - net_loss) / EXAMPLES,
        "error_agreement": 1 - 2 * share,
        "agreement_base_right": 1 - negative_flips / EXAMPLES / BASE_ACCURACY,
        "agreement_base_wrong": max(0.0, 1 - share / (1 - BASE_ACCURACY) / 2),
        "activation_distance": moved * 1.3,
        "total_variation": moved,
        "cosine_similarity": 1 - moved / 3,
        "kl_divergence": moved * 2.2,
        "kl_divergence_reverse": moved * 2.6,
        "jensen_shannon": moved * 0.45,
        "rank_disagreement": min(0.9, moved * 30),
        "top_k_overlap": 1 - min(0.5, moved * 8),
        "kendall_tau": 1 - min(0.9, moved * 20),
        "calibration_change": moved / 7,
        "brier_change": moved / 5,
    }
    assert set(values) == set(MEASURES)
    return values


def _points() -> list[tuple[str, int | None, NDArray[np.float64]]]:
    """Points in ten dimensions: a walk for trained models, a place near the base's end for the others."""
    draws = np.random.default_rng(3)
    same_start = draws.normal(size=10) * 4
    base_end = np.zeros(10)
    points: list[tuple[str, int | None, NDArray[np.float64]]] = []
    for name, role, _, _, _, changed, _, _, _ in MODELS:
        if role in {"base", "independent", "student", "control"}:
            start = draws.normal(size=10) * 4 if role == "independent" else same_start
            end = base_end if role == "base" else base_end + draws.normal(size=10) * 0.5
            for epoch in range(EPOCHS + 1):
                share = 1 - np.exp(-epoch / 3)
                noise = draws.normal(size=10) * (0.25 if 0 < epoch < EPOCHS else 0)
                points.append((name, epoch, start * (1 - share) + end * share + noise * (1 - share / 2)))
        else:
            far = max(changed / EXAMPLES, 1e-6)
            points.append((name, None, base_end + draws.normal(size=10) * far * 6))
    return points


def _maps(rename: dict[str, str]) -> list[LandscapeMap]:
    points = _points()
    table = np.stack([point for _, _, point in points])
    centred = table - table.mean(axis=0)
    flat = centred @ np.linalg.svd(centred, full_matrices=False)[2][:2].T
    bent = np.stack([flat[:, 0] + 0.6 * np.sin(2 * flat[:, 1]), flat[:, 1] * 0.8 + 0.3 * flat[:, 0] ** 2 / 4], axis=1)
    common = {
        "points": len(points),
        "neighbours_asked": 10,
        "neighbours": 10,
        "libraries": {"numpy": "2.4.6"},
    }
    tsne = TsneSettings(
        **common, algorithm="t-SNE, exact", seed=0, perplexity_asked=30.0, perplexity=30.0, iterations=1000
    )
    mds = MdsSettings(
        **common,
        algorithm="metric SMACOF",
        start="classical scaling",
        jitter=0.01,
        seed=0,
        max_iter=1000,
        eps=1e-9,
        iterations=118,
    )
    pca = PcaSettings(**common, algorithm="classical scaling", explained_variance=(0.831, 0.0642))
    views: dict[Any, tuple[NDArray[np.float64], MapSettings, tuple[float, float, float]]] = {
        "tsne": (np.sign(bent) * np.sqrt(np.abs(bent)) * 12, tsne, (0.981, 0.714, 0.382)),
        "mds": (flat * 0.11 + 0.01 * bent, mds, (0.953, 0.601, 0.0874)),
        "pca": (flat * 0.1, pca, (0.921, 0.522, 0.121)),
    }
    return [
        LandscapeMap(
            method=method,
            settings=settings,
            quality=MapQuality(**dict(zip(("trustworthiness", "neighbours_kept", "stress"), quality, strict=True))),
            points=tuple(
                MapPoint(model=rename.get(name, name), epoch=epoch, x=float(x), y=float(y))
                for (name, epoch, _), (x, y) in zip(points, xy, strict=True)
            ),
        )
        for method, (xy, settings, quality) in views.items()
    ]


def _distances(rename: dict[str, str]) -> list[TrueDistance]:
    return [
        TrueDistance(model=rename.get(name, name), epoch=epoch, distance=float(np.linalg.norm(point) * 0.08))
        for name, epoch, point in _points()
    ]


def _changed(rename: dict[str, str]) -> list[ChangedExample]:
    draws = np.random.default_rng(11)
    examples = []
    for name, _, _, _, _, changed, _, _, _ in MODELS:
        for index in range(min(changed, 24)):
            label, other = draws.choice(10, 2, replace=False)
            examples.append(
                ChangedExample(
                    candidate=rename.get(name, name),
                    id=f"test-{int(draws.integers(EXAMPLES)):05d}",
                    label=str(label),
                    base_top=str(label if index % 3 else other),
                    top=str(other if index % 3 else label),
                    base_confidence=float(draws.uniform(0.5, 1)),
                    confidence=float(draws.uniform(0.4, 0.95)),
                    image=_picture(draws),
                )
            )
    return examples


def _picture(draws: np.random.Generator) -> str:
    """A scribble of 28 by 28 grey pixels, as a data URI."""
    steps = np.cumsum(draws.normal(scale=1.4, size=(60, 2)), axis=0)
    places = np.clip(14 + steps - steps.mean(axis=0), 3, 24)
    grid = np.mgrid[0:28, 0:28].transpose(1, 2, 0)
    near = np.min(np.linalg.norm(grid[:, :, None] - places, axis=3), axis=2)
    out = io.BytesIO()
    Image.fromarray((255 * np.exp(-((near / 1.1) ** 2))).astype(np.uint8)).save(out, "PNG")
    return "data:image/png;base64," + base64.b64encode(out.getvalue()).decode()
