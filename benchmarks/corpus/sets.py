"""Sets of models of one task and recipe, and how far every two of them are apart."""

from collections.abc import Callable, Iterator
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corpus.nets import NETS_OF_IMAGES, NETS_OF_TABLES, Train
from corpus.tasks import IMAGES, TABLES, Task

MODELS = 8  # in a set: each in turn is the base of seven independents


def trained_sets(data_dir: Path | None, models: int = MODELS) -> Iterator[dict[str, object]]:
    """Train every set and say what came out, one entry a set.

    Args:
        data_dir: a folder with `mnist`, `cifar10` and `cifar100`; None for the tables alone.
        models: in each set.
    """
    seed = 0
    for make in TABLES:
        task = make()
        for name, train in NETS_OF_TABLES.items():
            yield trained_set(task, name, train, seed, models)
            seed += models
    for of_folder in IMAGES if data_dir else ():
        task = of_folder(data_dir)  # type: ignore[arg-type]  # there is a folder
        for name, train in NETS_OF_IMAGES.items():
            yield trained_set(task, name, train, seed, models)
            seed += models


def trained_set(task: Task, name: str, train: Train, seed: int, models: int) -> dict[str, object]:
    """Train one set.

    Args:
        task: what is learnt.
        name: of net and recipe.
        train: trains one.
        seed: of the first model; the others have the next ones.
        models: how many.

    Returns:
        `examples` is the number of test inputs; `accuracies` are [models]; `disagreement` and `total_variation` are the
        mean distances of every two models, (0, 1), (0, 2) ... (1, 2) ...; `interactions` are, with each model as the
        base, the variance over inputs and independents of what neither the input nor the independent explains.
    """
    answers = np.stack([train(task, seed + at) for at in range(models)])
    top = answers.argmax(axis=2)
    apart = {"disagreement": _pairs(top, _disagreement), "total_variation": _pairs(answers, _total_variation)}
    entry: dict[str, object] = {
        "task": task.name,
        "net": name,
        "seed": seed,
        "models": models,
        "classes": task.classes,
        "trained_on": len(task.train),
        "examples": len(task.test),
        "accuracies": [round(float(one), 5) for one in (top == task.test_labels).mean(axis=1)],
    }
    for measure, distances in apart.items():
        entry[measure] = [round(float(one.mean()), 6) for one in distances.values()]
        entry[f"{measure}_interactions"] = [
            float(f"{interaction(_of_base(distances, base, models)):.4g}") for base in range(models)
        ]
    return entry


def interaction(distances: NDArray[np.float64]) -> float:
    """The variance left when the means of inputs and of independents are taken off [independents, inputs]."""
    independents, inputs = distances.shape
    left = distances - distances.mean(axis=0) - distances.mean(axis=1, keepdims=True) + distances.mean()
    return float(np.square(left).sum() / ((independents - 1) * (inputs - 1)))


def _pairs(
    answers: NDArray[Any], distance: Callable[[NDArray[Any], NDArray[Any]], NDArray[np.float64]]
) -> dict[tuple[int, int], NDArray[np.float64]]:
    return {(one, other): distance(answers[one], answers[other]) for one, other in combinations(range(len(answers)), 2)}


def _of_base(distances: dict[tuple[int, int], NDArray[np.float64]], base: int, models: int) -> NDArray[np.float64]:
    return np.stack([distances[min(base, at), max(base, at)] for at in range(models) if at != base])


def _disagreement(one: NDArray[Any], other: NDArray[Any]) -> NDArray[np.float64]:
    return np.asarray(one != other, dtype=np.float64)


def _total_variation(one: NDArray[Any], other: NDArray[Any]) -> NDArray[np.float64]:
    return np.asarray(np.abs(one - other).sum(axis=1) / 2)
