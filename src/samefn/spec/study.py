"""A whole study: data, base and independents, every compression, what to measure."""

from typing import Annotated, Any, Literal

from pydantic import Field, field_validator, model_validator

from samefn.spec.base import Spec
from samefn.spec.compression import Pruning, Quantization
from samefn.spec.training import Distillation, Seed, Training

DatasetName = Literal["digits", "mnist"]
NetName = Literal["lenet"]
Limit = Annotated[int, Field(ge=1)]


class Data(Spec):
    """Which data.

    Attributes:
        name: a data set samefn knows.
        train_limit: use only the first so many training images; none for all.
        test_limit: use only the first so many test images; none for all.
    """

    name: DatasetName = "digits"
    train_limit: Limit | None = None
    test_limit: Limit | None = None


class Evaluation(Spec):
    """A set of examples on which every model is asked.

    Attributes:
        split: `test` or `train`.
        limit: only the first so many; none for all.
    """

    split: Literal["test", "train"] = "test"
    limit: Limit | None = None


class Landscape(Spec):
    """The maps.

    Attributes:
        methods: which maps.
        perplexity: of t-SNE, in points.
        seed: of t-SNE and MDS.
        neighbours: how many neighbours trustworthiness and the share of neighbours kept look at.
    """

    methods: tuple[Literal["tsne", "mds", "pca"], ...] = ("tsne", "mds", "pca")
    perplexity: Annotated[float, Field(gt=1)] = 30.0
    seed: Seed = 0
    neighbours: Annotated[int, Field(ge=1)] = 10


class Intervals(Spec):
    """The intervals beside each figure: a paired bootstrap over examples.

    Attributes:
        confidence: the share of repetitions in which the interval covers the truth.
        resamples: how many bootstrap resamples.
        seed: of the resampling.
    """

    confidence: Annotated[float, Field(gt=0.5, lt=1)] = 0.95
    resamples: Annotated[int, Field(ge=100, le=1_000_000)] = 2000
    seed: Seed = 0


class StudySpec(Spec):
    """A study.

    Attributes:
        name: a short name; it goes into file names.
        protocol: `corrected` does what the paper's text says with the mathematics right.
        data: the data set.
        net: `lenet`, or `module:factory` for your own.
        seed: the base's seed: initial weights and data order.
        independents: seeds of models trained like the base from other weights in another order.
        training: how the base and the independents are trained.
        distillation: students; `false` for no students.
        quantization: quantised versions; `false` for none.
        pruning: pruned versions; `false` for none.
        evaluation: where the models are asked. The first set decides accuracy and the landscape.
        landscape: the maps.
        intervals: the intervals.
    """

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$")] = "study"
    protocol: Literal["corrected"] = "corrected"
    data: Data = Data()
    net: str = "lenet"
    seed: Seed = 0
    independents: tuple[Seed, ...] = (1, 2)
    training: Training = Training()
    distillation: Distillation | None = Distillation()
    quantization: Quantization | None = Quantization()
    pruning: Pruning | None = Pruning()
    evaluation: Annotated[tuple[Evaluation, ...], Field(min_length=1)] = (Evaluation(),)
    landscape: Landscape = Landscape()
    intervals: Intervals = Intervals()

    @field_validator("distillation", "quantization", "pruning", mode="before")
    @classmethod
    def _false_is_none(cls, value: Any) -> Any:
        # TOML has no null.
        return None if value is False else value

    @model_validator(mode="after")
    def _seeds_differ(self) -> "StudySpec":
        if self.seed in self.independents or len(set(self.independents)) != len(self.independents):
            msg = f"independents need seeds of their own, other than the base's {self.seed}: {list(self.independents)}"
            raise ValueError(msg)
        if self.distillation and self.seed in self.distillation.seeds:
            msg = f"a student with the base's own seed {self.seed} would see the base's data order; use another seed"
            raise ValueError(msg)
        splits = [evaluation.split for evaluation in self.evaluation]
        if len(set(splits)) != len(splits):
            msg = f"evaluation names a split twice: {splits}"
            raise ValueError(msg)
        return self
