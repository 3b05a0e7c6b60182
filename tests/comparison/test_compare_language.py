"""Language models compared from files of logits: figures, scale, shards, resuming, and what is refused."""

from dataclasses import dataclass

import numpy as np
import polars as pl
import pytest
from scipy.special import log_softmax

import samefn
from samefn.analysis.changed_frame import changed_frame
from samefn.cli.main import run
from samefn.comparison.language import tasks
from samefn.comparison.run import run_comparison
from samefn.config.comparison import ComparisonSpec, ModelSource
from samefn.core.errors import InputError
from samefn.core.events import silent
from samefn.core.paths import Places
from samefn.engine.in_process import InProcessEngine
from samefn.engine.status import run_statuses
from samefn.reports.read import read_report
from samefn.results.result import Result
from samefn.runtimes.language.model import Vocabulary, require_same_tokens
from samefn.statistics.moments import moment_sums
from samefn.store.store import Store
from samefn.verdict.relative_distance import relative_distance_of

CHUNKS, N_CTX, N_VOCAB = 20, 16, 11
SCORED = N_CTX - 1 - N_CTX // 2


def source(path):
    return ModelSource(path=str(path), name=path.stem)


@pytest.fixture
def draws():
    random = np.random.default_rng(7)
    tokens = random.integers(N_VOCAB, size=(CHUNKS, N_CTX))
    base = random.normal(size=(CHUNKS, N_CTX, N_VOCAB)) * 2

    def moved(by):
        return log_softmax(base + by * random.normal(size=base.shape), axis=-1)

    return tokens, log_softmax(base, axis=-1), moved


@pytest.fixture
def files(draws, logits_file):
    tokens, base, moved = draws
    found = {"base": logits_file("base", base, tokens), "near": logits_file("near", moved(0.02), tokens)}
    found |= {name: logits_file(name, moved(2.0), tokens) for name in ("far", "independent-1", "independent-2")}
    return found


def compare(files, folder, candidates=("near",), independents=(), emit=silent, **more):
    """Report and rows; nothing is written but the store."""
    spec = ComparisonSpec(
        base=source(files["base"]),
        candidates=[source(files[name]) for name in candidates],
        independents=[source(files[name]) for name in independents],
        **more,
    )
    report, comparison = run_comparison(spec, Places(folder, folder / "store", folder), InProcessEngine(), folder, emit)
    return report, comparison.rows.collect()


def figures(report):
    return {one.figure: one for one in report.language}


