"""Families of simulated predictors whose distances are known exactly."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from simulated.populations import Candidate, Floats, Population, distances, mixed, on_the_scale

INPUTS = 3000  # inputs in a population
STRANGERS = 100  # models in a population


@dataclass(frozen=True)
class Family:
    """A kind of task and model.

    Attributes:
        name: of the family.
        classes: how many.
        signal: how far the right class's logit stands out, against noise of 1: accuracy.
        shared: share of the noise's variance that all models have in common: correlated errors.
        skill: standard deviation of the signal over independents, relative: how much independents differ.
        imbalance: a class's frequency is proportional to rank^-imbalance.
        noise_floor: standard deviation of the noise between two measurements of the base.
        mixing: how a candidate comes from base and independent: on a share of the inputs its answer is an independent's
            (`inputs`), or everywhere its logits are a blend (`logits`).
        group: how many inputs in a row (the tokens of a text) share how easy they are, and half of each model's noise;
            they are drawn together.
        inputs: in the population.
        seed: of the population.
    """

    name: str
    classes: int
    signal: float
    shared: float = 0.5
    skill: float = 0.05
    imbalance: float = 0.0
    noise_floor: float = 0.001
    mixing: Literal["inputs", "logits"] = "inputs"
    group: int = 1
    inputs: int = INPUTS
    seed: int = 0


FAMILIES = (
    Family("2 classes", 2, 2.5),
    Family("10 classes", 10, 4.0, skill=0.08),
    Family("10 classes, blended logits", 10, 4.0, mixing="logits"),
    Family("10 classes, very good", 10, 6.5, skill=0.04),
    Family("10 classes, very poor", 10, 0.5),
    Family("10 classes, imbalanced, noisy noise_floor", 10, 3.0, imbalance=1.5, noise_floor=0.05),
    Family("100 classes", 100, 4.5),
    Family("100 classes, correlated errors", 100, 4.5, shared=0.85),
    Family("10 classes, correlated errors, unequal independents", 10, 4.0, shared=0.85, skill=0.15),
    Family("10 classes, texts of 20 tokens", 10, 4.0, group=20, inputs=6000),
)


def population(family: Family, targets: list[float]) -> Population:
    """All inputs, independents and candidates of a family, with every distance to the base.

    Args:
        family: the family.
        targets: the larger of the true scales of each candidate.
    """
    draws = np.random.default_rng(family.seed)
    k, inputs, texts = family.classes, family.inputs, family.inputs // family.group
    frequency = np.arange(1, k + 1) ** -family.imbalance
    labels = draws.choice(k, inputs, p=frequency / frequency.sum())
    # Some inputs are easier than others, for all models.
    right = np.zeros((inputs, k))
    right[np.arange(inputs), labels] = np.repeat(draws.gamma(4.0, 0.25, texts), family.group)
    common = np.sqrt(family.shared) * draws.normal(size=(inputs, k))

    def model(skill: float) -> Floats:
        signal = family.signal * (1 + skill * draws.normal())
        own = draws.normal(size=(inputs, k))
        if family.group > 1:
            own = (own + np.repeat(draws.normal(size=(texts, k)), family.group, axis=0)) / np.sqrt(2)
        return np.asarray(2.0 * (signal * right + common + own * np.sqrt(1 - family.shared)))

    base = model(0.0)
    noise_floor = distances(base, base + family.noise_floor * draws.normal(size=base.shape))
    independents = np.stack([distances(base, model(family.skill)) for _ in range(STRANGERS)], axis=1)
    independent_distance = independents.mean(axis=(1, 2))
    # Candidates are to reach 1 on the scale: what they are made from is at least as far as the mean independent.
    while not ((apart := distances(base, other := model(family.skill))).mean(axis=1) >= independent_distance).all():
        pass
    independent_distance -= noise_floor.mean(axis=1)
    if family.mixing == "inputs":
        candidates = [mixed(target, apart, noise_floor, independent_distance) for target in targets]
    else:
        candidates = [_blended(target, base, other, noise_floor, independent_distance) for target in targets]
    return Population(
        family.name,
        k,
        float(np.mean(base.argmax(1) == labels)),
        noise_floor,
        independents,
        tuple(candidates),
        family.group,
    )


def _blended(
    target: float, base: Floats, other: Floats, noise_floor: Floats, independent_distance: Floats
) -> Candidate:
    """A candidate whose logits are a blend of the base's and another model's, on every input."""
    blended = noise_floor
    low, high = 0.0, 1.0
    for _ in range(40 if target else 0):
        middle = (low + high) / 2
        blended = distances(base, (1 - middle) * base + middle * other)
        reached = float(on_the_scale(blended, noise_floor, independent_distance).max())
        low, high = (middle, high) if reached < target else (low, middle)
    return Candidate(
        "blended",
        target,
        1.0,
        blended,
        noise_floor,
        on_the_scale(blended, noise_floor, independent_distance),
        float(blended[0].mean()),
    )
