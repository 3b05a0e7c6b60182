"""The first look of a comparison in shards: all models are asked a sample, which tells what each is."""

from collections.abc import Sequence
from dataclasses import dataclass

from samefn.comparison.collect import Collected, all_collected, from_store, labels_within
from samefn.comparison.examples import piece_of, store_examples
from samefn.comparison.floor import asked_again, is_quiet, quiet_because
from samefn.comparison.plan import SAMPLE, Asked, asked_models
from samefn.comparison.reasons import said_once
from samefn.core.events import Emit, Event
from samefn.datasets.example_set import ExampleSet
from samefn.engine.pool import Engine
from samefn.engine.run import run
from samefn.predictions.predictions import require_same_examples
from samefn.reports.contract import Failure
from samefn.spec.comparison import ComparisonSpec
from samefn.store.store import Store


@dataclass(frozen=True, eq=False)
class Looked:
    """What a sample told.

    Attributes:
        asked: all models.
        models: what those that can be used answered, the base first; last, where its noise must be measured, the base
            again.
        failures: the models that cannot be used.
        floor: why the base's noise is taken for none; empty where it is measured.
        checked: whether the sample showed that there is none.
        examples: key of the sample in the store.
    """

    asked: tuple[Asked, ...]
    models: tuple[Collected, ...]
    failures: tuple[Failure, ...]
    floor: str
    checked: bool
    examples: str

    @property
    def again(self) -> Collected | None:
        """The base asked again; None where its noise is taken for none."""
        return self.models[-1] if self.models[-1].model.role == "replicate" else None


def look(spec: ComparisonSpec, examples: ExampleSet, store: Store, engine: Engine, emit: Emit, title: str) -> Looked:
    """Ask all models the first 256 examples, and the base again in other batches.

    Args:
        spec: the comparison; no predictions that were saved.
        examples: all of them.
        store: where results are.
        engine: what asks the models.
        emit: told of every step.
        title: what the run is called.

    Raises:
        InputError: the base or every candidate cannot be used, or models of other classes than each other or the data.
    """
    sample = piece_of(examples, slice(0, min(SAMPLE, len(examples.ids))))
    key, count = store_examples(sample, store, emit), len(sample.ids)
    asked = asked_models(spec, key, count)
    [replicate] = asked_again(asked[0], spec, key, count)
    tasks = [one.task for one in (*asked, replicate) if one.task]
    with said_once(emit, (*asked, replicate)) as heard:
        outcome = run(tasks, [task.key for task in tasks], store, engine, heard, f"{title}: a first look")
        about = "" if count == len(examples.ids) else f"asked about the first {count} examples: "
        failed = {one: f"{about}{why}" for one, why in outcome.failed.items()}
        found, failures = all_collected(asked, failed, outcome.details, sample, store)
    _require_alike(found, examples)
    again, floor, checked = None, "", False
    assert replicate.task is not None  # noqa: S101  (whoever is asked again has a task)
    if replicate.task.key in failed:
        floor = f"it could not be asked in other batches ({failed[replicate.task.key]})"
    else:
        again = from_store(replicate, store.open(replicate.task.key), sample)
        # Of so few examples all are asked again in any case.
        checked = count < len(examples.ids) and is_quiet(found[0].predictions, again.predictions)
    if checked:
        again, floor = None, quiet_because(count)
    elif again is not None and count < len(examples.ids):
        why = "its answers depend on the batch, so all examples are asked again for the floor"
        emit(Event("note", found[0].model.name, why))
    models = (*found, *([again] if again else []))
    return Looked(asked, models, tuple(failures), floor, checked, key)


def _require_alike(found: Sequence[Collected], examples: ExampleSet) -> None:
    """Refuse, before all are asked everything, what no rows can be made of."""
    for one in found[1:]:
        require_same_examples(found[0].predictions, one.predictions)
    if examples.labels is not None:
        for one in found:
            labels_within(examples.labels, one.predictions.classes, one.model.source.path)
