"""A model run on examples, block by block, and the record of how it was run."""

from dataclasses import asdict, dataclass, field

import numpy as np
from numpy.typing import NDArray

from samefn.config.comparison import ModelSource
from samefn.datasets.example_set import ExampleSet
from samefn.predictions.class_scores import not_class_scores, why_not_class_scores
from samefn.predictions.interpret import detect_output_kind, to_predictions
from samefn.predictions.rounding import rounding_of
from samefn.runtimes.inference import Scores, infer_block
from samefn.runtimes.inputs.feeding import FeedPlan, plan_feed
from samefn.runtimes.model import Array, Model, output_trail
from samefn.schema.base import Part
from samefn.schema.methods import OutputKind
from samefn.schema.records import AnswerRecord, Rounding

# The first examples, this many, decide what a model's output holds and whether the base is deterministic.
SAMPLE_SIZE = 256


@dataclass
class Inference:
    """A model that is run on examples, block by block, so that an interruption costs one block.

    Args:
        model: the model.
        plan: how examples become its input.
        source: where it is from, and its settings.
        batch: examples a batch.
        base: whether labels and values too decide that its output is class scores; a candidate may have lost them.
        assume_class_scores: whether its output counts as class scores without a check.
    """

    model: Model
    plan: FeedPlan
    source: ModelSource
    batch: int
    base: bool = True
    assume_class_scores: bool = False
    doubt: str = field(init=False, default="")
    returns: OutputKind | None = field(init=False)
    failed: dict[int, str] = field(init=False, default_factory=dict)
    rounding: Rounding = field(init=False, default_factory=Rounding)

    def __post_init__(self) -> None:
        self.returns = self.source.returns

    def block(self, arrays: dict[str, Array], rows: slice, examples: ExampleSet) -> tuple[Scores, "BlockNotes"]:
        """Log-probabilities of some examples, NaN where the model failed, and notes on these examples.

        Raises:
            InputError: the model cannot be run, or its output is no class scores.
        """
        inferred = infer_block(self.model, self.plan, arrays, rows, self.batch, self.source.output, self.source.path)
        if rows.start == 0:
            self._require_scores(examples, inferred.scores[:SAMPLE_SIZE])
        values, rounding = self._log_probs(inferred.scores, examples.ids[rows])
        notes = BlockNotes(failed=dict(inferred.failed), returns=self.returns, rounding=rounding, doubt=self.doubt)
        return values, notes

    def _require_scores(self, examples: ExampleSet, scores: Scores) -> None:
        self.doubt = class_doubt(self.model, self.source, examples, scores, base=self.base)
        if self.doubt and not self.assume_class_scores:
            raise not_class_scores(self.doubt, self.source.path)

    def add(self, notes: "BlockNotes") -> None:
        """Take over the notes on a block, before the next one is run."""
        self.failed |= notes.failed
        self.returns = self.returns or notes.returns
        self.doubt = self.doubt or notes.doubt
        self.rounding = self.rounding.with_other(notes.rounding)

    def record(self, ids: NDArray[np.str_]) -> AnswerRecord:
        """How the model was run on the examples with these ids."""
        return AnswerRecord.model_validate(
            {
                "fed": self.plan.describe(),
                "returns": self.returns or "logits",
                "facts": self.model.facts(),
                "failed": {str(ids[place]): why for place, why in self.failed.items()},
                "notes": tuple(self.model.notes),
                "rounding": self.rounding,
                **asdict(self.model.weights()),
                "batch": self.batch,
                "doubt": self.doubt,
                "resolution": self._step if self.returns == "probabilities" else None,
            }
        )

    @property
    def _step(self) -> float | None:
        """Of the values of its output."""
        return self.source.resolution or self.model.resolution

    def _log_probs(self, outputs: Scores, ids: NDArray[np.str_]) -> tuple[Scores, Rounding]:
        finite = np.isfinite(outputs).all(axis=1)
        log_probs = np.full(outputs.shape, np.nan, dtype=np.float32)
        if not finite.any():
            return log_probs, Rounding()
        scores, step = outputs[finite], self._step
        # The first examples decide, so that the result does not depend on how many there are.
        kind_by_graph = output_trail(self.model, self.source.output).kind
        self.returns = self.returns or detect_output_kind(scores[:SAMPLE_SIZE], self.source.path, step, kind_by_graph)
        predictions = to_predictions(self.source.path, scores, ids[finite], None, self.returns, step, None)
        log_probs[finite] = predictions.log_probs
        return log_probs, rounding_of(scores) if self.returns == "probabilities" else Rounding()


class BlockNotes(Part):
    """What is known after a block besides its numbers.

    Attributes:
        failed: why the model failed, by the place of the example.
        returns: what its output holds.
        rounding: of its probabilities.
        doubt: why its output may be no class scores.
    """

    failed: dict[int, str]
    returns: OutputKind | None
    rounding: Rounding
    doubt: str


def prepare_inference(
    source: ModelSource,
    model: Model,
    arrays: dict[str, Array],
    batch: int,
    *,
    base: bool = True,
    assume_class_scores: bool = False,
) -> Inference:
    """An open model, ready to be run on arrays.

    Raises:
        InputError: its inputs and the arrays do not fit.
    """
    plan = plan_feed(model.inputs, arrays, source.feed, source.path)
    return Inference(model, plan, source, plan.batch or batch, base, assume_class_scores)


def class_doubt(
    model: Model, source: ModelSource, examples: ExampleSet, scores: NDArray[np.float32], *, base: bool = True
) -> str:
    """Why a model's output is no class scores; empty where nothing speaks against it.

    Args:
        model: the model.
        source: where it is from, and its settings.
        examples: the examples it ran on.
        scores: its output for the first of them; NaN where it failed.
        base: whether labels and values decide too.
    """
    finite = np.isfinite(scores).all(axis=1)
    if not finite.any():
        return ""
    sizes = [int(np.prod(array.shape[1:])) for array in examples.arrays.values()]
    labels = None if examples.labels is None else examples.labels[: len(scores)][finite]
    return why_not_class_scores(scores[finite], output_trail(model, source.output), sizes, labels, base=base)
