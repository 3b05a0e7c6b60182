"""What the tasks of a comparison need to know: made by the plan, read by the functions that run.

What decides a result is a type for each kind of task; its fields are the settings in the key. The others are told and
neither hashed nor kept.
"""

from samefn.comparison.model_identity import ModelIdentity
from samefn.config.comparison import ModelSource
from samefn.engine.task import TaskSpec
from samefn.engine.worker_check import PlannedOn
from samefn.schema.report import Role


class AnswerSpec(TaskSpec):
    """What a model predicts.

    Attributes:
        source: the model, by its content.
        batch: examples a batch.
        examples: how many, the first of those that are needed.
    """

    source: ModelIdentity
    batch: int
    examples: int


class ModelRun(PlannedOn):
    """The model that runs.

    Attributes:
        model: where it is, and how it is fed.
        insisted: whether its output is class scores, whatever it looks like.
        role: what it is to the comparison.
    """

    model: ModelSource
    insisted: bool
    role: Role


class RowsSpec(TaskSpec):
    """Rows of a model against the base.

    Attributes:
        measures: their names.
    """

    measures: tuple[str, ...]


class ModelPaths(PlannedOn):
    """What errors call the base and the other model.

    Attributes:
        paths: of the two.
    """

    paths: tuple[str, str]


class CostSpec(TaskSpec):
    """What models cost to run.

    Attributes:
        answers: keys of what they predict: latencies of a comparison are of one run, side by side.
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
