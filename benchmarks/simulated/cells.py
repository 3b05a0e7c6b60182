"""Repeated audits of one cell, counted against the truth."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from statistics import median

import numpy as np

from samefn.schema.verdicts import RelativeDistance, VerdictEntry
from samefn.statistics.proportions import clopper_pearson
from samefn.verdict.how_far import how_far
from simulated.audit import draw, drawn_independents, flagged, relative_distances, verdict, warned
from simulated.grid import CLASS_LIMIT, COUNTED_CLASS, HOLD
from simulated.populations import Candidate, Population


@dataclass(frozen=True)
class Cell:
    """*Same or changed* and *better or worse* of one candidate, at one size and limit. Answers are numbers of audits.

    Attributes:
        family: name of the family.
        examples: inputs drawn.
        limit: of the share of changed predictions, 0 to 1; where the rule takes its own, the population's.
        truth: the true share of changed predictions, in limits.
        of_classes: the largest true share of a class or slice, in class limits, among those of `COUNTED_CLASS` inputs
            or more.
        of_rare_classes: the same of the rarer ones.
        share: the true share of changed predictions.
        net_loss: the true one.
        audits: how many.
        same: answers.
        changed: answers.
        inconclusive: answers.
        wrong_same: *same* although the share is at the limit or over it.
        same_over_parts: *same* of a share below the limit, where that of a class or slice is at its limit or over it.
        wrong_changed: *changed* although neither is over it.
        covered: audits whose interval of the share holds the truth.
        width: median over audits of the interval's width over that of Clopper and Pearson's.
        better: answers.
        worse: answers.
        warned: audits with a warning of inputs that depend on each other; counted where nothing is declared, else 0.
        warned_by_changes: those where the changed predictions alone give one.
    """

    family: str
    examples: int
    limit: float
    truth: float
    of_classes: float
    of_rare_classes: float
    share: float
    net_loss: float
    audits: int
    same: int
    changed: int
    inconclusive: int
    wrong_same: int
    same_over_parts: int
    wrong_changed: int
    covered: int
    width: float
    better: int
    worse: int
    warned: int
    warned_by_changes: int


@dataclass(frozen=True)
class DistanceCell:
    """*How far* of one candidate, at one size and number of independents. Answers are numbers of audits.

    Attributes:
        family: name of the family.
        examples: inputs drawn.
        independents: models drawn.
        truth: the true relative distance by disagreement, over all independents of the population.
        share: the true share of changed predictions.
        audits: how many.
        near: answers.
        between: answers.
        independent: answers.
        covered: audits whose interval of the relative distance holds the truth, or that have none.
        refused: audits without an interval.
        width: median width of the intervals; None where half of the audits have none.
        flagged: audits in which an independent is said to be unlike the others.
        covered_flagged: those of them that are covered.
    """

    family: str
    examples: int
    independents: int
    truth: float
    share: float
    audits: int
    near: int
    between: int
    independent: int
    covered: int
    refused: int
    width: float | None
    flagged: int
    covered_flagged: int


def answers(
    of: Population, candidate: Candidate, examples: int, limit: float, audits: int, draws: np.random.Generator
) -> Cell:
    """Audit a candidate again and again, without independents: these change neither answer."""
    entries: list[VerdictEntry] = []
    widths = []
    warnings = np.zeros(2, dtype=int)
    for _ in range(audits):
        drawn = draw(of, candidate, examples, draws)
        if not of.family.declared:
            warnings += warned(of, drawn)
        entry = verdict(of, drawn, None if of.family.default_limit else limit)
        entries.append(entry)
        low, high = clopper_pearson(int(drawn.changed.sum()), len(drawn.base), 0.95)
        widths.append((entry.against[0].high - entry.against[0].low) / (high - low))
    counted = of.frequencies * examples >= COUNTED_CLASS
    largest, rarer = (float(candidate.parts[which].max(initial=0.0)) for which in (counted, ~counted))
    # The limit may follow from the errors of the inputs drawn: the truth is held against the limit of each audit.
    over = [candidate.share / (one.against[0].limit or limit) for one in entries]
    parts_over = [largest / (one.class_limit or 1.0) for one in entries]
    outcomes = [one.outcome for one in entries]
    truly_rare = rarer >= CLASS_LIMIT * limit * (1 - HOLD)
    return Cell(
        of.family.name,
        examples,
        limit,
        truth=candidate.share / limit,
        of_classes=largest / (CLASS_LIMIT * limit),
        of_rare_classes=rarer / (CLASS_LIMIT * limit),
        share=candidate.share,
        net_loss=candidate.net_loss,
        audits=audits,
        same=outcomes.count("same"),
        changed=outcomes.count("changed") + outcomes.count("broken"),
        inconclusive=outcomes.count("inconclusive"),
        wrong_same=sum(one == "same" and at >= 1 - HOLD for one, at in zip(outcomes, over, strict=True)),
        same_over_parts=sum(
            one == "same" and at < 1 - HOLD <= of_part
            for one, at, of_part in zip(outcomes, over, parts_over, strict=True)
        ),
        wrong_changed=sum(
            one in ("changed", "broken") and max(at, of_part) <= 1 + HOLD and not truly_rare
            for one, at, of_part in zip(outcomes, over, parts_over, strict=True)
        ),
        covered=sum(one.against[0].low <= candidate.share <= one.against[0].high for one in entries),
        width=median(widths),
        better=sum(one.quality == "better" for one in entries),
        worse=sum(one.quality == "worse" for one in entries),
        warned=int(warnings[1]),
        warned_by_changes=int(warnings[0]),
    )


def distances(
    of: Population,
    candidate: Candidate,
    examples: int,
    independents: list[int],
    audits: int,
    draws: np.random.Generator,
) -> Iterator[DistanceCell]:
    """Audit a candidate again and again beside independents; each smaller number of them is the start of a larger."""
    truth = candidate.share / float(of.distances.mean())
    found: dict[int, list[tuple[RelativeDistance, bool]]] = {models: [] for models in independents}
    for _ in range(audits):
        drawn = draw(of, candidate, examples, draws)
        chosen = drawn_independents(of, max(independents), draws)
        far = relative_distances(of, drawn, chosen, independents)
        for at, one, flag in zip(independents, far, flagged(of, drawn, chosen, independents), strict=True):
            found[at].append((one, flag))
    for models, pairs in found.items():
        ends = [(_or(one.low, -np.inf), _or(one.high, np.inf)) for one, _ in pairs]
        widths = [high - low for low, high in ends]
        said = [how_far(one) for one, _ in pairs]
        holds = [low <= truth <= high for low, high in ends]
        yield DistanceCell(
            of.family.name,
            examples,
            models,
            truth,
            candidate.share,
            audits,
            near=said.count("near"),
            between=said.count("between"),
            independent=said.count("independent"),
            covered=sum(holds),
            refused=sum(bool(one.refused) for one, _ in pairs),
            width=None if np.isinf(median(widths)) else median(widths),
            flagged=sum(flag for _, flag in pairs),
            covered_flagged=sum(flag and held for (_, flag), held in zip(pairs, holds, strict=True)),
        )


def plain(cell: Cell | DistanceCell) -> dict[str, object]:
    """As JSON takes it, rounded to what the simulation knows."""
    return {name: float(f"{one:.6g}") if isinstance(one, float) else one for name, one in asdict(cell).items()}


def _or(value: float | None, otherwise: float) -> float:
    return otherwise if value is None else value
