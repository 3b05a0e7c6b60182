"""Runs of made-up predictions, over the same inputs or over others."""

import numpy as np
import pytest

import samefn

CLASSES = 4


def made_run(noise=0.3, seed=1, *, inputs=0, examples=400, candidates=("int8",), labels=True, **more):
    """One run: a base and candidates that add noise to its logits; `inputs` says which examples."""
    draw = np.random.default_rng(100 + inputs)
    logits = 2 * draw.normal(size=(examples, CLASSES))
    true = (logits + draw.gumbel(size=logits.shape)).argmax(axis=1) if labels else None
    ids = range(inputs * examples, (inputs + 1) * examples)
    moved = np.random.default_rng(seed)
    return samefn.compare(
        samefn.Predictions.from_logits("base", logits, ids, true),
        [
            samefn.Predictions.from_logits(name, logits + noise * moved.normal(size=logits.shape), ids, true)
            for name in candidates
        ],
        **more,
    )


@pytest.fixture(scope="session", name="made_run")
def _made_run():
    return made_run


@pytest.fixture(scope="session")
def near():
    return made_run()


@pytest.fixture(scope="session")
def far():
    return made_run(noise=0.9, seed=2)
