"""One audit: inputs and independents are drawn from a population, and samefn's own rule is asked.

All that the simulation knows of the rule is in this file.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl
from numpy.typing import NDArray

from samefn.analysis.dependence import FALSE_ALARM, IN_A_ROW
from samefn.measures.language import itself
from samefn.predictions.about import CLASS, GROUP
from samefn.schema.verdicts import RelativeDistance, VerdictEntry
from samefn.statistics.block_sums import BlockSums
from samefn.statistics.boundary_sums import BoundarySums, boundary_sums
from samefn.statistics.counts import Counts, PartCounts
from samefn.statistics.design_effects import WHOLE, design_effects
from samefn.statistics.effective_numbers import effective_share
from samefn.statistics.exact_sums import BITS
from samefn.statistics.group_sums import GroupedRows
from samefn.statistics.jackknife import OfMeans
from samefn.statistics.moments import CANDIDATE, SIZE, MomentSums
from samefn.statistics.parts import PartKey, count_parts
from samefn.statistics.proportions import Proportion
from samefn.statistics.serial_correlation import SerialCorrelation, correlated_figures, correlated_flags
from samefn.verdict.boundary_flips import boundary_flips
from samefn.verdict.decide import ERROR, Evidence, decide
from samefn.verdict.independents import accuracy_problems, pair_problems, unequal_distances
from samefn.verdict.independents_of_rows import pair_differences
from samefn.verdict.limits import GivenLimits
from samefn.verdict.relative_distance import BY_MARGINS, relative_distance_of
from samefn.verdict.same_or_changed import OF_MARGINS
from simulated.populations import Candidate, Floats, Population, Slots

LABELLED = {"all": 1.0, "a tenth": 0.1, "none": 0.0}


@dataclass(frozen=True)
class Drawn:
    """The inputs of an audit.

    Attributes:
        inputs: [examples] places in the population.
        base: [examples] the base's predictions.
        candidate: [examples] the candidate's.
        margins: [2, examples] the margin of the base's class over its rival, of the base and of the candidate.
        moved: [examples] total variation of the two; None where it is not asked about.
    """

    inputs: NDArray[np.int64]
    base: Slots
    candidate: Slots
    margins: Floats
    moved: Floats | None = None

    def first(self, examples: int) -> "Drawn":
        """Its first inputs only."""
        n = examples
        moved = None if self.moved is None else self.moved[:n]
        return Drawn(self.inputs[:n], self.base[:n], self.candidate[:n], self.margins[:, :n], moved)

    @property
    def changed(self) -> NDArray[np.bool_]:
        """[examples] whether the two predictions differ."""
        return np.asarray(self.base != self.candidate)

    @cached_property
    def near_flips(self) -> BoundarySums:
        """What the margins say, of inputs that are drawn one by one."""
        return boundary_sums(*(one.astype(np.float64) for one in (*self.margins, self.changed)))


def draw(of: Population, candidate: Candidate, examples: int, draws: np.random.Generator) -> Drawn:
    """Draw inputs; near-duplicates are drawn together, so there may be a few less."""
    group = of.family.group
    starts = draws.integers(len(candidate.slots) // group, size=max(1, examples // group)) * group
    entries = (starts[:, None] + np.arange(group)).ravel() if group > 1 else starts
    inputs = entries % len(of.slots)
    moved = None if candidate.moved is None else candidate.moved[entries]
    return Drawn(inputs, of.slots[inputs], candidate.slots[entries], candidate.margins[:, entries], moved)


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
    evidence = Evidence(
        counts=_counts(of, drawn.first(labelled)),
        distances={} if distance is None else {"disagreement": distance},
        class_names=[str(one) for one in range(of.family.classes)],
        unlabelled=rest,
        unlabelled_examples=examples - labelled,
        margins=None if _grouped(of) else boundary_flips(drawn.near_flips, OF_MARGINS * ERROR),
    )
    return decide(evidence, GivenLimits(limit))


def warned(of: Population, drawn: Drawn) -> tuple[bool, bool]:
    """Whether samefn warns, of one candidate, of inputs that depend on each other.

    Returns:
        By its changed predictions alone; by these or the total variation.
    """
    classes = of.classes(drawn.inputs)
    by_changes = _in_a_row(correlated_flags(drawn.changed, classes))
    moved = drawn.moved
    return by_changes, by_changes or (
        moved is not None and _in_a_row(correlated_figures(moved.astype(np.float64), classes))
    )


def _in_a_row(found: SerialCorrelation) -> bool:
    return found.p_value <= FALSE_ALARM / 2 and found.factor >= IN_A_ROW


def relative_distances(
    of: Population, drawn: Drawn, independents: NDArray[np.int64], numbers: list[int]
) -> Iterator[RelativeDistance]:
    """The relative distance by the first so many independents."""
    group = of.family.group if _grouped(of) else 1
    theirs = of.independents[independents[: max(numbers)][:, None], drawn.inputs]
    apart = np.vstack([drawn.changed[None], theirs != drawn.base])
    most = None if _grouped(of) else boundary_flips(drawn.near_flips, BY_MARGINS * ERROR).high
    for models in numbers:
        yield relative_distance_of(_sums(apart[: models + 1], group), measure="disagreement", most=most)


def flagged(of: Population, drawn: Drawn, independents: NDArray[np.int64], numbers: list[int]) -> Iterator[bool]:
    """Whether samefn names a problem of the first so many independents."""
    predicted = np.vstack([drawn.base[None], of.independents[independents[: max(numbers)][:, None], drawn.inputs]])
    differ, examples = pair_differences(predicted.astype(np.int64)), len(drawn.base)
    base_right, right = drawn.base == 0, predicted[1:] == 0
    lost, won = (base_right & ~right).sum(axis=1).tolist(), (~base_right & right).sum(axis=1).tolist()
    flips = list(zip(lost, won, differ[0, 1:].tolist(), strict=True))
    majority = float(np.bincount(of.labels[drawn.inputs]).max()) / examples
    group = of.family.group if _grouped(of) else 1
    for models in numbers:
        # As if the first were the candidate: only what is of independents is looked at.
        apart = predicted[1 : models + 1] != drawn.base
        moments = _sums(np.vstack([apart[:1], apart]), group).moments()
        worth = min(_worth(one, group) for one in apart)
        yield bool(
            pair_problems(differ[: models + 1, : models + 1], examples, worth=worth)
            or unequal_distances(moments)
            or accuracy_problems(flips[:models], int(base_right.sum()), majority, examples, worth=worth)
        )


def _worth(changed: NDArray[np.bool_], group: int) -> float:
    """How many inputs drawn one by one each is worth, of groups in a row."""
    if group == 1:
        return 1.0
    changes = changed.reshape(-1, group).sum(axis=1, dtype=np.float64)
    sums = BlockSums(np.full(len(changes), group), {"disagreement": changes}, {})
    share = OfMeans(("disagreement",), itself, itself)
    return effective_share(share, len(changed), sums, 1 - 2 * ERROR, declared=True).examples / len(changed)


def _grouped(of: Population) -> bool:
    """Whether the audit is told of groups."""
    return of.family.declared and of.family.group > 1


def _counts(of: Population, drawn: Drawn) -> Counts:
    labelled = of.family.labels != "none"
    base_right, right = drawn.base == 0, drawn.candidate == 0
    lost, won = drawn.changed & base_right, drawn.changed & right
    sizes, changed, *flips = (
        of.by_part(drawn.inputs[some]).tolist() for some in (slice(None), drawn.changed, lost, won)
    )
    names: list[PartKey] = [(CLASS, str(at)) for at in range(of.family.classes)]
    names += [("slice", str(at)) for at in range(of.family.slices)]
    effects = _effects(of, drawn, lost, won) if _grouped(of) else {}
    none = [None] * len(names)
    lost_by, won_by = flips if labelled else (none, none)
    parts = {
        one: PartCounts(size, of_part, lost_of, won_of, effects.get(one, {}))
        for one, size, of_part, lost_of, won_of in zip(names, sizes, changed, lost_by, won_by, strict=True)
        if size
    }
    return Counts(
        examples=len(drawn.inputs),
        changed=int(drawn.changed.sum()),
        base_right=int(base_right.sum()) if labelled else None,
        right=int(right.sum()) if labelled else None,
        negative_flips=int(lost.sum()) if labelled else None,
        parts=parts,
        design_effects=effects.get(WHOLE, {}),
    )


def _effects(
    of: Population, drawn: Drawn, lost: NDArray[np.bool_], won: NDArray[np.bool_]
) -> dict[PartKey, dict[str, float]]:
    """The design effects, of groups in a row."""
    columns = {
        "disagreement": drawn.changed,
        "negative_flips": lost,
        "positive_flips": won,
        "base_right": drawn.base == 0,
        "right": drawn.candidate == 0,
    }
    group = of.family.group
    sums = {name: one.reshape(-1, group).sum(axis=1, dtype=np.float64) for name, one in columns.items()}
    groups = np.repeat(np.arange(len(drawn.inputs) // group), group)
    table = pl.DataFrame({GROUP: groups, "label": of.classes(drawn.inputs), **columns})
    blocks = BlockSums(np.bincount(groups), sums, {})
    return design_effects(GroupedRows(blocks, count_parts(table, GROUP)), 1 - 2 * ERROR)


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
