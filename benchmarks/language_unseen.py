"""Does the interval of the mean KL divergence hold the truth where few tokens fail, and how often is *same* shown?

    python benchmarks/language_unseen.py

Windows of 64 scored tokens, in documents of 1 to 20 windows. Every token has a small divergence (gamma, shape 0.2),
larger by a factor of about e^0.5 in some documents and e^0.3 in some windows. Few tokens fail, at 20 nats or more
each. *Before* nothing is allowed for tokens that were not drawn; that is also so once 20 tokens moved more than half of
their probability. Ten seconds on one core; what comes out stands in docs/evidence/calibration.md.
"""

from dataclasses import dataclass

import numpy as np
from threadpoolctl import threadpool_limits

from samefn.measures.language import MOVED
from samefn.measures.pairs import Floats
from samefn.statistics.block_sums import BlockSums
from samefn.statistics.unseen import ENOUGH_MOVED
from samefn.verdict.decide_language import LIMITS
from samefn.verdict.language import language_interval

REPETITIONS = 1_000
TOKENS = (5_000, 20_000, 100_000)
SCORED, MOST_WINDOWS = 64, 20
SHAPE, BETWEEN, WITHIN = 0.2, 0.5, 0.3
LIMIT = LIMITS["kld_mean"]


@dataclass(frozen=True)
class Family:
    """How tokens change.

    Attributes:
        small: mean divergence of the tokens that do not fail.
        one_in: of so many tokens one fails; 0 for none.
        nats: divergence of a failure.
        together: failures that come side by side, in one window.
        moderate: share of tokens that move more than half of their probability although they do not fail, at 1 nat.
    """

    small: float
    one_in: int = 0
    nats: float = 20.0
    together: int = 1
    moderate: float = 0.0

    @property
    def truth(self) -> float:
        """The mean divergence."""
        return self.small + self.moderate + (self.nats / self.one_in if self.one_in else 0.0)


FAMILIES = {
    "none, mean 0.0001": Family(1e-4),
    "none, mean 0.003": Family(0.003),
    "1 in 2,000, else 0.0001": Family(1e-4, 2_000),
    "1 in 10,000, else 0.0001": Family(1e-4, 10_000),
    "1 in 2,000, else 0.003": Family(0.003, 2_000),
    "1 in 10,000, else 0.003": Family(0.003, 10_000),
    "1 in 10,000 by 101 nats, else 0.0001": Family(1e-4, 10_000, nats=101.0),
    "1 in 10,000, five side by side": Family(1e-4, 10_000, together=5),
    "1 in 10,000, 1 in 500 moved by 1 nat": Family(1e-4, 10_000, moderate=0.002),
}


def main() -> None:
    """Simulate, and print a table."""
    sizes = ", ".join(f"{tokens:,}" for tokens in TOKENS)
    print(f"| tokens that fail | truth | coverage before: {sizes} tokens | now | below 0.01 before | now |")
    print("|---|---|---|---|---|---|")
    with threadpool_limits(1):
        for at, (name, family) in enumerate(FAMILIES.items()):
            found = [
                covered_and_below(family, tokens, REPETITIONS, np.random.default_rng((at, tokens))) for tokens in TOKENS
            ]
            cells = (", ".join(f"{100 * one[of]:.0f}" for one in found) + " %" for of in np.ndindex(2, 2))
            print(f"| {name} | {family.truth:.4f} | " + " | ".join(cells) + " |")


def covered_and_below(family: Family, tokens: int, repetitions: int, draws: np.random.Generator) -> Floats:
    """How often the interval holds the truth, and how often it is below the limit, each before and now, [2, 2]."""
    found = np.zeros((2, 2))
    for _ in range(repetitions):
        sums = drawn(family, tokens, draws)
        enough = {**sums.sums, MOVED: np.full(sums.blocks, float(ENOUGH_MOVED))}
        for at, one in enumerate((BlockSums(sums.sizes, enough, {}), sums)):
            _, low, high = language_interval("kld_mean", one, 0.95)
            found[:, at] += low <= family.truth <= high, high < LIMIT
    return found / repetitions


def drawn(family: Family, tokens: int, draws: np.random.Generator) -> BlockSums:
    """Sums over documents of about so many tokens, two or more."""
    most = max(2, min(MOST_WINDOWS, tokens // SCORED // 4))
    lengths = draws.integers(1, most + 1, max(2, round(2 * tokens / SCORED / (1 + most))))
    windows = int(lengths.sum())
    logs = np.repeat(BETWEEN * draws.normal(size=len(lengths)), lengths) + WITHIN * draws.normal(size=windows)
    factors = np.exp(logs - (BETWEEN**2 + WITHIN**2) / 2)  # of mean 1
    failed = np.zeros(windows)
    if family.one_in:
        events = draws.poisson(SCORED / family.one_in / family.together, windows)
        failed = np.asarray(family.together * events, dtype=np.float64)
    moderate = draws.binomial(SCORED, family.moderate, windows)
    small = family.small * factors * draws.gamma(SCORED * SHAPE, 1 / SHAPE, windows)
    sums = BlockSums(
        np.full(windows, SCORED), {"kl": small + family.nats * failed + moderate, MOVED: failed + moderate}, {}
    )
    return sums.joined([0, *np.cumsum(lengths)[:-1].tolist()])


if __name__ == "__main__":
    main()
