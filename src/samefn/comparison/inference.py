"""A model run on examples, shard by shard, and how it was run."""

from dataclasses import asdict, dataclass, field

import numpy as np
from numpy.typing import NDArray

from samefn.comparison.class_doubt import class_doubt
from samefn.comparison.plan import SAMPLE
from samefn.config.comparison import ModelSource
from samefn.datasets.example_set import ExampleSet
from samefn.predictions.class_scores import not_class_scores
from samefn.predictions.interpret import detect_output_kind, to_predictions
from samefn.predictions.rounding import rounding_of
from samefn.runtimes.inference import Scores, infer_shard
from samefn.runtimes.inputs.feeding import FeedPlan, plan_feed
from samefn.runtimes.model import Array, Model, output_trail
from samefn.schema.base import Part
from samefn.schema.methods import OutputKind
from samefn.schema.records import AnswerRecord, Rounding


@dataclass
class Inference:
    """A model that is run on examples, shard by shard, so that an interruption costs one shard.

    Args:
        model: the model.
        plan: how it is fed.
        source: where it is from, and what is said of it.
        batch: examples a batch.
        base: whether labels and values are asked whether it gives class scores: a candidate may have lost them.
        insisted: whether its output is class scores, whatever it looks like.
    """

    model: Model
    plan: FeedPlan
    source: ModelSource
    batch: int
    base: bool = True
    insisted: bool = False
    doubt: str = ""
    returns: OutputKind | None = field(init=False)
    failed: dict[int, str] = field(default_factory=dict)
    rounding: Rounding = field(default_factory=Rounding)

    def __post_init__(self) -> None:
        self.returns = self.source.returns

    def shard(self, arrays: dict[str, Array], rows: slice, examples: ExampleSet) -> tuple[Scores, "Left"]:
        """Log-probabilities of some examples, NaN where the model failed, and what else is known after them.

        Raises:
            InputError: it cannot be run, or what it gives is no class scores.
        """
        inferred = infer_shard(self.model, self.plan, arrays, rows, self.batch, self.source.output, self.source.path)
        if rows.start == 0:
            self._require_scores(examples, inferred.scores[:SAMPLE])
        values, rounding = self._log_probs(inferred.scores, examples.ids[rows])
        return values, Left(failed=dict(inferred.failed), returns=self.returns, rounding=rounding, doubt=self.doubt)

    def _require_scores(self, examples: ExampleSet, scores: Scores) -> None:
        self.doubt = class_doubt(self.model, self.source, examples, scores, base=self.base)
        if self.doubt and not self.insisted:
            raise not_class_scores(self.doubt, self.source.path)

    def take(self, left: "Left") -> None:
        """Go on after a shard."""
        self.failed |= left.failed
        self.returns = self.returns or left.returns
        self.doubt = self.doubt or left.doubt
        self.rounding = self.rounding.with_other(left.rounding)

    def record(self, ids: NDArray[np.str_]) -> AnswerRecord:
        """How it was run on these examples, and what it is."""
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
            }
        )

    def _log_probs(self, inferred: Scores, ids: NDArray[np.str_]) -> tuple[Scores, Rounding]:
        whole = np.isfinite(inferred).all(axis=1)
        found = np.full(inferred.shape, np.nan, dtype=np.float32)
        if not whole.any():
            return found, Rounding()
        scores, step = inferred[whole], self.source.resolution or self.model.resolution
        # The first examples tell, however many there are.
        graph_says = output_trail(self.model, self.source.output).kind
        self.returns = self.returns or detect_output_kind(scores[:SAMPLE], self.source.path, step, graph_says)
        found[whole] = to_predictions(self.source.path, scores, ids[whole], None, self.returns, step, None).log_probs
        return found, rounding_of(scores) if self.returns == "probabilities" else Rounding()


class Left(Part):
    """What is known after a shard besides its numbers.

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


def opened(
    source: ModelSource,
    model: Model,
    arrays: dict[str, Array],
    batch: int,
    *,
    base: bool = True,
    insisted: bool = False,
) -> Inference:
    """A model that is open, ready to be run on arrays.

    Raises:
        InputError: inputs and arrays that do not fit.
    """
    plan = plan_feed(model.inputs, arrays, source.feed, source.path)
    return Inference(model, plan, source, plan.batch or batch, base, insisted)
