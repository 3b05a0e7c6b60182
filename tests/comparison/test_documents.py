"""Where documents begin: in a text, in its tokens, and in the windows that intervals rest on."""

import numpy as np
import pytest

from samefn.comparison.language.documents import TextSource, first_windows, read_source
from samefn.comparison.run import run_comparison
from samefn.config.comparison import ComparisonSpec, Examples, ModelSource
from samefn.core.errors import InputError
from samefn.core.events import silent
from samefn.core.paths import Places
from samefn.engine.in_process import InProcessEngine

CHUNKS, N_CTX, N_VOCAB = 24, 16, 11
WIKITEXT = " \n = Robert Boulter = \n \n an actor \n = = Career = = \n a role = one = two \n = Du Fu = \n a poet \n"


class Letters:
    """A model whose tokens are two characters each, after one that the tokenizer puts before the text."""

    def token_numbers(self, text, characters):
        return np.asarray(characters) // 2 + 1


def text(folder, content, documents=None):
    path = folder / "text.txt"
    path.write_text(content, encoding="utf-8")
    return read_source(Examples(path=str(path), documents=documents))


def test_a_document_begins_where_its_mark_stands(tmp_path):
    found = text(tmp_path, "one<|endoftext|>two<|endoftext|>three", "<|endoftext|>")
    assert found.starts == (0, 3, 19)
    assert text(tmp_path, "<|endoftext|>two<|endoftext|>", "<|endoftext|>").starts == (0, 16)
    assert text(tmp_path, "a (b) a (b)", "(b)").starts == (0, 2, 8)  # not a regular expression
    assert text(tmp_path, "no documents declared").starts == ()


def test_headings_of_wikitext_are_articles_and_not_sections(tmp_path):
    found = text(tmp_path, WIKITEXT, "/^ = [^=].* = $/")
    assert found.starts == (0, WIKITEXT.index(" = Robert"), WIKITEXT.index(" = Du Fu"))


def test_a_folder_has_one_document_a_file(tmp_path):
    for name, content in (("b.txt", "second"), ("a.txt", "première"), ("c.txt", ""), ("d.txt", "x"), ("e.md", "no")):
        (tmp_path / name).write_text(content, encoding="utf-8")
    found = read_source(Examples(path=str(tmp_path)))
    assert (found.content, found.starts) == ("premièresecondx", (0, 8, 14))
    with pytest.raises(InputError, match=r"data\.documents.*SF346"):
        read_source(Examples(path=str(tmp_path), documents="x"))
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match="SF533"):
        read_source(Examples(path=str(tmp_path / "empty")))


def test_a_window_is_of_the_document_of_its_first_scored_token():
    # Windows of 8 tokens: the first scored is the sixth, so tokens 5, 13, 21, 29.
    windows = np.zeros((4, 8), dtype=np.int64)

    def firsts(*tokens):
        return first_windows(TextSource("x" * 99, tuple(2 * (token - 1) for token in tokens)), Letters(), windows)

    assert firsts(1, 13) == (0, 1)
    assert firsts(1, 14) == (0, 2)
    assert firsts(1, 6, 10, 13, 29) == (0, 1, 3)  # two begin and end between windows' first scored tokens
    assert firsts(1, 30) == (0,)
    assert first_windows(TextSource("x" * 99), Letters(), windows) == ()


@pytest.mark.parametrize(
    ("documents", "says"),
    [("nowhere", "nowhere"), ("/(/", "regular expression"), ((3, 3), "rise"), ((0, 24), "24")],
)
def test_documents_that_cannot_be_are_refused(tmp_path, documents, says):
    def read():
        return first_windows(text(tmp_path, "one two", documents), Letters(), np.zeros((CHUNKS, N_CTX), dtype=np.int64))

    with pytest.raises(InputError, match="SF346") as error:
        read()
    assert says in str(error.value)


@pytest.fixture
def files(logits_file):
    """A base, and candidates that are the further away the later they stand in the list."""
    random = np.random.default_rng(3)
    tokens = random.integers(N_VOCAB, size=(CHUNKS, N_CTX))
    base = random.normal(size=(CHUNKS, N_CTX, N_VOCAB)) * 2
    noise = random.normal(size=base.shape)
    made = {"base": base, "q8": base + 0.05 * noise, "q6": base + 0.2 * noise, "q5": base + 0.8 * noise}
    made |= {"ours": base + 0.4 * random.normal(size=base.shape)}
    return {name: logits_file(name, logits, tokens) for name, logits in made.items()}


