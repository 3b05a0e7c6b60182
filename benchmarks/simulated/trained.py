"""Really trained nets as a population: LeNets on scikit-learn's digits, and candidates made from one of them."""

from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from samefn.compression.pruning import kernel_names, prune_state
from samefn.config.study import Data
from samefn.core.events import silent
from samefn.datasets.dataset import Dataset, study_dataset
from samefn.datasets.example_set import IMAGE, ExampleSet
from samefn.datasets.load import load_dataset
from samefn.nets.build import build_net
from samefn.runtimes.torch.logits import torch_logits
from samefn.schema.training import Training
from samefn.training.loop import ResidentData, train_net
from samefn.training.objectives import DistillationLoss, Objective, cross_entropy
from samefn.training.seeds import derive_seed
from simulated.grid import Family
from simulated.populations import Candidate, Population, candidate_of, population_of

NAME = "trained LeNets, digits"
BASE = "base"
AGAIN = "base again"
INDEPENDENT = "independent "
CLASSES = 10
LEARNT = 600  # images trained on; all others are the population of inputs

Answers = dict[str, NDArray[Any]]


def trained_logits(folder: Path | None, independents: int = 30, epochs: int = 10) -> Answers:
    """The logits of every net on the images that none was trained on, and under `labels` these images' classes.

    Args:
        folder: where the logits are kept, and taken from if they are there; None to train anew and keep nothing.
        independents: how many nets are trained like the base from other weights in another order.
        epochs: of each training.
    """
    kept = folder / f"digits-{independents}-independents-{epochs}-epochs.npz" if folder else None
    if kept and kept.exists():
        with np.load(kept, allow_pickle=False) as stored:
            return dict(stored)
    torch.set_num_threads(1)
    data = _data()
    found = _base_and_candidates(data, epochs)
    for number in range(1, independents + 1):
        found[f"{INDEPENDENT}{number}"] = _answers(_trained(data, number, number, epochs, cross_entropy), data)
    found["labels"] = data.test.true
    if kept:
        kept.parent.mkdir(parents=True, exist_ok=True)
        np.savez_compressed(kept, **found)  # type: ignore[arg-type]  # numpy's stub takes no names from a dict
    return found


def trained_population(logits: Answers) -> tuple[Population, list[tuple[str, Candidate]]]:
    """The population, and the candidates that changed a prediction, by name.

    Args:
        logits: as `trained_logits` gives them.
    """
    base, labels = logits[BASE], logits["labels"].astype(np.int64)
    of = population_of(
        Family(NAME, CLASSES, error=float(np.mean(base.argmax(1) != labels))),
        labels,
        base,
        [one for name, one in logits.items() if name.startswith(INDEPENDENT)],
    )
    found = [
        (name, candidate_of(of, one))
        for name, one in logits.items()
        if name not in (BASE, "labels") and not name.startswith(INDEPENDENT)
    ]
    return of, [(name, one) for name, one in found if one.share > 0]


def _data() -> Dataset:
    """All digits: `LEARNT` images to train on, all others to test."""
    data = load_dataset(Data(name="digits"), None, Path(), silent)
    rest = np.arange(LEARNT, len(data.train))
    unseen = ExampleSet(
        {IMAGE: np.concatenate([data.train.pixels[rest], data.test.pixels])},
        np.concatenate([data.train.ids[rest], data.test.ids]),
        np.concatenate([data.train.true[rest], data.test.true]),
    )
    return study_dataset(data.name, data.class_names, data.train.first(LEARNT), unseen, data.source)


def _base_and_candidates(data: Dataset, epochs: int) -> Answers:
    net = _trained(data, 0, 0, epochs, cross_entropy)
    state = {name: value.detach().clone() for name, value in net.state_dict().items()}
    found = {BASE: _answers(net, data), AGAIN: _answers(net, data, batch=7)}
    for bits in (8, 5, 4, 3):
        net.load_state_dict({name: _rounded(value, bits) for name, value in state.items()})
        found[f"{bits}-bit weights"] = _answers(net, data)
    parameters = [name for name, _ in net.named_parameters()]
    for fraction in (0.5, 0.8, 0.9):
        net.load_state_dict(prune_state(state, kernel_names(net), parameters, fraction, "kernels")[0])
        found[f"{fraction:.0%} pruned"] = _answers(net, data)
    net.load_state_dict(state)
    teacher = torch.from_numpy(torch_logits(net, data.train.pixels, 256, "cpu"))
    # A student starts from the base's weights and sees another order, as in a study.
    student = _trained(data, 0, -1, epochs, DistillationLoss(teacher, temperature=3.0, alpha=0.1))
    found["distilled"] = _answers(student, data)
    found["trained on"] = _answers(_further(net, data), data)
    return found


def _trained(data: Dataset, start: int, order: int, epochs: int, objective: Objective) -> nn.Module:
    net = build_net("lenet", data.shape, CLASSES, derive_seed("init", start))
    return _run(net, data, derive_seed("order", order), epochs, objective)


def _further(net: nn.Module, data: Dataset) -> nn.Module:
    """One more epoch."""
    return _run(net, data, derive_seed("order", -2), 1, cross_entropy)


def _run(net: nn.Module, data: Dataset, order: int, epochs: int, objective: Objective) -> nn.Module:
    resident = ResidentData(data.train.pixels, data.train.true, "cpu")
    settings = Training(epochs=epochs)
    train_net(NAME, net, resident, objective, settings, order, lambda _: {}, _Memory(), lambda _: None)
    return net


def _answers(net: nn.Module, data: Dataset, batch: int = 256) -> NDArray[np.float32]:
    return torch_logits(net, data.test.pixels, batch, "cpu")


def _rounded(values: Tensor, bits: int) -> Tensor:
    """Weights on a symmetric grid of 2^bits - 1 steps; biases as they are."""
    if values.dim() < 2:
        return values
    step = float(values.abs().max()) / (2 ** (bits - 1) - 1)
    return values.div(step).round().mul(step)


class _Memory:
    """A sink for trainings that nothing interrupts."""

    def __init__(self) -> None:
        self._files: dict[str, bytes] = {}

    def write(self, name: str, data: bytes) -> None:
        """Keep a file."""
        self._files[name] = data

    def read(self, name: str) -> bytes | None:
        """A file written before."""
        return self._files.get(name)

    def remove(self, name: str) -> None:
        """Forget a file."""
        self._files.pop(name, None)
