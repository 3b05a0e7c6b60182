"""What replicates show of their parents' noise: on a sample, and which of them must run on all examples."""

from collections.abc import MutableMapping, Sequence

from samefn.comparison.models import ComparedModel
from samefn.comparison.noise_floor import (
    SAVED,
    NoiseFloor,
    moves,
    noise_on_sample,
    replicate_failed,
    unmeasured_own_noise,
    why_all_examples,
)
from samefn.comparison.piece_runs import PieceRuns
from samefn.comparison.plan import Piece
from samefn.core.events import Emit, Event


class ReplicateNoise:
    """The noise of one comparison's models.

    Args:
        base: the base.
        runs: of models and replicates.
        failures: by model id, why it failed; those of replicates are taken out.
        emit: receives a note where a replicate must run on all examples.

    Attributes:
        floor: the noise floor.
        warnings: on candidates that cannot be run again.
    """

    def __init__(self, base: ComparedModel, runs: PieceRuns, failures: MutableMapping[str, str], emit: Emit) -> None:
        self._base, self._runs, self._failures, self._emit = base, runs, failures, emit
        self.floor = NoiseFloor(SAVED if base.saved else "")
        self.warnings: list[str] = []

    def on_sample(self, again: Sequence[ComparedModel], piece: Piece, sample: Piece, count: int) -> list[ComparedModel]:
        """The replicates that must run on all examples; sets the noise floor as the sample shows it.

        Args:
            again: the replicates, run on the sample.
            piece: what their parents ran on.
            sample: the sample.
            count: how many examples there are.
        """
        moving = list[ComparedModel]()
        for replicate in again:
            parent, why = replicate.parent or self._base, self._failures.pop(replicate.id, "")
            of_base = parent.role == "base"
            if parent.id in self._failures:
                continue
            if why:
                self.failed(replicate, why)
                continue
            first, second = self._runs.predictions(parent, piece), self._runs.predictions(replicate, sample)
            if of_base and not replicate.repeat:
                self.floor = noise_on_sample(first, second, count)
            moved = moves(first, second)
            if moved or (of_base and not self.floor.is_zero):
                moving.append(replicate)
            if moved and of_base:
                self.floor = NoiseFloor()
            if moved and sample.count < count:
                self._emit(Event("note", parent.name, why_all_examples(replicate)))
        return moving

    def failed(self, replicate: ComparedModel, why: str) -> None:
        """A replicate that cannot be run: the noise floor is not measured, or of a candidate there is a warning."""
        parent = replicate.parent or self._base
        if parent.role == "base":
            self.floor = replicate_failed(why)
        else:
            self.warnings.append(unmeasured_own_noise(parent.name, why))
