"""The plan of a study: its models, and the tasks that make them."""

from dataclasses import dataclass

from samefn.engine.task import Task
from samefn.schema.methods import Method
from samefn.schema.report import Role


@dataclass(frozen=True)
class ModelPlan:
    """One model of the study, and where what is known of it will be.

    Attributes:
        id: unique in the study.
        name: for people.
        role: what it is to the study.
        method: how it is made; None where only the record beside its file will say it.
        stored: key of the result that holds the model's file.
        file: the model's file in that result.
        predictions: key of the result that holds its predictions.
        batch_size: images at once, where `method` does not say it.
        family: what it and the models that differ from it in their seed alone are called; empty for others.
        parent: id of the model it is made from; a replicate is compared with it, all others with the base.
        epochs: how long it was trained; None for a model that was not trained.
        moment: which moment of the stored trajectory it is, counted from the end as in Python; None for all of it.
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
class Plan:
    """A study as models and tasks; the first model is the base."""

    models: tuple[ModelPlan, ...]
    tasks: tuple[Task, ...]
