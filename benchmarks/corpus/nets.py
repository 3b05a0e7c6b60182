"""The nets of the corpus, each trained from a seed: initial weights, order of examples, sometimes the sample."""

import warnings
from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier
from torch import nn

from corpus.tasks import Task

Probabilities = NDArray[np.float64]
Train = Callable[[Task, int], Probabilities]
"""Trains from a seed and answers the task's test inputs: [examples, classes]."""


def _flat(images: NDArray[np.float32]) -> NDArray[np.float32]:
    return images.reshape(len(images), -1)


def mlp(*widths: int, solver: str = "adam", rate: float = 0.003, epochs: int = 40) -> Train:
    """A perceptron of scikit-learn."""

    def train(task: Task, seed: int) -> Probabilities:
        net = MLPClassifier(
            widths, solver=solver, learning_rate_init=rate, max_iter=epochs, batch_size=32, random_state=seed
        )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)  # the recipe says how long
            net.fit(_flat(task.train), task.train_labels)
        return np.asarray(net.predict_proba(_flat(task.test)))

    return train


def logistic(task: Task, seed: int) -> Probabilities:
    """A logistic regression on a sample with replacement: other data is all that its seed changes."""
    draws, everyone = np.random.default_rng(seed), np.arange(len(task.train))
    first = np.unique(task.train_labels, return_index=True)[1]  # one of each class, so that all know all classes
    sample = np.concatenate([first, draws.choice(everyone, len(everyone) - len(first))])
    net = LogisticRegression(max_iter=300).fit(_flat(task.train[sample]), task.train_labels[sample])
    return np.asarray(net.predict_proba(_flat(task.test)))


def convolutions(optimizer: str, rate: float, epochs: int) -> Train:
    """Two convolutions and a linear layer in torch."""

    def train(task: Task, seed: int) -> Probabilities:
        torch.manual_seed(seed)
        channels, height, width = task.train.shape[1:]
        features = 32 * (height // 4) * (width // 4)
        net = nn.Sequential(
            *(nn.Conv2d(channels, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)),
            *(nn.Conv2d(16, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)),
            *(nn.Flatten(), nn.Linear(features, task.classes)),
        )
        step = (
            torch.optim.Adam(net.parameters(), rate)
            if optimizer == "adam"
            else torch.optim.SGD(net.parameters(), rate, momentum=0.9)
        )
        x, y = torch.from_numpy(task.train), torch.from_numpy(task.train_labels)
        for _ in range(epochs):
            for batch in torch.randperm(len(x)).split(64):  # type: ignore[no-untyped-call]
                step.zero_grad()
                nn.functional.cross_entropy(net(x[batch]), y[batch]).backward()  # type: ignore[no-untyped-call]
                step.step()
        with torch.inference_mode():
            return np.asarray(net(torch.from_numpy(task.test)).double().softmax(1).numpy())

    return train


NETS_OF_TABLES: dict[str, Train] = {
    "MLP 8": mlp(8),
    "MLP 64": mlp(64),
    "MLP 32-32, SGD": mlp(32, 32, solver="sgd", rate=0.02),
    "logistic, other sample": logistic,
}
NETS_OF_IMAGES: dict[str, Train] = {
    "MLP 64": mlp(64, rate=0.001, epochs=10),
    "convolutions, Adam": convolutions("adam", 0.002, 6),
    "convolutions, SGD, short": convolutions("sgd", 0.02, 3),
}
