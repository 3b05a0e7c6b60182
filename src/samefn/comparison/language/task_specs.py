"""What the task of a comparison of language models needs to know: made by the plan, read by the function that runs."""

from samefn.comparison.model_identity import ModelIdentity
from samefn.config.comparison import ModelSource
from samefn.engine.task import TaskSpec
from samefn.engine.worker_check import PlannedOn


class ScoreSpec(TaskSpec):
    """Rows of a language model against the base, over some windows of a text.

    Attributes:
        models: the base and the other model, by their content.
        first: number of the first window.
        measures: their names.
        rows: version of the code that makes rows, so that a measure whose numbers change also changes this key.
    """

    models: tuple[ModelIdentity, ModelIdentity]
    first: int
    measures: tuple[str, ...]
    rows: int


class ScoredPair(PlannedOn):
    """The models that run.

    Attributes:
        sources: where the base and the other model are.
    """

    sources: tuple[ModelSource, ModelSource]
