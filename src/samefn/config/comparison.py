"""A comparison of models that exist: where they are, what they are fed, what to ask of the answer."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from samefn.config.base import Spec
from samefn.config.study import Intervals
from samefn.schema.methods import OutputKind

Layout = Literal["as-is", "NCHW", "NHWC"]
PerChannel = tuple[float, ...]
Batch = Annotated[int, Field(ge=1, le=1_000_000)]


class Feed(Spec):
    """How examples become a model's input: (values * scale - mean) / std, in float32.

    Attributes:
        layout: of the model's input, not of the data, where it takes images: `NCHW` or `NHWC`. Bytes are turned to it;
            so are four-dimensional arrays of floats that fit only turned, or that have 1 or 3 channels on the other
            side. `as-is` for the order in which the data has them; none for what the declared shape says, where
            floats go in as they are.
        scale: what values are multiplied by; none to divide by 255 where the bytes of images go
            into a model of floats, else for 1.
        mean: subtracted after scaling, one number or one a channel.
        std: divided by last, one number or one a channel.
    """

    layout: Layout | None = None
    scale: float | None = None
    mean: PerChannel = ()
    std: PerChannel = ()

    @model_validator(mode="after")
    def _std_divides(self) -> "Feed":
        if any(value <= 0 for value in self.std):
            msg = f"std must be above 0, not {list(self.std)}"
            raise ValueError(msg)
        return self


class ModelSource(Spec):
    """A model that exists.

    Attributes:
        path: a file or folder, or `module:function` that builds a torch module.
        name: what the report calls it; empty for the file's name, or of equal ones the ends of their paths.
        runtime: what runs it; empty for what its content says.
        weights: for `module:function`, the checkpoint to load (safetensors, or torch's format with weights only).
        output: which of several outputs, by name or number; empty where there is one.
        returns: what the output holds; none to tell it from the first answers, where they leave no doubt.
        resolution: the step in which probabilities are stored (0.00390625 for int8), so that rounded rows may miss a
            sum of one; none for what the runtime says.
        batch_size: examples a batch; none for the comparison's.
        threads: threads within one operator, for runtimes that can be told.
        trust: load archives of torch (TorchScript, `.pt2`) without judging them first: code in this file is then run
            as it is, and can do what you can. For files whose makers you trust, and that are refused otherwise.
        options: settings of the runtime itself, by name.
        feed: how examples become its input.
    """

    path: str
    name: str = ""
    runtime: str = ""
    weights: str = ""
    output: str = ""
    returns: OutputKind | None = None
    resolution: Annotated[float, Field(gt=0, lt=1)] | None = None
    batch_size: Batch | None = None
    threads: Annotated[int, Field(ge=1, le=256)] = 1
    trust: bool = False
    options: dict[str, str] = Field(default_factory=dict)
    feed: Feed = Feed()


class Examples(Spec):
    """What all models are asked.

    Attributes:
        path: a data set samefn knows, or a file or folder: npz, npy, Parquet, images in folders or an archive.
        split: which part, where there are two.
        label: the column of Parquet files, or the array of an npz, that holds the labels; none for the usual names.
        limit: only the first so many; none for all.
    """

    path: str
    split: Literal["test", "train"] = "test"
    label: str | None = None
    limit: Annotated[int, Field(ge=1)] | None = None


class ComparisonSpec(Spec):
    """Models that exist, on the same examples.

    Attributes:
        name: a short name; it goes into file names.
        base: the model that the others should still be.
        candidates: what stands in for it.
        independents: models trained independently of the base: with them there is a scale.
        data: the examples; none where every model is a file of predictions.
        batch_size: examples a batch, cut in the order of the ids.
        cost: also measure latency and memory.
        locate: also find the layers in which each candidate loses the base's function, by swapping them one at a time.
        shards: cut the examples into so many shards of whole batches, of language models the text into so many runs of
            windows, each run by a task of its own; the report is the same for any number.
        task: `classification` where every model's output is class scores, whatever it looks like; none to refuse what
            looks like something else, such as features or reconstructed inputs.
        class_names: a file of the classes' names in the order of their numbers, one a line or a JSON list; none for
            what the data say.
        n_ctx: tokens a window, for language models; none for 512, or what files of logits have.
        require: requirements on the figures, such as `scale[disagreement] < 0.1`; all must hold.
        on_doubt: what an undecided requirement does to the exit code.
        intervals: the intervals.
    """

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$")] = "compare"
    base: ModelSource
    candidates: Annotated[tuple[ModelSource, ...], Field(min_length=1)]
    independents: tuple[ModelSource, ...] = ()
    data: Examples | None = None
    batch_size: Batch = 64
    cost: bool = True
    locate: bool = False
    shards: Annotated[int, Field(ge=1)] = 1
    task: Literal["classification"] | None = None
    class_names: str | None = None
    n_ctx: Annotated[int, Field(ge=4)] | None = None
    require: tuple[str, ...] = ()
    on_doubt: Literal["fail", "pass"] = "fail"
    intervals: Intervals = Intervals()

    @property
    def models(self) -> tuple[ModelSource, ...]:
        """All of them, the base first."""
        return (self.base, *self.candidates, *self.independents)
