"""Rows in, the parts of a report out: the one path of studies and comparisons, in one part or many."""

from collections.abc import Mapping, Sequence

import polars as pl

from samefn.analysis.changed_examples import ExampleDetails, changed_inputs
from samefn.analysis.dependence import find_dependence
from samefn.analysis.rows import UNLABELLED, Rows, compared_with
from samefn.analysis.transfer import transfer_all
from samefn.analysis.verdicts import Judgement, independents_apart, judge
from samefn.core.events import Emit, Event
from samefn.measures.accuracy import accuracy_deviation
from samefn.reports.styles import COMPRESSED
from samefn.schema.base import Compared
from samefn.schema.claims import ClaimEntry, TransferEntry
from samefn.schema.report import JUDGED, Analysis, MeasureEntry, ModelEntry
from samefn.schema.verdicts import RelativeDistance
from samefn.statistics.counts import Counts, counts_of
from samefn.statistics.design_effects import design_effects
from samefn.statistics.group_intervals import over_groups
from samefn.statistics.group_sums import group_count, grouped_rows
from samefn.statistics.intervals import estimates, require_same_examples
from samefn.statistics.parts import PartKey
from samefn.statistics.shards import Shard, summary
from samefn.statistics.summaries import Summary
from samefn.verdict.claims_of_study import claim_all
from samefn.verdict.limits import GivenLimits


def analyse(
    entries: Sequence[ModelEntry],
    rows: Rows,
    class_names: Sequence[str],
    confidence: float,
    details: ExampleDetails,
    emit: Emit,
    given: GivenLimits = GivenLimits(),  # noqa: B008  (frozen)
    *,
    noiseless: bool = False,
    about: pl.DataFrame | None = None,
    simultaneous: bool = False,
) -> Analysis:
    """Measure and judge models by their rows; the number of parts and their borders do not change a bit of the result.

    What needs all of a model's predictions (the landscape, accuracy after every epoch) is made beside this by whoever
    has them.

    Args:
        entries: the models, the base first.
        rows: of every other model, by evaluation set. The first set decides accuracy, claims and changed inputs.
        class_names: by class index.
        confidence: of every interval, above 0 and below 1.
        details: of the examples of the first set.
        emit: receives an event for each step.
        given: the limits that a user set.
        noiseless: take the base's noise for 0 where no replicate measures it. That can only make a candidate look
            farther. Without it there are then no relative distances.
        about: the table of groups and slices, as `about_examples` makes it; None without any. With groups every
            interval is over groups.
        simultaneous: hold the errors of all candidates together to those of one.

    Raises:
        InputError: rows that are none, are not about the same examples, or of no examples.
    """
    base = entries[0]
    measures: list[MeasureEntry] = []
    judgements: list[Judgement] = []
    transfer: list[TransferEntry] = []
    apart: list[RelativeDistance] = []
    first: dict[str, Counts] = {}
    every = {
        name: _summaries(
            entries, of_set, f"{name}, " if len(rows) > 1 else "", emit, None if name == UNLABELLED else about
        )
        for name, of_set in rows.items()
    }
    for number, (name, summaries) in enumerate(every.items()):
        of_set, groups = rows[name], _of_set(about, name)
        effects: dict[str, Mapping[PartKey, Mapping[str, float]]] = {}
        for entry in (one for one in entries[1:] if one.id in summaries):
            compared = Compared(entry.id, compared_with(entry, base), name)
            of_examples = estimates(summaries[entry.id], compared, confidence)
            if groups is None or not group_count(groups):
                measures += of_examples
                continue
            of_groups = grouped_rows(of_set[entry.id], groups)
            measures += over_groups(of_examples, of_groups.sums, summaries[entry.id].moved)
            effects[entry.id] = design_effects(of_groups, confidence)
        if not summaries or name == UNLABELLED:
            continue
        counts = {one: counts_of(found, effects.get(one)) for one, found in summaries.items()}
        judgements.append(
            judge(
                entries,
                of_set,
                summaries,
                counts,
                name,
                class_names,
                confidence,
                given,
                {} if number else every.get(UNLABELLED, {}),
                noiseless=noiseless,
                about=about,
                simultaneous=simultaneous,
            )
        )
        transfer += transfer_all(entries, of_set, summaries, name, confidence, about)
        if not number and _bear_on_claims(entries):
            apart = independents_apart(entries, of_set, summaries, name, confidence, noiseless=noiseless, about=about)
        first = first if number else counts
    emit(Event("finished", "measures"))
    models = _accurate(entries, first)
    deciding = next(iter(rows), "")
    judged = [one.id for one in entries if one.role in JUDGED and one.id in rows.get(deciding, {})]
    changed, changed_counts = changed_inputs(
        rows.get(deciding, {}), base.id, judged, deciding, class_names, details, about
    )
    inputs = {} if details.examples is None else details.examples.arrays
    return Analysis(
        models=models,
        measures=tuple(measures),
        changed=changed,
        changed_counts=changed_counts,
        relative_distances=tuple(entry for found in judgements for entry in found.relative_distances),
        verdicts=tuple(entry for found in judgements for entry in found.verdicts),
        overall=tuple(found.overall for found in judgements if found.overall is not None),
        transfer=tuple(transfer),
        claims=tuple(_claims(models, deciding, measures, judgements, transfer, apart, confidence)),
        independent_problems=tuple(problem for found in judgements for problem in found.problems),
        dependence=find_dependence(judged, rows.get(deciding, {}), inputs, about),
    )


