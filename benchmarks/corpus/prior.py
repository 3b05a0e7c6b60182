"""The prior of the spread of independents, learnt from the corpus, and its check on tasks left out."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import ceil, floor
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import ndtri, stdtrit
from scipy.stats import f as variance_ratios

Floats = NDArray[np.float64]
MEASURES = ("disagreement", "total_variation")
DISAGREEING = 0.1  # sets that disagree on more vary less: the prior is learnt from the others
TAIL = 0.975


@dataclass(frozen=True)
class Prior:
    """What is known of the variance of independents' distances before any is seen: scaled inverse chi-squared.

    Attributes:
        cv: coefficient of variation.
        free: degrees of freedom.
    """

    cv: float
    free: float


@dataclass(frozen=True)
class Spread:
    """One model of a set as the base.

    Attributes:
        task: of the set.
        net: of the set.
        distances: [independents] mean distances of the others to it.
        of_inputs: variance over independents that the choice of few inputs alone makes: interaction over inputs.
    """

    task: str
    net: str
    distances: Floats
    of_inputs: float

    @property
    def variance(self) -> float:
        """Over independents."""
        return float(self.distances.var(ddof=1))


def spreads(sets: Sequence[Mapping[str, Any]], measure: str) -> Iterator[Spread]:
    """Every model of every set as the base; those no other model differs from are left out.

    Args:
        sets: as the corpus holds them.
        measure: of `MEASURES`.
    """
    for one in sets:
        models = one["models"]
        apart = np.zeros((models, models))
        apart[np.triu_indices(models, 1)] = one[measure]
        apart += apart.T
        for base in range(models):
            distances = np.delete(apart[base], base)
            if distances.any():
                of_inputs = one[f"{measure}_interactions"][base] / one["examples"]
                yield Spread(one["task"], one["net"], distances, of_inputs)


def prior_of(sets: Sequence[Mapping[str, Any]]) -> Prior:
    """The prior that sets of models teach, rounded to the safe side: hundredths up, whole degrees of freedom down.

    It is learnt from total variation, of which the choice of inputs explains less than of disagreement, and from the
    sets that disagree on less than `DISAGREEING`: their distances vary most, and theirs are the ones that few
    independents do not settle.

    Args:
        sets: as the corpus holds them.
    """
    some = [one for one in sets if np.mean(one["disagreement"]) < DISAGREEING]
    found = most_likely(list(spreads(some, "total_variation")))
    return Prior(ceil(100 * found.cv) / 100, max(1, floor(found.free)))


def most_likely(found: Sequence[Spread]) -> Prior:
    """The prior that makes the spreads most likely.

    Given its own variance, a set's variance over independents is that variance times chi-squared over its degrees of
    freedom; given the prior, its own variance is (cv^2 y^2 + what few inputs add) times nu over chi-squared(nu). So the
    ratio of what is found to what the prior says is F(independents - 1, nu). The bases of a set share its models, which
    moves how well the maximum is known, not the maximum.
    """
    y = np.array([one.distances.mean() for one in found])
    s2, inputs = (np.array(figures) for figures in zip(*((one.variance, one.of_inputs) for one in found), strict=True))
    free = np.array([len(one.distances) - 1 for one in found])

    def unlikely(logs: Floats) -> float:
        cv, nu = np.exp(logs)
        expected = (cv * y) ** 2 + inputs
        # A variance of exactly 0 is a chance of tied counts, that no density has.
        ratio = np.maximum(s2, 0.02 * expected) / expected
        return -float(np.sum(variance_ratios.logpdf(ratio, free, nu) - np.log(expected)))

    cv, nu = np.exp(minimize(unlikely, np.log([0.1, 4.0]), method="Nelder-Mead").x)
    return Prior(float(cv), float(nu))


def covered(one: Spread, prior: Prior, drawn: int) -> tuple[float, float]:
    """How often an interval from some independents of a base holds the mean over all of the set.

    Args:
        one: the base.
        prior: learnt from other tasks.
        drawn: how many independents the interval is made from; every choice of so many is taken.

    Returns:
        The share that holds the mean over all; and the share that holds the mean over the others, by an interval that
        is wider by what that mean itself does not know. The first is easier, since those drawn are among all; the
        second is what independents not yet trained would find.
    """
    everyone, held, held_others = one.distances, [], []
    for chosen in combinations(range(len(everyone)), drawn):
        some, others = everyone[list(chosen)], np.delete(everyone, chosen)
        y, shown = float(some.mean()), drawn - 1
        of_inputs = one.of_inputs if shown else 0.0
        between = float(some.var(ddof=1)) if shown else 0.0
        variance = (prior.free * ((prior.cv * y) ** 2 + of_inputs) + shown * between) / (prior.free + shown)
        # Of one independent the inputs' part cannot be told apart; it stands in the variance over examples.
        room = stdtrit(prior.free + shown, TAIL) ** 2 * variance + (0 if shown else ndtri(TAIL) ** 2 * one.of_inputs)
        held.append((everyone.mean() - y) ** 2 <= room / drawn)
        held_others.append((others.mean() - y) ** 2 <= room * (1 / drawn + 1 / len(others)))
    return float(np.mean(held)), float(np.mean(held_others))


def left_out(sets: Sequence[Mapping[str, Any]], drawn: Sequence[int] = (1, 2, 3, 5)) -> list[dict[str, Any]]:
    """Coverage for each task by the prior of all other tasks.

    Returns:
        An entry for each task and measure: `task`, `measure`, `prior`, and by the number drawn `all` and `others`, as
        `covered` has them, means over the bases of the task's sets.
    """
    found = []
    for task in dict.fromkeys(one["task"] for one in sets):
        prior = prior_of([one for one in sets if one["task"] != task])
        for measure in MEASURES:
            bases = list(spreads([one for one in sets if one["task"] == task], measure))
            shares = {m: np.mean([covered(one, prior, m) for one in bases], axis=0).tolist() for m in drawn}
            found.append(
                {
                    "task": task,
                    "measure": measure,
                    "prior": prior,
                    "bases": len(bases),
                    "all": {m: share[0] for m, share in shares.items()},
                    "others": {m: share[1] for m, share in shares.items()},
                }
            )
    return found


def pooled(found: Sequence[Mapping[str, Any]], of: str, drawn: int) -> float:
    """The mean coverage over the bases of all tasks.

    Args:
        found: as `left_out` gives it.
        of: `all` or `others`.
        drawn: how many independents.
    """
    return float(np.average([one[of][drawn] for one in found], weights=[one["bases"] for one in found]))
