"""One audit: inputs and independents are drawn from a population, and samefn's own rule is asked.

All that the simulation knows of the rule is in this file.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from samefn.predictions.about import CLASS
from samefn.schema.verdicts import RelativeDistance, VerdictEntry
from samefn.statistics.counts import Counts, PartCounts
from samefn.statistics.design_effects import NET
from samefn.statistics.exact_sums import BITS
from samefn.statistics.moments import CANDIDATE, SIZE, MomentSums
from samefn.statistics.parts import Part
from samefn.statistics.proportions import Proportion
from samefn.verdict.decide import Evidence, decide
from samefn.verdict.independents import accuracy_gap
from samefn.verdict.limits import GivenLimits
from samefn.verdict.relative_distance import relative_distance_of
from simulated.populations import Candidate, Floats, Population, Slots

LABELLED = {"all": 1.0, "a tenth": 0.1, "none": 0.0}


@dataclass(frozen=True)
class Drawn:
    """The inputs of an audit.

    Attributes:
        inputs: [examples] places in the population.
        base: [examples] the base's predictions.
        candidate: [examples] the candidate's.
        base_margins: [examples] the base's largest logit less the next.
        margins: [examples] the candidate's logit of the base's class less its largest other.
    """

    inputs: NDArray[np.int64]
    base: Slots
    candidate: Slots
    base_margins: Floats
    margins: Floats

    def first(self, examples: int) -> "Drawn":
        """Its first inputs only."""
        n = examples
        return Drawn(self.inputs[:n], self.base[:n], self.candidate[:n], self.base_margins[:n], self.margins[:n])

    @property
    def changed(self) -> NDArray[np.bool_]:
        """[examples] whether the two predictions differ."""
        return np.asarray(self.base != self.candidate)


def draw(of: Population, candidate: Candidate, examples: int, draws: np.random.Generator) -> Drawn:
    """Draw inputs; near-duplicates are drawn together, so there may be a few less."""
    group = of.family.group
    starts = draws.integers(len(candidate.slots) // group, size=max(1, examples // group)) * group
    entries = (starts[:, None] + np.arange(group)).ravel() if group > 1 else starts
    inputs = entries % len(of.slots)
    return Drawn(inputs, of.slots[inputs], candidate.slots[entries], of.margins[inputs], candidate.margins[entries])


def drawn_independents(of: Population, most: int, draws: np.random.Generator) -> NDArray[np.int64]:
    """[most] independents in an order of which every start holds its share of odd ones, as nearly as it can."""
    order = draws.permutation(len(of.independents))[: len(of.independents) if of.odd.any() else most]
    if not of.odd.any():
        return np.asarray(order)
    odd, others = iter(order[of.odd[order]]), iter(order[~of.odd[order]])
    place = draws.random()  # in the first third, any
    share = float(of.odd.mean())
    thirds = [int(share * (at + 1) + place) > int(share * at + place) for at in range(most)]
    return np.array([next(odd if one else others) for one in thirds])


def verdict(
    of: Population,
    drawn: Drawn,
    limit: float | None,
    distance: RelativeDistance | None = None,
) -> VerdictEntry:
    """What samefn says.

    Args:
        of: the population.
        drawn: the inputs.
        limit: given by the user; None for the rule's own.
        distance: by disagreement; None without independents.
    """
    examples = len(drawn.inputs)
    labelled = round(examples * LABELLED[of.family.labels]) or examples  # inputs of the counts; all, where none has one
    changed = drawn.changed
    rest = Proportion(float(changed[labelled:].sum()), examples - labelled) if labelled < examples else None
    weight = _weight(changed, of.family.group) if of.family.declared else 1.0
    evidence = Evidence(
        counts=_counts(of, drawn.first(labelled), weight),
        distances={} if distance is None else {"disagreement": distance},
        class_names=[str(one) for one in range(of.family.classes)],
        unlabelled=rest,
        unlabelled_examples=examples - labelled,
    )
    return decide(evidence, GivenLimits(limit))


def relative_distances(
    of: Population, drawn: Drawn, independents: NDArray[np.int64], numbers: list[int]
) -> Iterator[tuple[RelativeDistance, bool]]:
    """The relative distance by the first so many independents, and whether anything about these is flagged."""
    group = of.family.group if of.family.declared else 1
    theirs = of.independents[independents[: max(numbers)][:, None], drawn.inputs]
    apart = np.vstack([drawn.changed[None], theirs != drawn.base])
    flags = _flags(drawn, theirs, apart[1:])
    for models in numbers:
        sums = _sums(apart[: models + 1], group)
        yield relative_distance_of(sums, measure="disagreement"), any(flags[:models])


def _counts(of: Population, drawn: Drawn, weight: float) -> Counts:
    labelled = of.family.labels != "none"
    base_right, right = drawn.base == 0, drawn.candidate == 0
    lost, won = drawn.changed & base_right, drawn.changed & right
    sizes, changed, *flips = (
        of.by_part(drawn.inputs[some]).tolist() for some in (slice(None), drawn.changed, lost, won)
    )
    names: list[Part] = [(CLASS, str(at)) for at in range(of.family.classes)]
    names += [("slice", str(at)) for at in range(of.family.slices)]
    rows = zip(names, sizes, changed, *(flips if labelled else []), strict=True)
    return Counts(
        examples=len(drawn.inputs),
        changed=int(drawn.changed.sum()),
        base_right=int(base_right.sum()) if labelled else None,
        right=int(right.sum()) if labelled else None,
        negative_flips=int(lost.sum()) if labelled else None,
        parts={name: PartCounts(size, *row) for name, size, *row in rows if size},
        design_effects=dict.fromkeys(("changed", "right", "base_right", NET), 1 / weight),
    )


def _weight(changed: NDArray[np.bool_], group: int) -> float:
    """How many inputs drawn alone an input of a group is worth: by the variance of the groups' sums."""
    if group == 1:
        return 1.0
    sums = changed.reshape(-1, group).sum(axis=1)
    share = float(sums.mean()) / group
    alone = share * (1 - share) * group
    if alone == 0 or len(sums) < 2:
        return 1 / group
    return min(1.0, alone / max(float(sums.var(ddof=1)), 1e-12))


