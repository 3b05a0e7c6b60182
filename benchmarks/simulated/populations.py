"""Populations of inputs, independents and candidates of which every true relative distance is known."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
MEASURES = ("disagreement", "total_variation")

SLICE = 250_000  # how many logits of a model are held at once


@dataclass(frozen=True)
class Candidate:
    """A candidate of known place on the scale.

    Its distance on an input is `changed` with probability `share`, and `rest` otherwise. Where inputs are grouped the
    whole group is changed or not.

    Attributes:
        name: how it was made.
        target: the larger of its true scales.
        share: 0 to 1.
        changed: [measures, inputs].
        rest: [measures, inputs].
        truth: [measures] the scale's value, exact.
        changes: expected share of changed answers.
    """

    name: str
    target: float
    share: float
    changed: Floats
    rest: Floats
    truth: Floats
    changes: float


@dataclass(frozen=True)
class Population:
    """Every distance to the base that can occur.

    Attributes:
        name: of the family.
        classes: how many.
        accuracy: of the base.
        noise_floor: [measures, inputs].
        independents: [measures, independents, inputs].
        candidates: what is to be placed on the scale.
        group: how many inputs in a row are drawn together; 1 where each stands for itself.
    """

    name: str
    classes: int
    accuracy: float
    noise_floor: Floats
    independents: Floats
    candidates: tuple[Candidate, ...]
    group: int = 1

    @property
    def ceilings(self) -> Floats:
        """[measures, independents] mean distance of each independent less the noise floor."""
        return np.asarray(self.independents.mean(axis=2) - self.noise_floor.mean(axis=1)[:, None])

    def plain(self) -> dict[str, object]:
        """What is shown of it."""
        return {
            "family": self.name,
            "classes": self.classes,
            "inputs": self.noise_floor.shape[1],
            "independents": self.independents.shape[1],
            "accuracy": round(self.accuracy, 4),
            "noise_floor": [round(float(one), 6) for one in self.noise_floor.mean(axis=1)],
            "independent_distance": [round(float(one), 4) for one in self.independents.mean(axis=(1, 2))],
            "spread of independents": [round(float(one), 4) for one in self.independents.mean(axis=2).std(axis=1)],
        }


def on_the_scale(apart: Floats, noise_floor: Floats, independent_distance: Floats) -> Floats:
    """[measures] true relative distance of [measures, inputs], by the independent distance less the noise floor."""
    return np.asarray((apart.mean(axis=1) - noise_floor.mean(axis=1)) / independent_distance)


def mixed(target: float, other: Floats, noise_floor: Floats, independent_distance: Floats) -> Candidate:
    """A candidate that is another model on a random share of the inputs, and the base measured again elsewhere.

    Args:
        target: the larger of its two true scales.
        other: [measures, inputs] distances of the other model, at least as far as the independent distance.
        noise_floor: [measures, inputs].
        independent_distance: [measures] less the noise floor.
    """
    whole = on_the_scale(other, noise_floor, independent_distance)
    share = min(1.0, target / float(whole.max()))
    changes = share * other[0].mean() + (1 - share) * noise_floor[0].mean()
    return Candidate("an independent on a share", target, share, other, noise_floor, share * whole, float(changes))


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
