"""The planned models of a study, and the tasks that make them."""

from dataclasses import dataclass

from samefn.engine.task import Task
from samefn.schema.methods import Method
from samefn.schema.report import Role


@dataclass(frozen=True)
class ModelPlan:
    """One model of the study, and the keys of its stored results.

    Attributes:
        id: unique in the study.
        name: for people.
        role: base, independent, replicate, control, student, quantized or pruned.
        method: how it is made; None where only the record beside its file holds that.
        stored: key of the result that holds the model's file.
        file: the model's file in that result.
        predictions: key of the result that holds its predictions.
        batch_size: images a batch, where `method` does not have it.
        family: common name of models that differ only in their seed; empty for others.
        parent: id of the model it is made from; a replicate is compared with it, all others with the base.
        epochs: how long it was trained; None for a model that was not trained.
        moment: its moment of the stored trajectory, counted from the end as in Python; None for all of it.
    """

    id: str
    name: str
    role: Role
    method: Method | None
    stored: str
    file: str
    predictions: str
    batch_size: int = 0
    family: str = ""
    parent: str | None = None
    epochs: int | None = None
    moment: int | None = None


@dataclass(frozen=True)
class StudyPlan:
    """A study as models and tasks; the first model is the base."""

    models: tuple[ModelPlan, ...]
    tasks: tuple[Task, ...]
