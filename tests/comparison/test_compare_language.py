"""Language models compared from files of logits: figures, scale, resuming, and what is refused."""

from dataclasses import dataclass

import numpy as np
import polars as pl
import pytest
from scipy.special import log_softmax

from samefn.cli.main import run
from samefn.comparison.language import compare_language
from samefn.comparison.language_rows import Speaker, require_same_tokens
from samefn.core.errors import InputError
from samefn.reports.write import read_report
from samefn.runtimes.language import Dictionary
from samefn.spec.comparison import ModelSource

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
    found |= {name: logits_file(name, moved(2.0), tokens) for name in ("far", "stranger-1", "stranger-2")}
    return found


def compare(files, out, candidates=("near",), independents=(), **more):
    return compare_language(
        source(files["base"]),
        [source(files[name]) for name in candidates],
        None,
        out,
        independents=[source(files[name]) for name in independents],
        **more,
    )


@pytest.mark.usefixtures("unwritten")
def test_figures_are_those_of_the_log_probabilities(draws, files, tmp_path):
    tokens, base, _ = draws
    result = compare(files, tmp_path / "run")
    found = {one.figure: one for one in result.figures}
    plain = [base[c, j, tokens[c, j + 1]] for c in range(CHUNKS) for j in range(N_CTX // 2, N_CTX - 1)]
    assert found["perplexity_base"].value == pytest.approx(np.exp(-np.mean(plain)), rel=1e-4)
    assert (found["kld_mean"].tokens, found["kld_mean"].blocks) == (CHUNKS * SCORED, CHUNKS)
    rows = pl.read_parquet(result.rows["candidate-1"])
    assert rows["block"].to_list() == sorted(list(range(CHUNKS)) * SCORED)
    assert rows["label"].to_list() == tokens[:, N_CTX // 2 + 1 :].reshape(-1).tolist()
    assert rows["id"][0] == "000000:000009"  # the ninth token after the first is predicted at half of 16
    np.testing.assert_allclose(rows["base_log_true"], plain, atol=1e-4)
    assert found["kld_mean"].value == pytest.approx(rows["kl_divergence"].mean())
    assert "stored in steps" in " ".join(result.report.warnings)


def test_the_report_is_written_and_says_what_was_found(files, tmp_path):
    result = compare(files, tmp_path / "run", ("near", "far"), ("stranger-1", "stranger-2"))
    assert read_report(tmp_path / "run").language == result.figures
    assert len({one.candidate for one in result.figures}) == 4
    page = (tmp_path / "run" / "report.html").read_text()
    assert 'id="language"' in page
    csv = pl.read_csv(tmp_path / "run" / "tables" / "language.csv", infer_schema_length=None)
    assert csv.height == len(result.figures)
    main = pl.read_csv(tmp_path / "run" / "tables" / "language-main.csv")
    assert main["model"].to_list() == ["near", "far", "stranger-1", "stranger-2"]
    found = {(one.candidate, one.figure): one.value for one in result.figures}
    for name in ("perplexity_ratio", "kld_mean", "same_top"):
        assert main[name].to_list() == [
            found[one, name] for one in dict.fromkeys(one.candidate for one in result.figures)
        ]
    measures = {(one.candidate, one.measure): one.interval for one in result.report.measures}
    assert measures["candidate-1", "total_variation"] == "delete-block jackknife"


@pytest.mark.usefixtures("unwritten")
def test_the_scale_tells_near_from_far(files, tmp_path):
    report = compare(files, tmp_path / "run", ("near", "far"), ("stranger-1", "stranger-2")).report
    scales = {(one.candidate, one.measure): one for one in report.scale}
    assert {measure for _, measure in scales} == {"disagreement", "total_variation", "kl_divergence"}
    near, far = (scales[f"candidate-{number}", "total_variation"] for number in (1, 2))
    # Two strangers leave wide intervals; the values lie where they were made to.
    assert near.value < 0.05
    assert near.high < 1
    assert far.low < 1 < far.high
    assert near.examples == CHUNKS * SCORED
    assert report.verdicts[0].outcome in {"same", "cannot tell"}


@pytest.mark.usefixtures("unwritten")
def test_a_file_against_itself_is_the_same_function(files, tmp_path):
    files["again"] = files["base"].with_name("again.kld")
    files["again"].write_bytes(files["base"].read_bytes())
    found = {one.figure: one.value for one in compare(files, tmp_path / "run", ("again",)).figures}
    assert found["perplexity_ratio"] == found["same_top"] == 1
    assert found["kld_max"] == found["kld_min"] == found["true_change_rms"] == 0


@pytest.mark.usefixtures("unwritten")
def test_an_interrupted_comparison_goes_on_where_it_stopped(files, tmp_path):
    whole = compare(files, tmp_path / "run", ("near", "far"))
    paths = whole.rows["candidate-1"]
    assert len(paths) == 3  # 20 windows, 8 a shard
    before = {path: path.stat().st_mtime_ns for path in (*paths, *whole.rows["candidate-2"])}
    paths[1].unlink()
    paths[2].write_bytes(paths[2].read_bytes()[:-40])  # damaged: made again
    again = compare(files, tmp_path / "run", ("near", "far"))
    assert again.figures == whole.figures
    made = {path for path, time in before.items() if path.stat().st_mtime_ns != time}
    assert made == {paths[1], paths[2]}


@pytest.mark.usefixtures("unwritten")
def test_another_file_of_the_same_name_is_scored_anew(draws, files, logits_file, tmp_path):
    tokens, _, moved = draws
    first = compare(files, tmp_path / "run")
    files["near"] = logits_file("near", moved(0.5), tokens)
    second = compare(files, tmp_path / "run")
    assert second.figures != first.figures
    assert not set(first.rows["candidate-1"]) & set(second.rows["candidate-1"])
    assert not any(path.exists() for path in first.rows["candidate-1"])


@pytest.mark.usefixtures("unwritten")
def test_what_cannot_be_compared_is_refused(draws, files, logits_file, tmp_path):
    tokens, base, _ = draws
    other = tokens.copy()
    other[3, 5] = (other[3, 5] + 1) % N_VOCAB
    refused = {
        "wider": (
            logits_file("wider", np.pad(base, ((0, 0), (0, 0), (0, 1)), constant_values=-9.0), tokens),
            "knows 12",
        ),
        "other": (logits_file("other", base, other), "token 5 of window 3"),
        "short": (logits_file("short", base[:-1], tokens[:-1]), "19 windows of 16 tokens, the base 20"),
        "narrow": (logits_file("narrow", base[:, :12], tokens[:, :12]), "windows of only 12 tokens, not 16"),
    }
    for name, (path, said) in refused.items():
        with pytest.raises(InputError, match=said) as caught:
            compare(files | {name: path}, tmp_path / "run", (name,))
        assert "\n" not in str(caught.value)


@pytest.mark.usefixtures("unwritten")
def test_what_is_asked_must_make_sense(files, tmp_path):
    with pytest.raises(InputError, match="no candidate"):
        compare(files, tmp_path / "run", ())
    with pytest.raises(InputError, match="two models are called 'near'"):
        compare(files, tmp_path / "run", ("near", "near"))
    with pytest.raises(InputError, match="windows of only 16 tokens, not 8"):
        compare(files, tmp_path / "run", n_ctx=8)
    with pytest.raises(InputError, match="confidence 2"):
        compare(files, tmp_path / "run", confidence=2)
    arrays = tmp_path / "scores.npy"
    np.save(arrays, np.zeros((2, 3)))
    with pytest.raises(InputError, match="no causal language model"):
        compare(files | {"scores": arrays}, tmp_path / "run", ("scores",))


@dataclass(frozen=True)
class Dumb:
    """A model of which only its dictionary is known."""

    dictionary: Dictionary


@pytest.mark.parametrize("part", ["vocabulary", "merges", "settings"])
def test_another_tokenizer_is_refused_and_the_part_named(part):
    parts = {"vocabulary": "a", "merges": "b", "settings": "c"}
    base = Speaker("base", "base", "base", Dumb(Dictionary(9, parts)))
    same = Speaker("candidate-1", "same", "candidate", Dumb(Dictionary(9, dict(parts))))
    other = Speaker("candidate-2", "other", "candidate", Dumb(Dictionary(9, parts | {part: "z"})))
    unknown = Speaker("candidate-3", "logits", "candidate", Dumb(Dictionary(9)))
    windows = np.zeros((2, 8), dtype=np.int64)
    for one in (same, unknown):
        require_same_tokens(base, one, windows, windows)
    with pytest.raises(InputError, match=f"other: its tokenizer's {part} differ"):
        require_same_tokens(base, other, windows, windows)


def test_the_command_takes_them_with_requirements(files, tmp_path, capsys):
    command = ["compare", str(files["base"]), str(files["near"]), str(files["far"]), "--out", str(tmp_path / "run")]
    far, near = "total_variation@far.kld < 0.1", "total_variation@near.kld < 0.1"
    assert run([*command, "--store", str(tmp_path / "store"), "--require", near]) == 0
    assert run([*command, "--store", str(tmp_path / "store"), "--require", far]) == 1
    said = capsys.readouterr().out
    assert f"far.kld: {far} fails" in said
    assert "ratio to the base's" in said  # the table of llama-perplexity's main figures
    [entry] = read_report(tmp_path / "run").requirements
    assert (entry.outcome, entry.candidate) == ("fails", "candidate-2")
    assert run([*command, "--explain"]) == 2
    assert "language models are not explained" in capsys.readouterr().err
