"""Divergences from files of llama.cpp, that cut off small probabilities, against those of the logits in float64."""

from dataclasses import dataclass

import numpy as np
import polars as pl
import pytest

from samefn.comparison.language.rows import window_rows
from samefn.config.comparison import ModelSource
from samefn.measures.distances import total_variation
from samefn.measures.divergences import jensen_shannon, kl_divergence, kl_divergence_reverse
from samefn.predictions.softmax import log_softmax
from samefn.runtimes.language.llama_logits import open_llama_logits
from samefn.runtimes.language.model import ScoredWindow, scored_part, true_tokens

CHUNKS, N_CTX, N_VOCAB = 2, 44, 50_000
MEASURES = {f.__name__: f for f in (kl_divergence, kl_divergence_reverse, jensen_shannon, total_variation)}


def drawn(seed):
    """Logits as language models have them, [scored tokens, N_VOCAB]: heavy tails and, often, one token far above."""
    random = np.random.default_rng(seed)
    logits = 2 * random.standard_t(8, size=(CHUNKS * (N_CTX - 1 - N_CTX // 2), N_VOCAB))
    at = np.arange(len(logits)), random.integers(N_VOCAB, size=len(logits))
    logits[at] = logits.max(axis=1) + random.exponential(6, size=len(logits))
    return logits, random


@dataclass(frozen=True)
class Computed:
    """A model whose log-probabilities are known in full, [chunks, scored, vocabulary]."""

    log_probs: np.ndarray

    def scored(self, place, window):
        rows = self.log_probs[place]
        true = np.take_along_axis(rows, true_tokens(window)[:, None], axis=1)[:, 0]
        return ScoredWindow(rows.astype(np.float32), true)


@pytest.fixture
def measured(tmp_path, logits_file):
    """Columns of a candidate beside a base: `measured([base, candidate], ["file" or "computed", ...])`."""

    def ask(logits, kinds, cut):
        tokens = np.zeros((CHUNKS, N_CTX), dtype=np.int64)
        models = []
        for number, (rows, kind) in enumerate(zip(logits, kinds, strict=True)):
            if kind == "computed":
                models.append(Computed(log_softmax(rows).reshape(CHUNKS, -1, N_VOCAB)))
            else:
                whole = np.zeros((CHUNKS, N_CTX, N_VOCAB), dtype=np.float32)
                whole[:, scored_part(N_CTX)] = rows.reshape(CHUNKS, -1, N_VOCAB)
                models.append(open_llama_logits(ModelSource(path=str(logits_file(str(number), whole, tokens, cut)))))
        frames = [
            window_rows(*(one.scored(number, window) for one in models), window, number)
            for number, window in enumerate(tokens)
        ]
        rows = pl.concat(frames)
        return {name: rows[name].to_numpy() for name in MEASURES}

    return ask


@pytest.mark.parametrize(
    ("times", "kinds", "cut"),
    [
        (1.0, ("file", "file"), 16),
        (1.5, ("file", "file"), 16),
        (2.0, ("file", "file"), 16),
        (3.0, ("file", "file"), 16),
        (2.0, ("file", "computed"), 16),
        (2.0, ("computed", "file"), 16),
        (3.0, ("file", "file"), 24),  # as ik_llama.cpp writes
        (3.0, ("file", "computed"), 24),
    ],
)
def test_divergences_are_those_of_the_logits_however_sure_the_models(times, kinds, cut, measured):
    logits, random = drawn(0)
    pair = [(times * one).astype(np.float32) for one in (logits, logits + 0.03 * random.normal(size=logits.shape))]
    exact = [log_softmax(one.astype(np.float64)) for one in pair]
    found = measured(pair, kinds, cut)
    for name, measure in MEASURES.items():
        expected = measure(*exact)
        assert found[name].mean() == pytest.approx(expected.mean(), rel=0.02), name
        assert np.quantile(found[name], 0.99) == pytest.approx(np.quantile(expected, 0.99), rel=0.02), name


def test_a_file_beside_the_model_that_wrote_it_differs_by_rounding_only(measured):
    logits, _ = drawn(1)
    rows = (2 * logits).astype(np.float32)
    # Half a step is 1.2e-4 nats: squared and halved it is 7e-9.
    assert measured([rows, rows], ["file", "computed"], 16)["kl_divergence"].max() < 1e-8


def test_what_models_really_differ_by_is_not_filled_in(measured):
    """The candidate is half as sure: its tail holds more than the base's, and far more than rounding."""
    logits, _ = drawn(2)
    pair = [logits.astype(np.float32), (logits / 2).astype(np.float32)]
    exact = [log_softmax(one.astype(np.float64)) for one in pair]
    found = measured(pair, ["file", "file"], 16)
    for name, measure in MEASURES.items():
        assert found[name].mean() == pytest.approx(measure(*exact).mean(), rel=0.02), name
