"""The inputs that changed: all of them counted by class, and the most telling in full."""

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np
import polars as pl
from numpy.typing import NDArray

from samefn.datasets.example_set import ExampleSet
from samefn.datasets.shown_inputs import shown_inputs
from samefn.predictions.about import GROUP, GROUP_NAME, ID
from samefn.schema.changed import ChangedCounts, ChangedExample, ClassChange, ClassProbability
from samefn.statistics.shards import Shard, batches

# Changed inputs in a report, of all candidates together.
SHOWN = 200
# Pairs of classes of a candidate, and classes of an input.
PAIRS, TOP_CLASSES = 200, 3
# What of the rows is needed here.
READ_COLUMNS = ("id", "label", "base_top", "top", "base_right", "right", "base_confidence", "confidence")
_PAIR = ("base_top", "top")
_COUNTED = ("count", "base_right", "right")

ScoresOf: TypeAlias = Callable[[int], NDArray[np.float32] | None]
"""The log-probabilities that a model gives to the classes of an example, by the example's place in the data; None where
only its predicted classes are known."""


@dataclass(frozen=True, eq=False)
class ExampleDetails:
    """What is known of the examples of an evaluation set beside their rows.

    Attributes:
        examples: the inputs; None where they are not known.
        text_of: the text of an example, by its place in the data; None where the inputs are no text.
        scores: by model id, those of models whose predictions are at hand.
    """

    examples: ExampleSet | None = None
    scores: Mapping[str, ScoresOf] = field(default_factory=dict)
    text_of: Callable[[int], str] | None = None


@dataclass(frozen=True, eq=False)
class _Changed:
    """One candidate's changed inputs: how many of which classes, and the most telling."""

    pairs: pl.DataFrame
    telling: pl.DataFrame
    labelled: bool

    @property
    def count(self) -> int:
        return int(self.pairs["count"].sum())


def changed_inputs(
    rows: Mapping[str, Sequence[Shard]],
    base: str,
    candidates: Sequence[str],
    evaluation: str,
    class_names: Sequence[str],
    details: ExampleDetails,
    about: pl.DataFrame | None = None,
) -> tuple[tuple[ChangedExample, ...], tuple[ChangedCounts, ...]]:
    """Up to 200 inputs whose top class is not the base's, and how many there are in all.

    The candidates share the 200 evenly; what one does not need goes to the others. Negative flips come first, then
    positive flips, then inputs on which both are wrong; among these the highest confidence of the candidate, then of
    the base.

    Args:
        rows: of one evaluation set, by model, in parts.
        base: id of the base.
        candidates: ids, in the order of the report.
        evaluation: name of the set.
        class_names: by class index.
        details: of its examples.
        about: their groups and slices, as `about_examples` makes them; None without any.
    """
    found = {candidate: _changed(rows[candidate]) for candidate in candidates}
    shares = _fair_shares([one.count for one in found.values()], SHOWN)
    kept = {candidate: one.telling.head(share) for (candidate, one), share in zip(found.items(), shares, strict=True)}
    names = {name for frame in kept.values() for name in frame["id"]}
    describe = _describer(names, base, class_names, details, about)
    examples = tuple(
        ChangedExample(
            candidate=candidate,
            id=row["id"],
            label=None if row["label"] is None else class_names[row["label"]],
            base_top=class_names[row["base_top"]],
            top=class_names[row["top"]],
            base_confidence=row["base_confidence"],
            confidence=row["confidence"],
            **describe(candidate, row["id"]),
        )
        for candidate, frame in kept.items()
        for row in frame.iter_rows(named=True)
    )
    counts = tuple(
        _counts(one, evaluation, candidate, class_names, kept[candidate].height) for candidate, one in found.items()
    )
    return examples, counts


def _changed(shards: Sequence[Shard]) -> _Changed:
    """The changed rows of one candidate, batch by batch."""
    pairs, telling, labelled = pl.DataFrame(), pl.DataFrame(), True
    for shard in shards:
        for batch in batches(shard, READ_COLUMNS):
            labelled = labelled and not batch["label"].null_count()
            changed = batch.filter(pl.col("top") != pl.col("base_top"))
            counted = changed.group_by(_PAIR).agg(pl.len().cast(pl.Int64).alias("count"), *_sums("base_right", "right"))
            pairs = pl.concat([pairs, counted]).group_by(_PAIR).agg(_sums(*_COUNTED)) if pairs.width else counted
            telling = _most_telling(pl.concat([telling, changed]) if telling.width else changed)
    return _Changed(pairs.sort(["count", *_PAIR], descending=[True, False, False]), telling, labelled)


