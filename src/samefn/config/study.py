"""The spec of a study: data, base and independents, compression, evaluation."""

from typing import Annotated, Any, Literal

from pydantic import Field, field_validator, model_validator

from samefn.config.base import Spec
from samefn.config.compression import Pruning, Quantization
from samefn.config.shares import LimitShare
from samefn.config.switches import SWITCHES
from samefn.config.training import Distillation, Seed
from samefn.schema.landscape import MapMethod
from samefn.schema.protocols import Protocol, Switch
from samefn.schema.training import Training

DatasetName = Literal["digits", "mnist", "fashion-mnist", "cifar10", "cifar100", "own"]
NetName = Literal["lenet", "mobilenet", "resnet50"]
Control = Literal["same-order", "earlier-epoch"]
ExampleLimit = Annotated[int, Field(ge=1)]


class Data(Spec):
    """A data set.

    Attributes:
        name: a known data set; `own` for the files in `--data-dir`: Parquet, npz, or images in folders.
        label: the column of Parquet files that holds the labels; none for `label` or `fine_label`.
        train_limit: use only the first so many training images; none for all.
        test_limit: use only the first so many test images; none for all.
    """

    name: DatasetName = "digits"
    label: str | None = None
    train_limit: ExampleLimit | None = None
    test_limit: ExampleLimit | None = None


class Evaluation(Spec):
    """A set of examples on which every model is run.

    Attributes:
        split: `test` or `train`.
        limit: only the first so many; none for all.
    """

    split: Literal["test", "train"] = "test"
    limit: ExampleLimit | None = None


class Landscape(Spec):
    """The maps of models and their distances.

    Attributes:
        methods: which maps.
        perplexity: of t-SNE, in points.
        seed: of t-SNE and MDS.
        neighbours: number of neighbours for trustworthiness and for the share of neighbours kept.
    """

    methods: tuple[MapMethod, ...] = ("tsne", "mds", "pca")
    perplexity: Annotated[float, Field(gt=1)] = 30.0
    seed: Seed = 0
    neighbours: Annotated[int, Field(ge=1)] = 10


class Intervals(Spec):
    """The intervals of figures, over the population of examples.

    Attributes:
        confidence: the share of repeated experiments whose interval covers the true value.
    """

    confidence: Annotated[float, Field(gt=0.5, lt=1)] = 0.95


class StudySpec(Spec):
    """A study.

    Attributes:
        name: a short name; it goes into file names.
        protocol: `corrected` does what the paper's text says with the mathematics right, and trains controls;
            `published` does what its public notebooks do: all switches on, and of the controls only the one without a
            teacher, which the transferred share needs.
        switches: differences of the notebooks to turn on, on top of `corrected`.
        data: the data set.
        net: `lenet`, `mobilenet`, `resnet50`, or `module:factory` for your own.
        seed: the base's seed: initial weights and data order.
        weights: a checkpoint of the base (safetensors, or torch's own format with weights only); empty to train the
            base.
        checkpoints: files of models trained independently of the base, of the same net.
        independents: seeds of models trained like the base, from other weights in another order; one model a seed,
            by the settings in `training`. They give the relative distance its end, also beside a base from `weights`.
        training: how the base and the independents are trained.
        controls: further models to compare with (protocol `corrected`): `same-order` is trained like an independent,
            but in the base's data order; `earlier-epoch` is the base one epoch before its end.
        distillation: students; `false` for no students.
        quantization: quantised versions; `false` for none.
        pruning: pruned versions; `false` for none.
        evaluation: sets of examples on which the models are run. The first one gives accuracy and the landscape.
        landscape: the maps.
        intervals: the intervals.
        limit: the share of changed predictions that is still the same function, such as `"0.5%"` or 0.005; none for a
            tenth of the base's error rate, at least 0.1 % and at most 1 %.
        class_limit: the same for one class or slice; none for five limits.
        loss_limit: the net loss of accuracy that is still allowed; none for half the limit.
        simultaneous: hold the errors of all candidates together, and not of each, to those of one.
        require: requirements, such as `disagreement@float16 < 0.1 %`; all must be met.
        on_inconclusive: whether a requirement that the data do not decide counts as `fail` or `pass`.
    """

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$")] = "study"
    protocol: Protocol = "corrected"
    switches: tuple[Switch, ...] = ()
    data: Data = Data()
    net: str = "lenet"
    seed: Seed = 0
    weights: str = ""
    checkpoints: tuple[str, ...] = ()
    independents: tuple[Seed, ...] = (1, 2)
    training: Training = Training()
    controls: tuple[Control, ...] = ("same-order", "earlier-epoch")
    distillation: Distillation | None = Distillation()
    quantization: Quantization | None = Quantization()
    pruning: Pruning | None = Pruning()
    evaluation: Annotated[tuple[Evaluation, ...], Field(min_length=1)] = (Evaluation(),)
    landscape: Landscape = Landscape()
    intervals: Intervals = Intervals()
    limit: LimitShare | None = None
    class_limit: LimitShare | None = None
    loss_limit: LimitShare | None = None
    simultaneous: bool = False
    require: tuple[str, ...] = ()
    on_inconclusive: Literal["fail", "pass"] = "fail"

    @field_validator("distillation", "quantization", "pruning", mode="before")
    @classmethod
    def _false_is_none(cls, value: Any) -> Any:
        # TOML has no null.
        return None if value is False else value

    @property
    def in_force(self) -> frozenset[Switch]:
        """The switches that are on."""
        return frozenset(SWITCHES if self.protocol == "published" else self.switches)

    @model_validator(mode="after")
    def _switches_are_for_corrected(self) -> "StudySpec":
        if self.protocol == "published" and self.switches:
            msg = "protocol published has all switches on; list some with protocol corrected"
            raise ValueError(msg)
        if len(set(self.switches)) != len(self.switches):
            msg = f"switches are not all different: {list(self.switches)}"
            raise ValueError(msg)
        return self

    @field_validator("controls")
    @classmethod
    def _no_control_twice(cls, value: tuple[Control, ...]) -> tuple[Control, ...]:
        if len(set(value)) != len(value):
            msg = f"controls are not all different: {list(value)}"
            raise ValueError(msg)
        return value

    @model_validator(mode="after")
    def _seeds_differ(self) -> "StudySpec":
        twice = sorted({seed for seed in self.independents if self.independents.count(seed) > 1})
        if twice:
            msg = f"independents: seed {twice[0]} is given twice"
            raise ValueError(msg)
        if self.seed in self.independents:
            msg = f"independents: {self.seed} is the base's own seed; use others"
            raise ValueError(msg)
        if self.distillation and self.seed in self.distillation.seeds:
            msg = f"a student with the base's own seed {self.seed} would see the base's data order; use another seed"
            raise ValueError(msg)
        splits = [evaluation.split for evaluation in self.evaluation]
        if len(set(splits)) != len(splits):
            msg = f"evaluation names a split twice: {splits}"
            raise ValueError(msg)
        return self
