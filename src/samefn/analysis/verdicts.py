"""The relative distances and the verdict of every candidate, on one evaluation set."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from samefn.analysis.rows import compared_with
from samefn.measures.table import MEASURES
from samefn.schema.base import Compared
from samefn.schema.independents import IndependentProblem
from samefn.schema.report import JUDGED, ModelEntry
from samefn.schema.verdicts import BaseDoubt, OverallEntry, RelativeDistance, VerdictEntry
from samefn.statistics.boundary_sums import BoundarySums, boundary_sums_of
from samefn.statistics.counts import Counts, counts_of
from samefn.statistics.group_sums import group_count
from samefn.statistics.intervals import mean_of
from samefn.statistics.shards import Shard
from samefn.statistics.summaries import Summary, merged
from samefn.verdict.boundary_flips import boundary_flips
from samefn.verdict.decide import Evidence, decide
from samefn.verdict.independents import accuracy_problems, pair_problems, unequal_distances
from samefn.verdict.independents_of_rows import pair_differences_of_rows
from samefn.verdict.limits import GivenLimits
from samefn.verdict.majority_baseline import base_doubt
from samefn.verdict.many_candidates import error_of_each
from samefn.verdict.overall import overall
from samefn.verdict.relative_distance import BY_MARGINS, relative_distance_of
from samefn.verdict.relative_distance_of_rows import paired_sums
from samefn.verdict.same_or_changed import OF_MARGINS

# Every distance that is a mean over examples.
DISTANCES = tuple(
    name for name, measure in MEASURES.items() if measure.direction == "distance" and measure.columns == (name,)
)


@dataclass(frozen=True)
class Judgement:
    """Where the candidates of one evaluation set stand.

    Attributes:
        relative_distances: one entry for each candidate and distance.
        verdicts: one a candidate.
        overall: the worst of those that are no controls; None where there are none.
        problems: what is wrong with the independents.
    """

    relative_distances: tuple[RelativeDistance, ...] = ()
    verdicts: tuple[VerdictEntry, ...] = ()
    overall: OverallEntry | None = None
    problems: tuple[IndependentProblem, ...] = ()


def judge(
    entries: Sequence[ModelEntry],
    rows: Mapping[str, Sequence[Shard]],
    summaries: Mapping[str, Summary],
    counts: Mapping[str, Counts],
    evaluation: str,
    class_names: Sequence[str],
    confidence: float,
    given: GivenLimits,
    further: Mapping[str, Summary],
    *,
    noiseless: bool = False,
    about: pl.DataFrame | None = None,
    simultaneous: bool = False,
) -> Judgement:
    """Relative distances and verdicts of all candidates on one evaluation set.

    The noise floor is the distance of the base's replicates to the base; of several, the furthest counts. The
    independent distance is the mean distance of the independents.

    Args:
        entries: the models, the base first.
        rows: of every other model.
        summaries: of these rows.
        counts: of these rows.
        evaluation: the set.
        class_names: by class index.
        confidence: of every interval.
        given: the limits that a user set.
        further: summaries of inputs without labels, which count for the first answer; none of models without such.
        noiseless: without replicates, take the base's noise for 0.
        about: the table of groups and slices; None without any.
        simultaneous: hold the errors of all candidates together to those of one.

    Returns:
        Without relative distances where the base has no replicates and is not noiseless: there is no noise floor.
    """
    base = entries[0]
    asked = sum(entry.role in JUDGED - {"control"} for entry in entries)
    error = error_of_each(confidence, asked, simultaneous=simultaneous)
    replicates = _replicates(entries)
    independents = [entry for entry in entries if entry.role == "independent"]
    relative_distances: list[RelativeDistance] = []
    verdicts: list[VerdictEntry] = []
    judged: list[VerdictEntry] = []
    for entry in entries:
        if entry.role not in JUDGED:
            continue
        compared = Compared(entry.id, base.id, evaluation)
        # The margins take inputs for drawn one by one.
        near_flips = None if group_count(about) else boundary_sums_of(rows[entry.id])
        placed = (
            _relative_distances(
                compared, replicates, [one.id for one in independents], rows, summaries, confidence, about, near_flips
            )
            if replicates or noiseless
            else {}
        )
        more = further.get(entry.id)
        evidence = Evidence(
            counts[entry.id],
            placed,
            compared,
            class_names,
            unlabelled=None if more is None else counts_of(more).proportion("changed"),
            unlabelled_examples=0 if more is None else more.examples,
            margins=None if near_flips is None else boundary_flips(near_flips, OF_MARGINS * error),
            equal_up_to_rounding=_equal_up_to_rounding(merged(filter(None, [summaries[entry.id], more]))),
        )
        verdict = decide(evidence, given, error)
        relative_distances += placed.values()
        verdicts.append(verdict)
        if entry.role != "control":
            judged.append(verdict)
    # How often the base is right stands in the counts of whoever is compared with it.
    other = next((one.id for one in entries if one.role in JUDGED or one.role == "independent"), None)
    doubt: BaseDoubt = "" if other is None else _doubt(counts[other], error)
    return Judgement(
        relative_distances=tuple(relative_distances),
        verdicts=tuple(verdicts),
        overall=overall(judged, relative_distances, doubt, error) if judged else None,
        problems=tuple(_problems([one.id for one in independents], rows, counts, evaluation, confidence, about)),
    )


def independents_apart(
    entries: Sequence[ModelEntry],
    rows: Mapping[str, Sequence[Shard]],
    summaries: Mapping[str, Summary],
    evaluation: str,
    confidence: float,
    *,
    noiseless: bool = False,
    about: pl.DataFrame | None = None,
) -> list[RelativeDistance]:
    """The relative distance of every independent, with the others as independents; none of a single one.

    Args:
        entries: the models, the base first.
        rows: of every other model.
        summaries: of these rows.
        evaluation: the set.
        confidence: of every interval.
        noiseless: without replicates, take the base's noise for 0.
        about: the table of groups; None without any.
    """
    base = entries[0]
    replicates = _replicates(entries)
    independents = [entry.id for entry in entries if entry.role == "independent"]
    if len(independents) < 2 or not (replicates or noiseless):
        return []
    found: list[RelativeDistance] = []
    for one in independents:
        others = [other for other in independents if other != one]
        compared = Compared(one, base.id, evaluation)
        found += _relative_distances(compared, replicates, others, rows, summaries, confidence, about, None).values()
    return found


def _replicates(entries: Sequence[ModelEntry]) -> list[str]:
    """Ids of the base's replicates."""
    base = entries[0]
    return [one.id for one in entries[1:] if one.role == "replicate" and compared_with(one, base) == base.id]


