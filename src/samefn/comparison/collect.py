"""From what the tasks left to rows about the same examples: matched by id, without what any model failed on."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from samefn.comparison.plan import ComparedModel
from samefn.comparison.tasks import labels_within
from samefn.config.comparison import ModelSource
from samefn.core.canonical import Json
from samefn.core.errors import InputError
from samefn.datasets.dataset import Dataset
from samefn.measures.stored_rows import scan_rows
from samefn.predictions.chunks import take
from samefn.predictions.class_scores import not_class_scores, why_not_class_scores
from samefn.predictions.interpret import GRID_ROWS, detect_output_kind, step_of, to_predictions
from samefn.predictions.output_trail import OutputTrail
from samefn.predictions.predictions import Predictions
from samefn.predictions.saved.read import SavedPredictions
from samefn.schema.methods import Given
from samefn.schema.records import AnswerRecord
from samefn.schema.report import Failure, ModelEntry

SHOWN = 3


@dataclass(frozen=True, eq=False)
class Measured:
    """One model that was run, and its rows against the base.

    Attributes:
        model: which.
        record: how it was run; of all pieces together.
        classes: how many classes it tells apart.
        rows: Parquet files, one a piece, in the order of the examples; none of the base.
    """

    model: ComparedModel
    record: AnswerRecord
    classes: int
    rows: tuple[Path, ...] = ()


@dataclass(frozen=True, eq=False)
class Common:
    """All models on the examples on which none of them failed.

    Attributes:
        models: the base first.
        examples: how many.
        failures: one a model that failed on an example.
        warnings: what a reader must know.
    """

    models: tuple[Measured, ...]
    examples: int
    failures: tuple[Failure, ...]
    warnings: tuple[str, ...]


def common_examples(models: Sequence[Measured], examples: int, folder: Path) -> Common:
    """Leave out, for all models, the examples that any model failed on.

    Args:
        models: the base first.
        examples: how many there are.
        folder: for copies of rows; it must stay while they are read.

    Raises:
        InputError: no example is left.
    """
    failed = sorted({name for one in models for name in one.record.failed})
    if not failed:
        return Common(tuple(models), examples, (), ())
    if len(failed) == examples:
        raise InputError("SF5004", "no example is left that every model answers", where="compare")
    kept = [
        replace(
            one, rows=tuple(_without(path, failed, folder / f"{one.model.id}-{n}") for n, path in enumerate(one.rows))
        )
        for one in models
    ]
    note = (
        f"{len(failed)} of {examples} examples are set aside for all models, because a model failed on them: "
        f"everything here is about the other {examples - len(failed)}."
    )
    failures = tuple(_failure(one) for one in models if one.record.failed)
    return Common(tuple(kept), examples - len(failed), failures, (note,))


def _without(path: Path, failed: Sequence[str], copy: Path) -> Path:
    lazy = scan_rows(path)
    if lazy.filter(pl.col("id").is_in(failed)).select(pl.len()).collect().item():
        lazy.filter(~pl.col("id").is_in(failed)).sink_parquet(copy)
        return copy
    return path


def _failure(one: Measured) -> Failure:
    names = list(one.record.failed)
    shown = ", ".join(repr(name) for name in names[:SHOWN])
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return Failure(
        model=one.model.id, name=one.model.name, error=f"failed on {shown}{more}: {one.record.failed[names[0]]}"
    )


def model_entry(one: Measured, notes: Sequence[str] = ()) -> ModelEntry:
    """What the report says of a model, but for its accuracy and costs."""
    record, facts = one.record, one.record.facts
    return ModelEntry(
        id=one.model.id,
        name=one.model.name,
        role=one.model.role,
        method=Given(
            adapter=one.model.adapter.name,
            fed=record.fed,
            returns=record.returns,
            batch_size=record.batch,
            facts={key: value for key, value in facts.items() if key != "runtime"},
        ),
        parent="base" if one.model.role == "replicate" else None,
        runtime=str(facts.get("runtime", one.model.adapter.name)),
        bytes=record.bytes,
        notes=tuple(dict.fromkeys((*record.all_notes, *notes))),
    )


def saved_predictions(
    name: str,
    source: ModelSource,
    saved: SavedPredictions,
    data: Dataset,
    *,
    base: bool = True,
    insisted: bool = False,
) -> Predictions:
    """Saved predictions, put into the order of the examples by their ids.

    Args:
        name: what they call the model.
        source: where they are from, and what is said of them.
        saved: what the file holds.
        data: what they must be about.
        base: whether labels and values are asked whether they are class scores.
        insisted: whether they are class scores, whatever they look like.

    Raises:
        InputError: ids that do not match, other numbers of examples, or values that are no predictions.
    """
    examples = data.examples
    values, labels, where = saved.values, examples.labels, source.path
    order = None
    if saved.ids is not None:
        order = matched(saved.ids, examples.ids, where)
        values = values if order is None else _in_order(values, order)
    elif len(values) != len(examples.ids):
        raise InputError(
            "SF5005",
            f"holds {len(values)} predictions for {len(examples.ids)} examples",
            where=where,
            fix="give ids to both",
        )
    _require_same_labels(saved, order, data, where)
    step = source.resolution or step_of(values)
    if not insisted and values.ndim == 2 and values.dtype.kind == "f" and source.returns is None:
        first = None if labels is None else labels[:GRID_ROWS]
        if why := why_not_class_scores(values[:GRID_ROWS], OutputTrail(saved.array), (), first, base=base):
            raise not_class_scores(why, where)
    returns = source.returns or saved.returns or detect_output_kind(values, where, step)
    if labels is not None and values.ndim == 2:
        labels = labels_within(labels, values.shape[1], where)
    facts: dict[str, Json] = {"runtime": "saved predictions", "returns": returns}
    found = to_predictions(name, values, examples.ids, labels, returns, step, facts, data.class_names)
    return replace(found, notes=(*saved.notes, *found.notes))


def _require_same_labels(saved: SavedPredictions, order: NDArray[np.int64] | None, data: Dataset, where: str) -> None:
    """Refuse labels of a file's own that are others than the data's: its rows are about other examples.

    Labels by name are numbered by the file's own classes; where these are others, nothing is compared.

    Raises:
        InputError: they are, and where first.
    """
    true, labels = saved.true, data.examples.labels
    if true is None or labels is None or true.dtype.kind not in "iu" or saved.class_names not in ((), data.class_names):
        return
    own = true if order is None else true[order]
    different = np.flatnonzero(own != labels)
    if len(different):
        first = int(different[0])
        raise InputError(
            "SF5006",
            f"example {str(data.examples.ids[first])!r} has label {own[first]}, in the data {labels[first]}: "
            f"{len(different)} of {len(labels)} labels differ",
            where=where,
            fix="are the rows in another order, or numbered anew? leave its labels out if they mean something else",
        )


def matched(ids: NDArray[np.str_], wanted: NDArray[np.str_], where: str) -> NDArray[np.int64] | None:
    """Where each wanted id stands; None where they stand in that order already.

    Raises:
        InputError: one is missing or too many, and which.
    """
    if len(ids) == len(wanted) and bool((ids == wanted).all()):
        return None
    place = {str(name): number for number, name in enumerate(ids)}
    for name in wanted:
        if str(name) not in place:
            raise InputError("SF5007", f"has no prediction for example {str(name)!r}", where=where)
    if len(ids) != len(wanted):
        known = set(wanted.tolist())
        extra = next(str(name) for name in ids if str(name) not in known)
        raise InputError(
            "SF5008", f"has a prediction for {extra!r}, which is no example of the comparison", where=where
        )
    return np.array([place[str(name)] for name in wanted], dtype=np.int64)


def _in_order(values: NDArray[Any], order: NDArray[np.int64]) -> NDArray[Any]:
    return take(values, order) if values.ndim == 2 else values[order]
