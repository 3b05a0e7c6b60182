"""More evidence never makes an answer worse: audits that are each the start of a larger one."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from samefn.verdict.how_far import INDEPENDENT, NEAR
from simulated.audit import draw, drawn_independents, relative_distances, verdict
from simulated.grid import INDEPENDENTS, SIZES
from simulated.populations import Candidate, Population

FIXED_SIZE, FIXED_INDEPENDENTS = 10_000, 3  # what stays while the other grows


@dataclass(frozen=True)
class Paired:
    """Right answers of the same draws at one size and number of independents.

    Attributes:
        family: name of the family.
        truth: the true share of changed predictions, in limits.
        distance: the true relative distance.
        examples: inputs.
        independents: models.
        audits: how many.
        right: audits with the right first answer: *same* or *changed*.
        right_distance: with the right third one.
    """

    family: str
    truth: float
    distance: float
    examples: int
    independents: int
    audits: int
    right: int
    right_distance: int


def paired(
    of: Population, candidate: Candidate, limit: float, audits: int, draws: np.random.Generator
) -> Iterator[Paired]:
    """Count right answers, as the independents grow in number and as the inputs do."""
    truth, distance = candidate.share / limit, candidate.share / float(of.distances.mean())
    right_outcome = "same" if truth < 1 else "changed"
    right_distance = "near" if distance < NEAR else "between" if distance < INDEPENDENT else "independent"
    counts: dict[tuple[int, int], list[int]] = {}
    for _ in range(audits):
        largest = draw(of, candidate, max(SIZES), draws)
        models = drawn_independents(of, max(INDEPENDENTS), draws)
        for examples in SIZES:
            drawn = largest.first(examples)
            numbers = list(INDEPENDENTS[1:]) if examples == FIXED_SIZE else [FIXED_INDEPENDENTS]
            found = dict(zip(numbers, relative_distances(of, drawn, models, numbers), strict=True))
            for number in ([0] if examples == FIXED_SIZE else []) + numbers:
                entry = verdict(of, drawn, limit, found.get(number))
                count = counts.setdefault((examples, number), [0, 0])
                count[0] += entry.outcome == right_outcome
                count[1] += entry.distance == right_distance
    for (examples, number), (right, by_distance) in counts.items():
        yield Paired(of.family.name, truth, distance, examples, number, audits, right, by_distance)
