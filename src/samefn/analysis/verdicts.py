"""The relative distances and the verdict of every candidate, on one evaluation set."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from samefn.analysis.rows import compared_with
from samefn.measures.table import MEASURES
from samefn.schema.base import Compared
from samefn.schema.report import JUDGED, ModelEntry
from samefn.schema.verdicts import BaseDoubt, OverallEntry, RelativeDistance, VerdictEntry
from samefn.statistics.counts import Counts
from samefn.statistics.intervals import mean_of
from samefn.statistics.shards import Shard
from samefn.statistics.summaries import Summary
from samefn.verdict.decide import Evidence, decide
from samefn.verdict.independents import accuracy_gap
from samefn.verdict.limits import GivenLimits
from samefn.verdict.majority_baseline import base_doubt
from samefn.verdict.overall import overall
from samefn.verdict.relative_distance import relative_distance_of
from samefn.verdict.relative_distance_of_rows import paired_sums

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
        warnings: what is wrong with the base or with the independents, one sentence each.
    """

    relative_distances: tuple[RelativeDistance, ...] = ()
    verdicts: tuple[VerdictEntry, ...] = ()
    overall: OverallEntry | None = None
    warnings: tuple[str, ...] = ()


def judge(
    entries: Sequence[ModelEntry],
    rows: Mapping[str, Sequence[Shard]],
    summaries: Mapping[str, Summary],
    counts: Mapping[str, Counts],
    evaluation: str,
    class_names: Sequence[str],
    confidence: float,
    given: GivenLimits,
    *,
    noiseless: bool = False,
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
        noiseless: without replicates, take the base's noise for 0.

    Returns:
        Without relative distances where the base has no replicates and is not noiseless: there is no noise floor.
    """
    base, error = entries[0], (1 - confidence) / 2
    replicates = [one.id for one in entries[1:] if one.role == "replicate" and compared_with(one, base) == base.id]
    independents = [entry for entry in entries if entry.role == "independent"]
    relative_distances: list[RelativeDistance] = []
    verdicts: list[VerdictEntry] = []
    judged: list[VerdictEntry] = []
    for entry in entries:
        if entry.role not in JUDGED:
            continue
        compared = Compared(entry.id, base.id, evaluation)
        placed = (
            _relative_distances(compared, replicates, [one.id for one in independents], rows, summaries, confidence)
            if replicates or noiseless
            else {}
        )
        equal = _equal_up_to_rounding(summaries[entry.id])
        evidence = Evidence(counts[entry.id], placed, compared, class_names, equal_up_to_rounding=equal)
        verdict = decide(evidence, given, error)
        relative_distances += placed.values()
        verdicts.append(verdict)
        if entry.role != "control":
            judged.append(verdict)
    # How often the base is right stands in the counts of whoever is compared with it.
    other = next((one.id for one in entries if one.role in JUDGED or one.role == "independent"), None)
    doubt, warning = _doubt(counts[other], confidence) if other is not None else ("", "")
    weak = (_weakness(one.name, counts[one.id], confidence) for one in independents)
    return Judgement(
        relative_distances=tuple(relative_distances),
        verdicts=tuple(verdicts),
        overall=overall(judged, relative_distances, doubt) if judged else None,
        warnings=tuple(filter(None, [warning, *weak])),
    )


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
) -> dict[str, RelativeDistance]:
    """A candidate's relative distances, by distance."""
    ends = [compared.candidate, *replicates, *independents]
    # Some need labels, some probabilities.
    known = [name for name in DISTANCES if not any(summaries[one].missing.get(name) for one in ends)]
    floors = {name: _furthest(replicates, summaries, name) for name in known}
    found: dict[str, RelativeDistance] = {}
    for noise_floor in dict.fromkeys(floors.values()):
        measures = [name for name in known if floors[name] == noise_floor]
        again = rows[noise_floor] if noise_floor else ()
        sums = paired_sums(measures, rows[compared.candidate], again, [rows[one] for one in independents])
        found |= {name: relative_distance_of(sums[name], compared, name, noise_floor, confidence) for name in measures}
    return {name: found[name] for name in known}


def _furthest(replicates: Sequence[str], summaries: Mapping[str, Summary], measure: str) -> str:
    """The replicate that lies furthest from the base by one distance, the first of equals; empty without any."""
    return max(replicates, key=lambda one: mean_of(summaries[one], measure), default="")


def _doubt(of: Counts, confidence: float) -> tuple[BaseDoubt, str]:
    """Why the base itself is in doubt, and a warning that says what to check; both empty where it is not."""
    majority = of.majority
    if of.base_right is None or majority is None:
        return "", ""
    base, error = of.share(of.base_right), (1 - confidence) / 2
    doubt = base_doubt(base.value, base.low(error), majority)
    figures = (base.value, base.low(error), base.high(error), majority)
    value, low, high, common = (f"{100 * share:.1f} %" for share in figures)
    warning = (
        f"Check labels, preprocessing and base: its accuracy is {value} [{low}, {high}], and the most frequent class "
        f"is {common} of the inputs. `samefn compare --explain` shows what a model is fed."
    )
    return doubt, warning if doubt else ""


def _weakness(name: str, of: Counts, confidence: float) -> str:
    """A warning where an independent is too much less accurate than the base; empty where it is not."""
    if of.negative_flips is None or of.positive_flips is None:
        return ""
    gap = accuracy_gap(of.negative_flips, of.positive_flips, of.changed, of.examples, confidence)
    if gap is None:
        return ""
    return (
        f"{name} is less accurate than the base by {100 * gap:.2g} points. That is part of its distance, so relative "
        "distances are too small: *same* comes too easily. Train the independents as well as the base."
    )
