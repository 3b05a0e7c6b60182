"""From measured steps to the time of the whole paper: arithmetic alone, nothing is measured here."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean, median
from typing import Any

from gpu.pairs import PAPER, Pair, read_pair


@dataclass(frozen=True)
class Cost:
    """What one process needs while others run beside it, in seconds.

    Attributes:
        step: a step.
        image: the evaluation of an image.
        checkpoint: what follows an epoch's evaluation: the state to the disk.
    """

    step: float
    image: float
    checkpoint: float


@dataclass(frozen=True)
class Projection:
    """All trainings of some pairs, a number of processes at once.

    Attributes:
        trainings: how many.
        seconds: all of them by the measured costs, the processes kept busy to the end.
        chain: the longest pair's base, its answers as teacher, and a student: no number of processes does it faster.
        lower_bound: all their operations at the device's rate.
    """

    trainings: int
    seconds: float
    chain: float
    lower_bound: float

    @property
    def whole(self) -> float:
        """Seconds until the last is done."""
        return max(self.seconds, self.chain)


def cost(run: dict[str, Any], sizes: dict[str, int]) -> Cost:
    """The median over rounds of the mean over processes."""

    def typical(part: str) -> float:
        return median(fmean(answer[part] for answer in answers) for answers in run["rounds"])

    return Cost(typical("steps") / sizes["steps"], typical("evaluation") / sizes["evaluation"], typical("checkpoint"))


def training_seconds(pair: Pair, one: Cost) -> float:
    """A whole training: all epochs' steps, the test set before the first and after each, a checkpoint each time."""
    after = pair.test * one.image + one.checkpoint
    return pair.epochs * (pair.steps * one.step + after) + after


def teaching_seconds(pair: Pair, one: Cost) -> float:
    """The teacher's answers to the training images, given once for all students."""
    return pair.train * one.image


def training_operations(pair: Pair, each: dict[str, int]) -> int:
    """Of a whole training, from those of an image."""
    return pair.epochs * pair.train * each["step"] + (pair.epochs + 1) * pair.test * each["evaluation"]


def project(
    results: dict[str, Any], records: Sequence[dict[str, Any]], processes: int, preset: bool
) -> Projection | None:
    """The time of some pairs on the device.

    Args:
        results: what `rounds.measure` gave.
        records: the pairs, as the results hold them.
        processes: how many at once.
        preset: all trainings of the preset `paper`, or only the paper's own.

    Returns:
        The projection; None where a pair was not measured at so many processes or did not fit.
    """
    trainings, seconds, chain, needed = 0, 0.0, 0.0, 0
    for record in records:
        pair, run = read_pair(record), run_of(record, processes)
        if run is None:
            return None
        count, one = pair.preset if preset else PAPER, cost(run, results["sizes"])
        training, teaching = training_seconds(pair, one), teaching_seconds(pair, one)
        trainings += count["trainings"]
        seconds += (count["trainings"] * training + count["teachers"] * teaching) / processes
        chain = max(chain, 2 * training + teaching)
        needed += count["trainings"] * training_operations(pair, record["operations"])
        needed += count["teachers"] * pair.train * record["operations"]["evaluation"]
    return Projection(trainings, seconds, chain, needed / median(results["rates"]["float32"]))


def run_of(record: dict[str, Any], processes: int) -> dict[str, Any] | None:
    """The run with so many processes; None where there is none or they did not fit."""
    return next((run for run in record["runs"] if run["processes"] == processes and run["fits"]), None)


def counts(results: dict[str, Any]) -> list[int]:
    """The numbers of processes that were tried."""
    return sorted({run["processes"] for record in results["pairs"] for run in record["runs"]})