def _sums(apart: NDArray[np.bool_], group: int) -> MomentSums:
    """The sums of distances that are 0 or 1, [candidate and independents, examples]; groups are inputs in a row."""
    models, examples = len(apart) - 1, apart.shape[1]
    units = apart.reshape(models + 1, -1, group).sum(axis=2, dtype=np.float32)
    if group > 1:
        units = np.vstack([units, np.full(units.shape[1], group, dtype=np.float32)])
    names = [CANDIDATE, *range(models), *([SIZE] if group > 1 else [])]
    totals = units.sum(axis=1, dtype=np.float64)
    products = units @ units.T  # whole numbers far below 2^24: exact
    sums: dict[tuple[int, ...], int] = {(name,): int(total) << BITS for name, total in zip(names, totals, strict=True)}
    for at, one in enumerate(names):
        for to, other in enumerate(names):
            if one <= other:
                sums[one, other] = int(products[at, to]) << BITS
    return MomentSums(
        examples=examples,
        units=units.shape[1],
        independents=models,
        grouped=group > 1,
        noise_floor=0,
        apart=tuple(int(one) << BITS for one in totals[1 : models + 1]),
        sums=sums,
        gained=(sums[CANDIDATE,], sums[CANDIDATE, CANDIDATE]),
        lost=(0, 0),
        smallest=1.0 if group == 1 and apart.any() else 0.0,
        largest=float(apart.any()),
        most=group,
        finite=True,
    )


def _flags(drawn: Drawn, theirs: Slots, apart: NDArray[np.bool_]) -> list[bool]:
    """[independents] whether samefn says that one is not like the others."""
    base_right, right = drawn.base == 0, theirs == 0
    lost, won = (base_right & ~right).sum(axis=1).tolist(), (~base_right & right).sum(axis=1).tolist()
    changed = apart.sum(axis=1).tolist()
    examples = len(drawn.base)
    return [accuracy_gap(*one, examples) is not None for one in zip(lost, won, changed, strict=True)]
