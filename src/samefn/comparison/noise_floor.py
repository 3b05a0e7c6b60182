"""The base's own noise: the base run again in smaller batches, on a sample first."""

from dataclasses import dataclass

from samefn.comparison.tasks import common_rows
from samefn.predictions.output_kind import changed_predictions, prediction_distance
from samefn.predictions.predictions import Predictions

# A smaller distance, without a changed prediction, is rounding of float32 and no noise.
ROUNDING = 1e-4
NOISELESS = (
    "Nothing is known of the base's own noise: {}. So it is taken for none, and every change counts as the candidate's:"
    " it can look farther than it is, never nearer."
)
QUIET = "The base is steady: {}. So its own noise counts as none, and every change counts as the candidate's."
SAVED = "its predictions were saved, and cannot be made again"


@dataclass(frozen=True)
class Noise:
    """What is known of the base's own noise.

    Attributes:
        none_because: why the noise is taken for none; empty where a replicate measures it.
        checked: whether a sample showed that there is none.
    """

    none_because: str = ""
    checked: bool = False

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader of the base's entry must know."""
        return (QUIET.format(self.none_because),) if self.checked else ()

    @property
    def warnings(self) -> tuple[str, ...]:
        """What a reader of the report must know."""
        return (NOISELESS.format(self.none_because),) if self.none_because and not self.checked else ()


def is_deterministic(first: Predictions, second: Predictions) -> bool:
    """Whether a model, run again on the same examples, moved by no more than rounding."""
    frame = common_rows(first, second)
    return not bool(changed_predictions(frame).any()) and bool((prediction_distance(frame) <= ROUNDING).all())


def quiet_because(count: int) -> str:
    """Why the base's noise is taken for none where it is deterministic.

    >>> quiet_because(1000)
    'asked 1,000 inputs again in other batches, it answered the same but for rounding'
    """
    return f"asked {count:,} inputs again in other batches, it answered the same but for rounding"


def failed_because(error: str) -> str:
    """Why the noise is taken for none where the replicate failed."""
    return f"it could not be asked in other batches ({error})"