def compare(files, folder, **more):
    def source(name):
        return ModelSource(path=str(files[name]), name=name)

    candidates = [source(name) for name in files if name != "base"]
    spec = ComparisonSpec(base=source("base"), candidates=candidates, **more)
    places = Places(folder, folder / "store", folder)
    report, comparison = run_comparison(spec, places, InProcessEngine(), folder, silent)
    return report, comparison.rows.collect()


def test_declared_documents_are_the_unit_for_any_number_of_shards(files, tmp_path):
    starts = (0, 5, 6, 14)
    files = {name: files[name] for name in ("base", "q6")}
    by_window, rows = compare(files, tmp_path)
    found, _ = compare(files, tmp_path, data=Examples(documents=starts[1:]))
    sharded, _ = compare(files, tmp_path, data=Examples(documents=starts), shards=5)
    assert sharded.language == found.language
    assert sharded.relative_distances == found.relative_distances
    windows, documents = ({one.figure: one for one in report.language} for report in (by_window, found))
    assert (windows["kld_mean"].blocks, windows["kld_mean"].block) == (CHUNKS, "window")
    assert (documents["kld_mean"].blocks, documents["kld_mean"].block) == (4, "document")
    values = {name: one.value for name, one in windows.items()}
    assert {name: one.value for name, one in documents.items()} == pytest.approx(values)
    # The error of the mean by leaving out one document at a time, in plain loops.
    document = np.searchsorted(starts, rows["block"].to_numpy(), side="right")
    kl = rows["kl_divergence"].to_numpy()
    without = [kl[document != one].mean() for one in (1, 2, 3, 4)]
    assert documents["kld_mean"].error == pytest.approx(np.sqrt(3 / 4 * np.square(without - np.mean(without)).sum()))
    assert documents["kld_p90"].high != windows["kld_p90"].high
    assert not found.dependence


def test_a_file_of_logits_has_no_text_to_find_documents_in(files, tmp_path):
    path = tmp_path / "text.txt"
    path.write_text("one<|endoftext|>two")
    with pytest.raises(InputError, match=r"data\.documents = .*SF346"):
        compare(files, tmp_path, data=Examples(path=str(path), documents="<|endoftext|>"))


def test_a_ladder_of_language_models_goes_by_kl_divergence(files, tmp_path):
    report, rows = compare(files, tmp_path, ladder=("q8", "q6", "q5"), kl_limit=9.5)
    assert {one.against[0].limit for one in report.verdicts} == {9.5}
    by_name = {one.id: one.name for one in report.models}
    found = {by_name[one.candidate]: one for one in report.ladder}
    assert [one.side for one in found["ours"].rungs] == ["rougher", "rougher", "finer"]
    assert {one.measure for one in report.ladder} == {"kl_divergence"}
    assert [found[name].position for name in ("q8", "q6", "q5", "ours")] == [1, 2, 3, None]
    kl = {str(key): frame["kl_divergence"].mean() for (key,), frame in rows.group_by("candidate")}
    for entry in report.ladder:
        assert entry.value == pytest.approx(kl[entry.candidate])
        for beside in entry.rungs:
            assert beside.difference == pytest.approx(kl[entry.candidate] - kl[beside.rung])


def test_a_ladder_of_saved_predictions(tmp_path):
    random = np.random.default_rng(8)
    logits = random.normal(size=(300, 4)) * 3
    made = {"base": 0.0, "fine": 0.05, "rough": 0.8, "ours": 0.2}
    files = {}
    for name, by in made.items():
        files[name] = tmp_path / f"{name}.npy"
        np.save(files[name], logits + by * random.normal(size=logits.shape))
    report, _ = compare(files, tmp_path, ladder=("fine", "rough"), task="classification")
    [ours] = [one for one in report.ladder if one.position is None]
    assert ours.measure == "total_variation"
    assert [one.side for one in ours.rungs] == ["rougher", "finer"]
    for name in made:
        np.save(files[name], np.load(files[name]).argmax(axis=1))
    report, _ = compare(files, tmp_path, ladder=("fine", "rough"))
    assert {one.measure for one in report.ladder} == {"disagreement"}
    with pytest.raises(InputError, match=r"ladder: 'fin'.*did you mean fine.*SF536"):
        compare(files, tmp_path, ladder=("fin", "rough"))
    with pytest.raises(InputError, match=r"n_ctx.*SF501"):
        compare(files, tmp_path, n_ctx=8)
    with pytest.raises(InputError, match=r"data\.documents.*SF501"):
        compare(files, tmp_path, data=Examples(documents="x"))
