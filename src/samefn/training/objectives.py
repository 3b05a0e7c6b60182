"""The loss that a training minimises."""

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


class DistillationLoss:
    """alpha * cross-entropy with the labels + (1 - alpha) * T^2 * KL(teacher || student), softened by T.

    Both sides get one softmax. The paper's notebooks differ, and the two options repeat what they do: their nets end
    in a softmax, and they treat its probabilities as logits. The teacher's logits are given once for the whole
    training set, so the teacher is not run at every step.

    Args:
        teacher_logits: [training examples, classes], on the training device.
        temperature: T, above 0.
        alpha: weight of the label loss, 0 to below 1.
        double_softmax: soften probabilities in place of logits, on both sides.
        softmax_as_logits: compute the label loss of probabilities as if they were logits.

    Source: Hinton, Vinyals and Dean 2015.
    """

    def __init__(
        self,
        teacher_logits: Tensor,
        temperature: float,
        alpha: float,
        *,
        double_softmax: bool = False,
        softmax_as_logits: bool = False,
    ) -> None:
        outputs = teacher_logits.double()
        if double_softmax:
            outputs = torch.softmax(outputs, dim=1)
        self.teacher_log_probs = torch.log_softmax(outputs / temperature, dim=1).float()
        self.temperature, self.alpha = temperature, alpha
        self.double_softmax, self.softmax_as_logits = double_softmax, softmax_as_logits

    def __call__(self, logits: Tensor, labels: Tensor, index: Tensor) -> Tensor:
        """See `Objective`."""
        outputs = torch.softmax(logits, dim=1) if self.double_softmax else logits
        student = torch.log_softmax(outputs / self.temperature, dim=1)
        teacher = self.teacher_log_probs[index]
        divergence = F.kl_div(student, teacher, reduction="batchmean", log_target=True)
        soft = (1 - self.alpha) * self.temperature**2 * divergence
        if self.alpha == 0:
            return soft
        label_logits = torch.softmax(logits, dim=1) if self.softmax_as_logits else logits
        return self.alpha * F.cross_entropy(label_logits, labels) + soft
