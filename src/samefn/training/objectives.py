"""What a training minimises."""

from typing import Protocol

import torch
from torch import Tensor
from torch.nn import functional as F  # noqa: N812  (torch's own custom)


class Objective(Protocol):
    """A loss over one batch."""

    def __call__(self, logits: Tensor, labels: Tensor, index: Tensor) -> Tensor:
        """The mean loss, a scalar.

        Args:
            logits: the model's, [batch, classes].
            labels: true classes, [batch].
            index: which training examples these are, [batch].
        """
        ...


def cross_entropy(logits: Tensor, labels: Tensor, index: Tensor) -> Tensor:
    """Mean categorical cross-entropy with the labels, in nats, one softmax."""
    del index
    return F.cross_entropy(logits, labels)


class Distillation:
    """alpha * cross-entropy with the labels + (1 - alpha) * T^2 * KL(teacher || student), softened by T.

    One softmax on either side. The frozen teacher's logits are given once for the whole training set: the teacher
    is not run again at every step.

    Args:
        teacher_logits: [training examples, classes], on the training device.
        temperature: T, above 0.
        alpha: weight of the label loss, 0 to below 1.

    Source: Hinton, Vinyals and Dean 2015.
    """

    def __init__(self, teacher_logits: Tensor, temperature: float, alpha: float) -> None:
        self.teacher_log_probs = torch.log_softmax(teacher_logits.double() / temperature, dim=1).float()
        self.temperature, self.alpha = temperature, alpha

    def __call__(self, logits: Tensor, labels: Tensor, index: Tensor) -> Tensor:
        """See `Objective`."""
        student = torch.log_softmax(logits / self.temperature, dim=1)
        teacher = self.teacher_log_probs[index]
        divergence = F.kl_div(student, teacher, reduction="batchmean", log_target=True)
        soft = (1 - self.alpha) * self.temperature**2 * divergence
        return soft if self.alpha == 0 else self.alpha * F.cross_entropy(logits, labels) + soft
