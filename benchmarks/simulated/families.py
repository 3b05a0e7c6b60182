"""Families of predictors whose distances are known exactly: a finite population of inputs and of strangers."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
MEASURES = ("disagreement", "total_variation")

INPUTS = 3000  # inputs in a population
STRANGERS = 100  # models in a population
SLICE = 250_000  # how many logits of a model are held at once


@dataclass(frozen=True)
class Family:
    """A kind of task and model.

    Attributes:
        name: of the family.
        classes: how many.
        signal: how far the right class's logit stands out, against noise of 1: accuracy.
        shared: share of the noise's variance that all models have in common: correlated errors.
        skill: standard deviation of the signal over strangers, relative: how much strangers differ.
        imbalance: a class's frequency is proportional to rank^-imbalance.
        floor: standard deviation of the noise between two measurements of the base.
        mixing: how a candidate comes from base and stranger: on a share of the inputs its answer is a stranger's
            (`inputs`), or everywhere its logits are a blend (`logits`).
        seed: of the population.
    """

    name: str
    classes: int
    signal: float
    shared: float = 0.5
    skill: float = 0.05
    imbalance: float = 0.0
    floor: float = 0.001
    mixing: Literal["inputs", "logits"] = "inputs"
    seed: int = 0


FAMILIES = (
    Family("2 classes", 2, 2.5),
    Family("10 classes", 10, 4.0, skill=0.08),
    Family("10 classes, blended logits", 10, 4.0, mixing="logits"),
    Family("10 classes, very good", 10, 6.5, skill=0.04),
    Family("10 classes, very poor", 10, 0.5),
    Family("10 classes, imbalanced, noisy floor", 10, 3.0, imbalance=1.5, floor=0.05),
    Family("100 classes", 100, 4.5),
    Family("100 classes, correlated errors", 100, 4.5, shared=0.85),
    Family("10 classes, correlated errors, unequal strangers", 10, 4.0, shared=0.85, skill=0.15),
)


@dataclass(frozen=True)
class Population:
    """Every distance to the base that can occur.

    Attributes:
        family: what it was made from.
        accuracy: of the base.
        majority: share of the most frequent class.
        floor: [measures, inputs].
        strangers: [measures, strangers, inputs].
        other: [measures, inputs] of one more model, which the candidates are blended from.
        ceiling: [measures] mean over all strangers and inputs less the mean floor.
        base_logits: [inputs, classes].
        other_logits: [inputs, classes].
    """

    family: Family
    accuracy: float
    majority: float
    floor: Floats
    strangers: Floats
    other: Floats
    ceiling: Floats
    base_logits: Floats
    other_logits: Floats


def population(family: Family) -> Population:
    """All inputs and strangers of a family, with every distance to the base."""
    draws = np.random.default_rng(family.seed)
    k = family.classes
    frequency = np.arange(1, k + 1) ** -family.imbalance
    labels = draws.choice(k, INPUTS, p=frequency / frequency.sum())
    # Some inputs are easier than others, for all models.
    right = np.zeros((INPUTS, k))
    right[np.arange(INPUTS), labels] = draws.gamma(4.0, 0.25, INPUTS)
    common = np.sqrt(family.shared) * draws.normal(size=(INPUTS, k))

    def model(skill: float) -> Floats:
        signal = family.signal * (1 + skill * draws.normal())
        own = draws.normal(size=(INPUTS, k)) * np.sqrt(1 - family.shared)
        return np.asarray(2.0 * (signal * right + common + own))

    base = model(0.0)
    again = distances(base, base + family.floor * draws.normal(size=base.shape))
    strangers = np.stack([distances(base, model(family.skill)) for _ in range(STRANGERS)], axis=1)
    ceiling = strangers.mean(axis=(1, 2))
    # Candidates are to reach 1 on the scale: what they are blended from is at least as far as the mean stranger.
    while not (distances(base, other := model(family.skill)).mean(axis=1) >= ceiling).all():
        pass
    return Population(
        family,
        float(np.mean(base.argmax(1) == labels)),
        float(np.bincount(labels).max() / INPUTS),
        again,
        strangers,
        distances(base, other),
        ceiling - again.mean(axis=1),
        base,
        other,
    )


@dataclass(frozen=True)
class Candidate:
    """A candidate of known place on the scale.

    Its distance on an input is `changed` with probability `share`, and `rest` otherwise.

    Attributes:
        share: 0 to 1.
        changed: [measures, inputs].
        rest: [measures, inputs].
        truth: [measures] the scale's value, exact.
        changes: expected share of changed answers.
    """

    share: float
    changed: Floats
    rest: Floats
    truth: Floats
    changes: float


def candidate(of: Population, target: float) -> Candidate:
    """A candidate whose larger scale, of the two measures, is the target."""
    floor = of.floor.mean(axis=1)
    if of.family.mixing == "inputs":
        # Elsewhere it is as far as the base is from itself, measured again.
        share = target / float(((of.other.mean(axis=1) - floor) / of.ceiling).max())
        share = min(1.0, share)
        mean = share * of.other.mean(axis=1) + (1 - share) * floor
        return Candidate(share, of.other, of.floor, (mean - floor) / of.ceiling, float(mean[0]))
    blended = of.floor
    low, high = 0.0, 1.0
    for _ in range(40 if target else 0):
        middle = (low + high) / 2
        blended = distances(of.base_logits, (1 - middle) * of.base_logits + middle * of.other_logits)
        reached = float(((blended.mean(axis=1) - floor) / of.ceiling).max())
        low, high = (middle, high) if reached < target else (low, middle)
    mean = blended.mean(axis=1)
    return Candidate(1.0, blended, of.floor, (mean - floor) / of.ceiling, float(mean[0]))


def distances(base: Floats, other: Floats) -> Floats:
    """[measures, inputs] of two models' logits: disagreement and total variation."""
    found = np.empty((2, len(base)))
    for part in _slices(base):
        p, q = _softmax(base[part]), _softmax(other[part])
        found[0, part] = base[part].argmax(1) != other[part].argmax(1)
        found[1, part] = np.abs(p - q).sum(1) / 2
    return found


def _slices(logits: Floats) -> Iterator[slice]:
    step = max(1, SLICE // logits.shape[1])
    return (slice(start, start + step) for start in range(0, len(logits), step))


def _softmax(logits: Floats) -> Floats:
    shifted = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(shifted / shifted.sum(axis=1, keepdims=True))