def test_figures_are_those_of_the_log_probabilities(draws, files, tmp_path):
    tokens, base, _ = draws
    report, rows = compare(files, tmp_path)
    found = figures(report)
    plain = [base[c, j, tokens[c, j + 1]] for c in range(CHUNKS) for j in range(N_CTX // 2, N_CTX - 1)]
    assert found["perplexity_base"].value == pytest.approx(np.exp(-np.mean(plain)), rel=1e-4)
    assert (found["kld_mean"].tokens, found["kld_mean"].blocks) == (CHUNKS * SCORED, CHUNKS)
    assert rows["block"].to_list() == sorted(list(range(CHUNKS)) * SCORED)
    assert rows["label"].to_list() == tokens[:, N_CTX // 2 + 1 :].reshape(-1).tolist()
    assert rows["id"][0] == "000000:000009"  # the ninth token after the first is predicted at half of 16
    np.testing.assert_allclose(rows["base_log_true"], plain, atol=1e-4)
    assert found["kld_mean"].value == pytest.approx(rows["kl_divergence"].mean())
    assert found["kld_max"].value == rows["kl_divergence"].max()
    assert any("nats" in warning for warning in report.warnings)  # of rounding


def test_changed_positions(draws, files, tmp_path):
    tokens, base, _ = draws
    report, rows = compare(files, tmp_path, ("independent-2", "far"), ("independent-1",))
    changed = changed_frame(report, rows)
    names = [model.name for model in report.models if model.role == "candidate"]
    assert changed["candidate"].unique(maintain_order=True).to_list() == names
    measures = {(one.candidate, one.measure): one for one in report.measures}
    for model in (one for one in report.models if one.role == "candidate"):
        of_model = changed.filter(candidate=model.name)
        disagreement = measures[model.id, "disagreement"]
        assert of_model.height == round(disagreement.value * disagreement.examples)
        assert (of_model["direction"] == "negative flip").mean() == pytest.approx(
            measures[model.id, "negative_flips"].value * disagreement.examples / of_model.height
        )
    for row in changed.iter_rows(named=True):
        window, place = map(int, row["id"].split(":"))
        assert row["label"] == str(tokens[window, place])
        assert row["base_class"] == str(base[window, place - 1].argmax())
        assert row["base_class"] != row["class"]


@pytest.mark.parametrize("shards", [3, 99])
def test_the_report_is_the_same_to_the_bit_for_any_number_of_shards(files, tmp_path, shards):
    models = {"candidates": ("near",), "independents": ("independent-1",)}
    unsharded, rows = compare(files, tmp_path, **models)
    sharded, rows_of_shards = compare(files, tmp_path, **models, shards=shards)
    assert sharded.model_copy(update={"times": unsharded.times}) == unsharded
    assert rows_of_shards.equals(rows)


def test_the_scale_tells_near_from_far(files, tmp_path):
    report, _ = compare(files, tmp_path, ("near", "far"), ("independent-1", "independent-2"))
    scales = {(one.candidate, one.measure): one for one in report.relative_distances}
    assert {measure for _, measure in scales} == {"disagreement", "total_variation", "kl_divergence"}
    near, far = (scales[f"candidate-{number}", "total_variation"] for number in (1, 2))
    # Two independents leave wide intervals; the values lie where they were made to.
    assert near.value < 0.05
    assert near.high < 1
    assert far.low < 1 < far.high
    assert near.examples == CHUNKS * SCORED
    assert report.verdicts[0].outcome in {"same", "inconclusive"}


def test_the_scale_is_that_of_the_rows_in_memory(files, tmp_path):
    report, rows = compare(files, tmp_path, ("near", "far"), ("independent-1", "independent-2"))
    of = {str(key): frame for (key,), frame in rows.group_by("candidate", maintain_order=True)}
    for entry in report.relative_distances:
        independents = np.stack([of[f"independent-{number}"][entry.measure].to_numpy() for number in (1, 2)])
        candidate = of[entry.candidate]
        distances, groups = candidate[entry.measure].to_numpy(), candidate["block"].to_numpy()
        expected = relative_distance_of(moment_sums(distances, np.zeros(len(candidate)), independents, groups))
        assert (entry.value, entry.low, entry.high) == pytest.approx((expected.value, expected.low, expected.high))


def test_a_file_against_itself_is_the_same_function(files, tmp_path):
    files["again"] = files["base"].with_name("again.kld")
    files["again"].write_bytes(files["base"].read_bytes())
    found = {name: one.value for name, one in figures(compare(files, tmp_path, ("again",))[0]).items()}
    assert found["perplexity_ratio"] == found["same_top"] == 1
    assert found["kld_max"] == found["kld_min"] == found["true_change_rms"] == 0


class TaskNames:
    """Names of the tasks that were run, that were stored and that failed, by the events."""

    def __init__(self):
        self.run, self.stored, self.failed = [], [], []

    def __call__(self, event):
        if event.kind in {"finished", "stored", "failed"}:
            {"finished": self.run, "stored": self.stored, "failed": self.failed}[event.kind].append(event.name)


def test_what_is_stored_is_not_scored_again(files, tmp_path):
    compare(files, tmp_path, ("near",), ("independent-1",), shards=2)
    events = TaskNames()
    compare(files, tmp_path, ("near", "far"), ("independent-1",), emit=events, shards=2)
    assert [name for name in events.run if name != "measures"] == ["far, shard 1 of 2", "far, shard 2 of 2"]
    # The same files in another place and by other names are the same models.
    (tmp_path / "moved").mkdir()
    moved = {"base": tmp_path / "moved" / "b.kld", "near": tmp_path / "moved" / "n.kld"}
    for name, path in moved.items():
        path.write_bytes(files[name].read_bytes())
    events = TaskNames()
    compare(moved, tmp_path, emit=events, shards=2)
    assert events.run == ["measures"]
    [latest, *_] = run_statuses(Store(tmp_path / "store"))
    assert (latest.state, latest.done, latest.failed) == ("ended", 6, ())


def test_an_interrupted_task_goes_on_where_it_stopped(files, tmp_path, monkeypatch, unconfined):
    whole, _ = compare(files, tmp_path / "whole")
    scored, score = [], tasks.window_rows

    def window_rows(base, other, window, number):
        if number == 12 and len(scored) == 12:
            raise KeyboardInterrupt
        scored.append(number)
        return score(base, other, window, number)

    monkeypatch.setattr(tasks, "window_rows", window_rows)
    with pytest.raises(KeyboardInterrupt):
        compare(files, tmp_path)
    report, _ = compare(files, tmp_path)
    assert report.language == whole.language
    assert scored == [*range(12), *range(8, CHUNKS)]  # eight windows at a time are kept


def test_another_file_of_the_same_name_is_scored_anew(draws, files, logits_file, tmp_path):
    tokens, _, moved = draws
    first, _ = compare(files, tmp_path)
    files["near"] = logits_file("near", moved(0.5), tokens)
    second, _ = compare(files, tmp_path)
    assert second.language != first.language


def test_a_model_that_fails_alone_is_a_failure_and_the_others_go_on(draws, files, logits_file, tmp_path):
    tokens, base, _ = draws
    files["short"] = logits_file("short", base[:-1], tokens[:-1])  # seen before anything is scored
    content = bytearray(logits_file("broken", base, tokens).read_bytes())
    content[-30:-22] = b"\xff" * 8  # scale and least log-probability of the last token: NaN
    files["broken"] = tmp_path / "broken.kld"
    files["broken"].write_bytes(content)
    events = TaskNames()
    report, rows = compare(files, tmp_path, ("short", "broken", "near"), emit=events)
    assert [(one.model, one.error.partition(":")[0]) for one in report.failures] == [
        ("candidate-1", "short"),
        ("candidate-2", str(files["broken"])),
    ]
    assert events.failed == ["short", "broken"]
    assert {one.id for one in report.models} == {"base", "candidate-3"}
    assert rows["candidate"].unique().to_list() == ["candidate-3"]
    assert report.language == tuple(
        one.model_copy(update={"candidate": "candidate-3"}) for one in compare(files, tmp_path)[0].language
    )


def test_what_cannot_be_compared_is_refused(draws, files, logits_file, tmp_path):
    tokens, base, _ = draws
    other = tokens.copy()
    other[3, 5] = (other[3, 5] + 1) % N_VOCAB
    refused = {
        "wider": (
            logits_file("wider", np.pad(base, ((0, 0), (0, 0), (0, 1)), constant_values=-9.0), tokens),
            ("12",),
        ),
        "other": (logits_file("other", base, other), ("token 5", "window 3")),
        "short": (logits_file("short", base[:-1], tokens[:-1]), ("19", "16", "20")),
        "narrow": (logits_file("narrow", base[:, :12], tokens[:, :12]), ("12", "16")),
    }
    for name, (path, numbers) in refused.items():
        with pytest.raises(InputError) as error:
            compare(files | {name: path}, tmp_path, (name,))
        assert error.value.code == "SF508"
        assert all(number in error.value.what for number in numbers)
        assert "\n" not in str(error.value)


def test_settings_that_do_not_apply_are_refused(files, tmp_path):
    with pytest.raises(InputError, match="SF505"):
        compare(files, tmp_path, ("near", "near"))
    with pytest.raises(InputError) as error:
        compare(files, tmp_path, n_ctx=8)
    assert {"16", "8"} <= set(error.value.what.replace(",", "").split())
    with pytest.raises(InputError, match=r"batch_size.*SF501"):
        compare(files, tmp_path, batch_size=8)
    arrays = tmp_path / "scores.npy"
    np.save(arrays, np.zeros((2, 3)))
    with pytest.raises(InputError, match="SF504"):
        compare(files | {"scores": arrays}, tmp_path, ("scores",))


def test_python_gives_what_the_command_gives(files, tmp_path):
    report, rows = compare(files, tmp_path, require=("verdict in same",))
    found = samefn.compare(source(files["base"]), [source(files["near"])], require=["verdict in same"])
    assert found.report.model_copy(update={"times": report.times, "study": report.study}) == report
    assert found.rows.equals(rows)
    narrow = samefn.compare({"base": files["base"]}, {"near": files["near"]}, kl_limit=1e-9).report
    assert 1e-9 in [one.limit for one in narrow.verdicts[0].against]
    assert narrow.measures == report.measures
    with pytest.raises(InputError, match=r"class_names.*SF501"):
        samefn.compare(files["base"], [files["near"]], class_names=["a", "b"])
    for name in ("x.npy", "y.npy"):
        np.save(tmp_path / name, np.zeros((2, 3)))
    with pytest.raises(InputError, match=r"n_ctx.*SF501"):
        samefn.compare(tmp_path / "x.npy", [tmp_path / "y.npy"], n_ctx=8)


@dataclass(frozen=True)
class Dumb:
    """A model of which only its vocabulary is known."""

    vocabulary: Vocabulary


@pytest.mark.parametrize("part", ["vocabulary", "merges", "settings"])
def test_another_tokenizer_is_refused_and_the_part_named(part):
    parts = {"vocabulary": "a", "merges": "b", "settings": "c"}
    windows = np.zeros((2, 8), dtype=np.int64)
    base = Dumb(Vocabulary(9, parts)), windows
    for one in (Dumb(Vocabulary(9, dict(parts))), Dumb(Vocabulary(9))):
        require_same_tokens(base, (one, windows), "same")
    with pytest.raises(InputError, match=f"other: .*{part}"):
        require_same_tokens(base, (Dumb(Vocabulary(9, parts | {part: "z"})), windows), "other")


def test_the_command_takes_them_with_requirements(files, tmp_path, capsys):
    command = ["compare", str(files["base"]), str(files["near"]), str(files["far"]), "--out", str(tmp_path / "run")]
    command += ["--independent", str(files["independent-1"]), str(files["independent-2"])]
    command += ["--store", str(tmp_path / "store"), "--workers", "1"]
    held = ["total_variation@near.kld < 0.1", "same_top@near.kld > 90%", "perplexity_ratio@near.kld < 1.1"]
    held += [
        "kld_p50@near.kld < 0.01",
        "relative_distance[kl_divergence]@near.kld < 5",
        "accuracy_deviation@near.kld < 80",
    ]
    failing = ["kld_mean@far.kld < 0.1", "verdict@far.kld in same"]
    undecided = ["accuracy@near.kld > 1%", "worst_part@near.kld < 0.9", "latency@near.kld < 1"]
    requirements = [*held, *failing, *undecided]
    assert run([*command, *(word for text in requirements for word in ("--require", text))]) == 1
    printed = capsys.readouterr().out
    assert "kld_mean@far.kld < 0.1" in printed
    assert "perplexity" in printed  # the table of llama-perplexity's main figures
    report = read_report(tmp_path / "run")
    outcomes = [entry.outcome for entry in report.requirements]
    assert outcomes == ["holds"] * len(held) + ["fails"] * len(failing) + ["inconclusive"] * len(undecided)
    # What is written: the page, the tables of the figures and all rows.
    assert 'id="language"' in (tmp_path / "run" / "report.html").read_text()
    csv = pl.read_csv(tmp_path / "run" / "tables" / "language.csv", infer_schema_length=None)
    assert csv.height == len(report.language)
    main = pl.read_csv(tmp_path / "run" / "tables" / "language-main.csv")
    assert main["model"].to_list() == ["near.kld", "far.kld", "independent-1.kld", "independent-2.kld"]
    found = {(one.candidate, one.figure): one.value for one in report.language}
    for name in ("perplexity_ratio", "kld_mean", "same_top"):
        assert main[name].to_list() == [found[one, name] for one in dict.fromkeys(key for key, _ in found)]
    rows = pl.read_parquet(tmp_path / "run" / "rows.parquet")
    assert rows.height == 4 * CHUNKS * SCORED
    assert run([*command, "--explain"]) == 0
    explained = capsys.readouterr().out
    assert f"{CHUNKS} windows of {N_CTX} tokens" in explained
    assert f"[{SCORED}, {N_VOCAB}] of float32" in explained


def test_two_runs_of_language_models_are_compared_by_windows(draws, logits_file, files, tmp_path):
    tokens, _, moved = draws
    first = Result(*compare(files, tmp_path))
    logits_file("near", moved(2.0), tokens)  # today's build, by the same name
    second = Result(*compare(files, tmp_path))
    found = samefn.diff(first, second)
    by_name = {one.name: one for one in found.models[1].figures}
    assert (by_name["kld_mean"].method, by_name["kld_mean"].moved) == ("paired", True)
    assert by_name["kld_p50"].method == "intervals"
    assert not samefn.diff(first, first).differs
