"""Tasks of torchmetrics, in its own environment; one thread."""

import torch
import torchmetrics
from torchmetrics.functional.classification import multiclass_accuracy, multiclass_calibration_error
from torchmetrics.functional.regression import (
    cosine_similarity,
    jensen_shannon_divergence,
    kendall_rank_corrcoef,
    kl_divergence,
)

from measuring.made_up import Table
from measuring.worker import Task, work


def _tensor(table: Table) -> torch.Tensor:
    return torch.from_numpy(table)


def _kendall(p: Table, q: Table) -> float:
    taus = kendall_rank_corrcoef(_tensor(p).T.contiguous(), _tensor(q).T.contiguous())
    if isinstance(taus, tuple):
        raise TypeError("a test of significance was not asked for")
    return float(taus.mean().item())


def _disagreement(p: Table, q: Table) -> float:
    base = _tensor(p).argmax(dim=1)
    return 1 - float(multiclass_accuracy(_tensor(q), base, num_classes=p.shape[1], average="micro").item())


TASKS: dict[str, Task] = {
    "torchmetrics:jensen_shannon": lambda p, q, _: jensen_shannon_divergence(
        _tensor(p), _tensor(q), log_prob=True
    ).item(),
    "torchmetrics:kl_divergence": lambda p, q, _: kl_divergence(_tensor(p), _tensor(q), log_prob=True).item(),
    "torchmetrics:cosine_similarity": lambda p, q, _: cosine_similarity(
        _tensor(p).exp(), _tensor(q).exp(), reduction="mean"
    ).item(),
    "torchmetrics:kendall_tau": lambda p, q, _: _kendall(p, q),
    "torchmetrics:disagreement": lambda p, q, _: _disagreement(p, q),
    "torchmetrics:calibration_error": lambda _, q, labels: multiclass_calibration_error(
        _tensor(q).exp(), torch.from_numpy(labels), num_classes=q.shape[1], n_bins=15
    ).item(),
}
if __name__ == "__main__":
    torch.set_num_threads(1)
    work(TASKS, {"torch": torch.__version__, "torchmetrics": torchmetrics.__version__})
