"""A comparison of made-up predictions: one candidate near the base, one far from it, three independents."""

import numpy as np
import pytest

import samefn

LOGITS = np.random.default_rng(0).normal(size=(400, 4))
LABELS = LOGITS.argmax(axis=1)


def made_up(name, noise, seed=1):
    moved = LOGITS + noise * np.random.default_rng(seed).normal(size=LOGITS.shape)
    return samefn.Predictions.from_logits(name, moved, range(len(LOGITS)), LABELS)


@pytest.fixture(scope="session", name="predictions")
def _predictions():
    return made_up


@pytest.fixture(scope="session")
def result():
    independents = [made_up(f"independent {seed}", 2, seed) for seed in (2, 3, 4)]
    candidates = [made_up("near", 0.01), made_up("<b>far</b>", 1.5)]
    return samefn.compare(made_up("base", 0), candidates, independents=independents)
