"""How far a model moves when it is run again, first on a sample: of the base this is the noise floor.

The callers run it again: `measure` as tasks, `api` in this process.
"""

from dataclasses import dataclass

from samefn.comparison.models import ComparedModel
from samefn.comparison.tasks import common_rows
from samefn.measures.distances import ROUNDING
from samefn.predictions.output_kind import changed_predictions, prediction_distance
from samefn.predictions.predictions import Predictions

SAVED = "saved predictions"


@dataclass(frozen=True)
class NoiseFloor:
    """How the base's run-to-run noise is known.

    Attributes:
        unmeasured: why it was not measured; empty where it was.
        same_inputs: how many inputs gave the same predictions again, so that it is taken for zero; 0 for none.
    """

    unmeasured: str = ""
    same_inputs: int = 0

    @property
    def is_zero(self) -> bool:
        """Whether it is taken for zero, so that no replicate measures it."""
        return bool(self.unmeasured or self.same_inputs)

    @property
    def notes(self) -> tuple[str, ...]:
        """Notes on the base."""
        if not self.same_inputs:
            return ()
        count = f"{self.same_inputs:,} inputs"
        return (f"Run-to-run noise taken for zero: {count} gave the same predictions in other batches (to rounding).",)

    @property
    def warnings(self) -> tuple[str, ...]:
        """Warnings of the report."""
        return (unmeasured_noise(self.unmeasured),) if self.unmeasured else ()


def unmeasured_noise(reason: str) -> str:
    """The warning that the noise of the base was not measured.

    >>> unmeasured_noise("saved predictions")
    'Run-to-run noise of the base was not measured (saved predictions); assumed zero.'
    """
    return f"Run-to-run noise of the base was not measured ({reason}); assumed zero."


def unmeasured_own_noise(name: str, error: str) -> str:
    """The warning that the noise of a candidate was not measured."""
    return f"Run-to-run noise of {name} was not measured (it cannot be run again: {error})."


def why_all_examples(replicate: ComparedModel) -> str:
    """Why a model is run on all examples again, as a note."""
    moved = "change when it is run once more" if replicate.repeat else "depend on the batch"
    of_base = replicate.parent is not None and replicate.parent.role == "base"
    measured = "the noise floor" if of_base else "its own noise"
    return f"its predictions {moved}, so it runs on all examples again to measure {measured}"


def replicate_failed(error: str) -> NoiseFloor:
    """The noise floor where the replicate could not be run."""
    return NoiseFloor(f"it cannot be run in other batches: {error}")


def noise_on_sample(base: Predictions, replicate: Predictions, examples: int) -> NoiseFloor:
    """The noise floor as a replicate on the first examples shows it.

    It is taken for zero where the sample moved by no more than rounding. Else, and where the sample is all examples, a
    replicate on all examples measures it.

    Args:
        base: the base's predictions, of the sample or more.
        replicate: the predictions of the base run again on the sample.
        examples: how many there are in all.
    """
    count = replicate.examples
    return NoiseFloor() if count == examples or moves(base, replicate) else NoiseFloor(same_inputs=count)


def moves(first: Predictions, again: Predictions) -> bool:
    """Whether a model that is run again moves by more than rounding.

    Args:
        first: its predictions.
        again: of another run, on the first of these examples or all.
    """
    frame = common_rows(first.part(slice(again.examples)), again)
    return bool(changed_predictions(frame).any()) or not bool((prediction_distance(frame) <= ROUNDING).all())
