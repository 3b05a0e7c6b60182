"""Whether the output of a model that was run is scores of classes."""

import numpy as np
from numpy.typing import NDArray

from samefn.config.comparison import ModelSource
from samefn.datasets.example_set import ExampleSet
from samefn.predictions.class_scores import why_not_class_scores
from samefn.runtimes.model import Model, output_trail


def class_doubt(
    model: Model, source: ModelSource, examples: ExampleSet, scores: NDArray[np.float32], *, base: bool = True
) -> str:
    """Why a model's output is no class scores; empty where nothing says so.

    Args:
        model: the model.
        source: where it is from, and what is said of it.
        examples: what it ran on.
        scores: what it gave for the first of them; NaN where it failed.
        base: whether labels and values are asked too.
    """
    whole = np.isfinite(scores).all(axis=1)
    if not whole.any():
        return ""
    sizes = [int(np.prod(array.shape[1:])) for array in examples.arrays.values()]
    known = None if examples.labels is None else examples.labels[: len(scores)][whole]
    return why_not_class_scores(scores[whole], output_trail(model, source.output), sizes, known, base=base)
