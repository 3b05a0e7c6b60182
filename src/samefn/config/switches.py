"""The differences between the paper's text and its public notebooks: one switch each."""

from dataclasses import dataclass
from typing import get_args

from samefn.schema.protocols import Switch

SWITCHES: tuple[Switch, ...] = get_args(Switch)


@dataclass(frozen=True)
class Difference:
    """One difference between the two protocols.

    Attributes:
        title: for people.
        published: what the notebooks do; the switch on.
        corrected: what the text says, or what is right; the switch off.
    """

    title: str
    published: str
    corrected: str


DIFFERENCES: dict[Switch, Difference] = {
    "double-softmax": Difference(
        "softmax in distillation",
        "applied twice: the nets end in softmax, and softmax(output / T) is taken of that, so the teacher's targets "
        "are nearly flat",
        "applied once, to logits / T",
    ),
    "student-adamax": Difference(
        "the students' optimiser", "Adamax at 1e-3, where base and independents have Adam", "the base's"
    ),
    "softmax-as-logits": Difference(
        "the label loss of some students on MNIST",
        "cross-entropy that takes softmax outputs for logits, at alpha 0.5 with seed 42 and at alpha 0.9",
        "cross-entropy of logits",
    ),
    "prune-everything": Difference(
        "what pruning ranks",
        "all arrays: kernels, biases, scales and shifts, running means and variances",
        "kernels of convolutions and dense layers",
    ),
    "dynamic-range": Difference(
        "8-bit", "dynamic-range only: int8 weights, activations quantised on the fly", "dynamic-range and static"
    ),
    "repeated-points": Difference(
        "a compressed model on the landscape",
        "repeats the base's moments before its own last one, and every panel has another perplexity",
        "has the one point that it really has, and the panels share their settings",
    ),
}


def takes_softmax_for_logits(data: str, alpha: float, seed: int) -> bool:
    """Whether the notebooks give this student the label loss of `softmax-as-logits`."""
    return data == "mnist" and (alpha == 0.9 or (alpha == 0.5 and seed == 42))
