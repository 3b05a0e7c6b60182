"""What an analysis starts from: one model and its predictions."""

from collections.abc import Mapping
from dataclasses import dataclass

from samefn.predictions.trajectory import Trajectory
from samefn.schema.report import ModelEntry


@dataclass(frozen=True, eq=False)
class Subject:
    """One model and its predictions.

    Attributes:
        entry: what the report says of it; the analysis fills in the accuracies.
        trajectories: by evaluation set, what it said; one moment for a model that was not trained here.
        compared_with: id of the model it is compared with; None for the base.
        trained: whether the trajectory's epochs are epochs of a training.
    """

    entry: ModelEntry
    trajectories: Mapping[str, Trajectory]
    compared_with: str | None
    trained: bool

    @property
    def id(self) -> str:
        """The model's id."""
        return self.entry.id
