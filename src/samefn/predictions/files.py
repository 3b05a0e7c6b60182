"""Trajectories on disk: one safetensors file of numbers, JSON in its header. Nothing pickled."""

import json
from pathlib import Path

import numpy as np
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save

from samefn.core.canonical import canonical_json
from samefn.core.errors import InputError
from samefn.predictions.predictions import Predictions, Trajectory

FORMAT = "samefn-trajectory-1"


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
        "format": FORMAT,
        "ids": last.ids.tolist(),
        "provenance": last.provenance,
        "notes": last.notes,
    }
    # One key only: safetensors keeps its metadata in a hash map, whose order is not the same twice.
    return save(tensors, metadata={"samefn": canonical_json(header).decode()})


def read_trajectory(path: Path, model: str) -> Trajectory:
    """Read what `trajectory_bytes` wrote.

    Args:
        path: the file.
        model: the id to give the model: the file holds none, since studies call one model by different ids.

    Raises:
        InputError: the file is not such a file.
    """
    try:
        with safe_open(path, framework="numpy") as file:
            header = json.loads((file.metadata() or {}).get("samefn", "{}"))
            if header.get("format") != FORMAT:
                raise InputError("SF4026", "not a samefn trajectory", where=str(path))
            names = set(file.keys())
            log_probs, epochs = file.get_tensor("log_probs"), file.get_tensor("epochs")
            labels = file.get_tensor("labels") if "labels" in names else None
    except (OSError, ValueError, KeyError, SafetensorError) as error:
        raise InputError("SF4027", f"cannot be read as safetensors ({error})", where=str(path)) from error
    ids = np.asarray(header["ids"], dtype=np.str_)
    provenance, notes = header["provenance"], tuple(header["notes"])
    moments = tuple(
        Predictions(model, np.ascontiguousarray(values), ids, labels, provenance, notes) for values in log_probs
    )
    return Trajectory(model, tuple(int(epoch) for epoch in epochs), moments)
