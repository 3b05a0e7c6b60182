"""What the tasks of a comparison need to know: made by the plan, read by the functions that run.

A `...Spec` decides a result: its fields are the settings in the key. The others only reach the function: they are
neither hashed nor kept.
"""

from samefn.comparison.model_identity import ModelIdentity
from samefn.config.comparison import ModelSource
from samefn.engine.task import TaskSpec
from samefn.engine.worker_check import PlannedOn
from samefn.schema.report import Role


class PredictionSpec(TaskSpec):
    """Predictions of a model.

    Attributes:
        source: the model, by its content.
        batch: examples a batch.
        examples: how many, counted from the first stored one.
        repeat: whether the same was run before, and this run shows whether it gives the same again.
    """

    source: ModelIdentity
    batch: int
    examples: int
    repeat: bool = False


class ModelRun(PlannedOn):
    """The model that runs.

    Attributes:
        model: where it is, and how examples become its input.
        assume_class_scores: whether its output counts as class scores without a check.
        role: base, candidate or independent; of a replicate, that of its parent.
    """

    model: ModelSource
    assume_class_scores: bool
    role: Role


class RowsSpec(TaskSpec):
    """Rows of a model against the base.

    Attributes:
        measures: their names.
    """

    measures: tuple[str, ...]


class ModelPaths(PlannedOn):
    """The paths of the base and the other model, for errors.

    Attributes:
        paths: of the two.
    """

    paths: tuple[str, str]


class CostSpec(TaskSpec):
    """What models cost to run.

    Attributes:
        answers: keys of their predictions: latencies of a comparison are measured in one run, side by side.
        batch: examples a batch.
        seconds: for the latency of each model.
    """

    answers: tuple[str, ...]
    batch: int
    seconds: float


class CostSources(TaskSpec):
    """The models whose costs are measured.

    Attributes:
        sources: where they are, by id.
    """

    sources: dict[str, ModelSource]
