"""Predictions of one model over its training, in memory and as a file: safetensors with a JSON header."""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save

from samefn.core.canonical import canonical_json
from samefn.core.errors import InputError
from samefn.predictions.predictions import Predictions, require_same_inputs

TRAJECTORY_FORMAT = "samefn-trajectory-1"


@dataclass(frozen=True, eq=False)
class Trajectory:
    """Predictions of one model over its training, on the same examples at every moment.

    Attributes:
        model: the model's id.
        epochs: how many epochs each moment lies behind the start, increasing; 0 is the initial model.
        moments: the predictions, one an epoch.
    """

    model: str
    epochs: tuple[int, ...]
    moments: tuple[Predictions, ...]

    def __post_init__(self) -> None:
        if len(self.epochs) != len(self.moments) or not self.moments:
            raise InputError("SF410", "a trajectory needs one epoch for each moment", where=self.model)
        if list(self.epochs) != sorted(set(self.epochs)):
            raise InputError("SF410", "a trajectory's epochs must increase", where=self.model)
        first = self.moments[0]
        for moment in self.moments[1:]:
            require_same_inputs(first, moment)

    @property
    def last(self) -> Predictions:
        """The predictions after the last epoch."""
        return self.moments[-1]


def trajectory_bytes(trajectory: Trajectory) -> bytes:
    """The content of a trajectory's file; equal trajectories give equal bytes."""
    last = trajectory.last
    tensors: dict[str, np.ndarray] = {
        "log_probs": np.stack([moment.log_probs for moment in trajectory.moments]),
        "epochs": np.asarray(trajectory.epochs, dtype=np.int64),
    }
    if last.labels is not None:
        tensors["labels"] = last.labels
    header = {
        "format": TRAJECTORY_FORMAT,
        "ids": last.ids.tolist(),
        "provenance": last.provenance,
        "notes": last.notes,
    }
    # One key only: safetensors keeps its metadata in a hash map, whose order changes from run to run.
    return save(tensors, metadata={"samefn": canonical_json(header).decode()})


def read_trajectory(path: Path, model: str) -> Trajectory:
    """Read what `trajectory_bytes` wrote.

    Args:
        path: the file.
        model: the id to give the model. The file holds none: studies use different ids for one model.

    Raises:
        InputError: the file is damaged, or not such a file.
    """
    try:
        with safe_open(path, framework="numpy") as file:
            header = json.loads((file.metadata() or {}).get("samefn", "{}"))
            if header.get("format") != TRAJECTORY_FORMAT:
                raise InputError("SF412", "is not a samefn trajectory", where=str(path))
            names = set(file.keys())
            log_probs, epochs = file.get_tensor("log_probs"), file.get_tensor("epochs")
            labels = file.get_tensor("labels") if "labels" in names else None
    except (OSError, ValueError, KeyError, SafetensorError) as error:
        raise InputError("SF412", f"cannot be read as safetensors ({error})", where=str(path)) from error
    ids = np.asarray(header["ids"], dtype=np.str_)
    provenance, notes = header["provenance"], tuple(header["notes"])
    moments = tuple(
        Predictions(model, np.ascontiguousarray(values), ids, labels, provenance, notes) for values in log_probs
    )
    return Trajectory(model, tuple(int(epoch) for epoch in epochs), moments)