def _equal_up_to_rounding(summary: Summary) -> bool | None:
    """Whether no example's probabilities differ by more than rounding; None without probabilities."""
    return None if summary.missing.get("total_variation") else not summary.beyond_rounding


def _relative_distances(
    compared: Compared,
    replicates: Sequence[str],
    independents: Sequence[str],
    rows: Mapping[str, Sequence[Shard]],
    summaries: Mapping[str, Summary],
    confidence: float,
    about: pl.DataFrame | None,
    near_flips: BoundarySums | None,
) -> dict[str, RelativeDistance]:
    """A candidate's relative distances, by distance."""
    allowed = BY_MARGINS * (1 - confidence) / 2
    most = {"disagreement": None if near_flips is None else boundary_flips(near_flips, allowed).high}
    ends = [compared.candidate, *replicates, *independents]
    # Some need labels, some probabilities.
    known = [name for name in DISTANCES if not any(summaries[one].missing.get(name) for one in ends)]
    floors = {name: _furthest(replicates, summaries, name) for name in known}
    found: dict[str, RelativeDistance] = {}
    for noise_floor in dict.fromkeys(floors.values()):
        measures = [name for name in known if floors[name] == noise_floor]
        again = rows[noise_floor] if noise_floor else ()
        sums = paired_sums(measures, rows[compared.candidate], again, [rows[one] for one in independents], about)
        for name in measures:
            high = None if sums[name].mean_noise_floor else most.get(name)
            found[name] = relative_distance_of(sums[name], compared, name, noise_floor, confidence, high)
    return {name: found[name] for name in known}


def _furthest(replicates: Sequence[str], summaries: Mapping[str, Summary], measure: str) -> str:
    """The replicate that lies furthest from the base by one distance, the first of equals; empty without any."""
    return max(replicates, key=lambda one: mean_of(summaries[one], measure), default="")


def _doubt(of: Counts, error: float) -> BaseDoubt:
    """Why the base itself is in doubt; empty where it is not."""
    majority = of.majority
    if of.base_right is None or majority is None:
        return ""
    base = of.proportion("base_right")
    return base_doubt(base.value, base.low(error), majority)


def _problems(
    independents: Sequence[str],
    rows: Mapping[str, Sequence[Shard]],
    counts: Mapping[str, Counts],
    evaluation: str,
    confidence: float,
    about: pl.DataFrame | None,
) -> list[IndependentProblem]:
    """What is wrong with the independents."""
    if not independents:
        return []
    first = counts[independents[0]]
    of_rows = [rows[one] for one in independents]
    # Of grouped examples the one that is worth least, of any independent, speaks for all.
    worth = min(counts[one].proportion("changed").examples / first.examples for one in independents)
    found = pair_problems(pair_differences_of_rows(of_rows), first.examples, confidence, worth)
    moments = paired_sums(["disagreement"], of_rows[0], (), of_rows, about)["disagreement"].moments()
    if (unequal := unequal_distances(moments, confidence)) is not None:
        found.append(unequal)
    flips = [
        (of.negative_flips, of.positive_flips, of.changed)
        for of in (counts[one] for one in independents)
        if of.negative_flips is not None and of.positive_flips is not None
    ]
    if first.base_right is not None and first.majority is not None:
        found += accuracy_problems(flips, first.base_right, first.majority, first.examples, confidence, worth)
    return [
        IndependentProblem(
            evaluation=evaluation,
            code=one.code,
            models=tuple(independents[at] for at in one.models),
            figure=one.figure,
        )
        for one in found
    ]