def _sums(*columns: str) -> list[pl.Expr]:
    return [pl.col(column).cast(pl.Int64).sum() for column in columns]


def _most_telling(changed: pl.DataFrame) -> pl.DataFrame:
    direction = pl.when(pl.col("base_right")).then(0).when(pl.col("right")).then(1).otherwise(2)
    order = [direction, pl.col("confidence"), pl.col("base_confidence"), pl.col("id")]
    return changed.sort(order, descending=[False, True, True, False], nulls_last=True).head(SHOWN)


def _fair_shares(counts: Sequence[int], limit: int) -> list[int]:
    """How many of each, so that there are `limit` in all where the counts suffice and the least share is the largest.

    >>> _fair_shares([1, 100, 100], 7)
    [1, 3, 3]
    """
    shares, left = [0] * len(counts), limit
    for done, index in enumerate(sorted(range(len(counts)), key=counts.__getitem__)):
        shares[index] = min(counts[index], left // (len(counts) - done))
        left -= shares[index]
    return shares


def _counts(found: _Changed, evaluation: str, candidate: str, class_names: Sequence[str], shown: int) -> ChangedCounts:
    negative, positive = (int(found.pairs[column].sum()) for column in ("base_right", "right"))
    first, rest = found.pairs.head(PAIRS), found.pairs.slice(PAIRS)

    def with_labels(count: int) -> int | None:
        return count if found.labelled else None

    return ChangedCounts(
        evaluation=evaluation,
        candidate=candidate,
        changed=found.count,
        negative_flips=with_labels(negative),
        positive_flips=with_labels(positive),
        both_wrong=with_labels(found.count - negative - positive),
        shown=shown,
        class_changes=tuple(
            ClassChange(
                base_top=class_names[row["base_top"]],
                top=class_names[row["top"]],
                count=row["count"],
                base_right=with_labels(row["base_right"]),
                right=with_labels(row["right"]),
            )
            for row in first.iter_rows(named=True)
        ),
        pairs_left_out=rest.height,
        inputs_left_out=int(rest["count"].sum()),
    )


def _describer(
    names: AbstractSet[str], base: str, class_names: Sequence[str], details: ExampleDetails, about: pl.DataFrame | None
) -> Callable[[str, str], dict[str, Any]]:
    """A function from a candidate and an example's id to the fields of `ChangedExample` that rows do not have."""
    places: dict[str, int] = {}
    show = shown_inputs({})
    if details.examples is not None and names:
        places = {name: place for place, name in enumerate(details.examples.ids.tolist()) if name in names}
        show = shown_inputs(details.examples.arrays)
    known = {} if about is None else _slices_and_groups(about.filter(pl.col(ID).is_in(list(names))))

    def describe(candidate: str, name: str) -> dict[str, Any]:
        found = known.get(name, {})
        if name not in places:
            return found
        place = places[name]
        tops = {
            key: _top_classes(details.scores[model](place), class_names)
            for key, model in (("base_classes", base), ("classes", candidate))
            if model in details.scores
        }
        text = details.text_of(place) if details.text_of else ""
        return {**found, **vars(show(place)), **tops, "text": text}

    return describe


def _slices_and_groups(about: pl.DataFrame) -> dict[str, dict[str, Any]]:
    """By id, the slices and the group."""
    slices = [name for name in about.columns if name not in (ID, GROUP, GROUP_NAME)]
    return {
        row[ID]: {"slices": {name: row[name] for name in slices}, "group": row.get(GROUP_NAME)}
        for row in about.iter_rows(named=True)
    }


def _top_classes(log_probs: NDArray[np.float32] | None, class_names: Sequence[str]) -> tuple[ClassProbability, ...]:
    """The most probable classes; of classes that tie, the lowest first, and none of probability 0."""
    if log_probs is None:
        return ()
    best = np.argsort(-log_probs, kind="stable")[:TOP_CLASSES]
    shares = np.exp(log_probs[best].astype(np.float64))
    return tuple(
        ClassProbability(name=class_names[index], probability=share)
        for index, share in zip(best.tolist(), shares.tolist(), strict=True)
        if share > 0
    )