def _of_set(about: pl.DataFrame | None, name: str) -> pl.DataFrame | None:
    """The groups and slices of an evaluation set; inputs without labels have none."""
    return None if name == UNLABELLED else about


def _summaries(
    entries: Sequence[ModelEntry],
    of_set: Mapping[str, Sequence[Shard]],
    prefix: str,
    emit: Emit,
    about: pl.DataFrame | None,
) -> dict[str, Summary]:
    found = {}
    measured = [entry for entry in entries[1:] if entry.id in of_set]
    for number, entry in enumerate(measured):
        emit(Event("progress", "measures", f"{prefix}of {entry.name}", done=number, total=len(measured)))
        found[entry.id] = summary(of_set[entry.id], entry.id, about=about)
    require_same_examples(found)
    return found


def _claims(
    entries: Sequence[ModelEntry],
    evaluation: str,
    measures: Sequence[MeasureEntry],
    judgements: Sequence[Judgement],
    transfer: Sequence[TransferEntry],
    apart: Sequence[RelativeDistance],
    confidence: float,
) -> list[ClaimEntry]:
    """The claims, by the first evaluation set; none where no model bears on any."""
    if not judgements or not _bear_on_claims(entries):
        return []
    return claim_all(
        entries,
        [entry for entry in measures if entry.evaluation == evaluation],
        [*judgements[0].relative_distances, *apart],
        judgements[0].verdicts,
        [entry for entry in transfer if entry.evaluation == evaluation],
        confidence,
    )


def _bear_on_claims(entries: Sequence[ModelEntry]) -> bool:
    return any(entry.role in COMPRESSED - {"candidate"} for entry in entries)


def _accurate(entries: Sequence[ModelEntry], counts: Mapping[str, Counts]) -> tuple[ModelEntry, ...]:
    """The entries with their accuracies; the base's is in the counts of any model that is compared with it."""
    base = entries[0]
    beside = next((one for one in entries[1:] if one.id in counts and compared_with(one, base) == base.id), None)
    accuracies = counts[beside.id].accuracies if beside else None
    of_base = accuracies[0] if accuracies else None
    found = []
    for entry in entries:
        own = counts[entry.id].accuracies if entry.id in counts else None
        found.append(with_accuracy(entry, of_base if entry is base else own and own[1], of_base))
    return tuple(found)


def with_accuracy(entry: ModelEntry, accuracy: float | None, of_base: float | None) -> ModelEntry:
    """The entry with its accuracy and the deviation from the base's, both 0 to 1 and None without labels."""
    # A deviation relative to an accuracy of 0 is not defined.
    deviation = None if accuracy is None or not of_base else float(accuracy_deviation(of_base, accuracy))
    return entry.model_copy(update={"accuracy": accuracy, "accuracy_deviation": deviation})
