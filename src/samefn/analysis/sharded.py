"""The audit of rows that lie in Parquet shards, in memory that holds a batch of them."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import polars as pl

from samefn.analysis.analyse import with_accuracy
from samefn.analysis.changed import CHANGED_COLUMNS, changed_examples, most_telling
from samefn.analysis.compare import measure_entries
from samefn.analysis.counts import Counts, counts_of_summary
from samefn.analysis.verdicts import DISTANCES, Placed, judge
from samefn.core.events import Emit, Event
from samefn.schema.report import Analysis, ModelEntry
from samefn.spec.study import Intervals
from samefn.statistics.intervals import Estimate, estimates
from samefn.statistics.shards import IN_MEMORY, batches, summary
from samefn.statistics.summaries import Summary
from samefn.statistics.summary_intervals import summary_estimates
from samefn.verdict.scale import Scale, no_scale, refusal
from samefn.verdict.scale_of_shards import scale_shards

Shards = Mapping[str, Sequence[Path]]


def audit_shards(
    entries: Sequence[ModelEntry],
    shards: Shards,
    evaluation: str,
    class_names: Sequence[str],
    intervals: Intervals,
    picture: Callable[[str], str | None],
    emit: Emit,
) -> Analysis:
    """Measure and judge models whose rows lie in shards; without maps, which need all predictions at once.

    Where the base was not measured again its noise is taken for 0. Up to 20,000 examples the intervals are those of
    `estimates` over the rows in the shards' order, above that of `summary_estimates`. The shards' number and borders do
    not change a bit of the result.

    Args:
        entries: the models, the base first, at least one candidate among them.
        shards: for every other model's id the files of its rows against the base: for all models the same number, with
            the same examples in the same order.
        evaluation: what the set of examples is called.
        class_names: by class index.
        intervals: the intervals' settings.
        picture: a data URI for an example's id, or None.
        emit: told after each model.
    """
    base, compared = entries[0], [entry.id for entry in entries[1:]]
    summaries: dict[str, Summary] = {}
    for number, entry in enumerate(entries[1:], start=1):
        summaries[entry.id] = summary(shards[entry.id], entry.id)
        emit(Event("progress", "measures", f"of {entry.name}", done=number, total=len(compared)))
    found = _estimates(summaries, shards, intervals)
    emit(Event("finished", "measures"))
    counts = {one: counts_of_summary(of) for one, of in summaries.items()}
    places = _Places(entries, shards, summaries, found, intervals.confidence)
    measures = tuple(measure_entries(found, evaluation, dict.fromkeys(compared, base.id)))
    judged = judge(entries, counts.__getitem__, places.of, evaluation, class_names, measures, intervals.confidence)
    shown = [entry.id for entry in entries[1:] if entry.role != "replicate"]
    return Analysis(
        models=tuple(_accurate(entry, base, counts, compared[0]) for entry in entries),
        measures=measures,
        changed=tuple(changed_examples(_telling(shown, shards), shown, class_names, picture)),
        scale=judged.scales,
        verdicts=judged.verdicts,
        overall=() if judged.overall is None else (judged.overall,),
        warnings=judged.warnings,
    )


class _Places:
    """Every candidate's scales."""

    def __init__(
        self,
        entries: Sequence[ModelEntry],
        shards: Shards,
        summaries: Mapping[str, Summary],
        found: Sequence[Estimate],
        confidence: float,
    ) -> None:
        self._replicate = next((entry.id for entry in entries if entry.role == "replicate"), "")
        self._strangers = [entry.id for entry in entries if entry.role == "independent"]
        self._shards, self._summaries, self._confidence = shards, summaries, confidence
        self._means = {(one.candidate, one.measure): one.value for one in found}

    def of(self, candidate: str) -> dict[str, Placed]:
        ends = [candidate, *([self._replicate] if self._replicate else []), *self._strangers]
        # Some need labels, some probabilities.
        known = [name for name in DISTANCES if not any(self._summaries[one].missing.get(name) for one in ends)]
        return {name: Placed(self._scale(candidate, name, ends), self._replicate) for name in known}

    def _scale(self, candidate: str, name: str, ends: Sequence[str]) -> Scale:
        examples, models = self._summaries[candidate].examples, len(self._strangers)
        finite = not any(self._summaries[one].infinite.get(name) for one in ends)
        if why := refusal(models, examples, finite=finite):
            floor = self._mean(self._replicate, name) if self._replicate else 0.0
            ceiling = sum(self._mean(one, name) for one in self._strangers) / models if models else None
            return no_scale(why, examples, models, floor, ceiling, self._confidence)
        again = self._shards[self._replicate] if self._replicate else ()
        strangers = [self._shards[one] for one in self._strangers]
        return scale_shards(name, self._shards[candidate], again, strangers, self._confidence)

    def _mean(self, model: str, name: str) -> float:
        value = self._means[model, name]
        assert value is not None  # noqa: S101  (a mean over examples that all have a figure)
        return value


def _estimates(summaries: Mapping[str, Summary], shards: Shards, settings: Intervals) -> list[Estimate]:
    if max(of.examples for of in summaries.values()) > IN_MEMORY:
        return summary_estimates(summaries, settings.confidence, settings.resamples, settings.seed)
    # In one piece of memory: how rows are grouped would else move the last bits of their sums.
    frames = {
        one: pl.concat([part for path in shards[one] for part in batches(path)], rechunk=True) for one in summaries
    }
    return estimates(frames, settings.confidence, settings.resamples, settings.seed)


def _telling(candidates: Sequence[str], shards: Shards) -> pl.DataFrame:
    """Of every candidate the changed inputs that the report shows, found batch by batch."""
    found = []
    for candidate in candidates:
        kept = pl.DataFrame()
        for path in shards[candidate]:
            for batch in batches(path, CHANGED_COLUMNS):
                kept = most_telling(pl.concat([kept, batch]) if kept.height else batch)
        found.append(kept.with_columns(pl.lit(candidate).alias("candidate")))
    return pl.concat(found)


def _accurate(entry: ModelEntry, base: ModelEntry, counts: Mapping[str, Counts], other: str) -> ModelEntry:
    """The entry with its accuracy; the base's is in the counts of any other model."""
    accuracies = counts[other if entry is base else entry.id].accuracies
    if accuracies is None:
        return with_accuracy(entry, None, None)
    return with_accuracy(entry, accuracies[0 if entry is base else 1], accuracies[0])
