"""The spec of a comparison: models, inputs, requirements."""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from samefn.config.base import Spec
from samefn.config.shares import LimitShare
from samefn.config.study import Intervals
from samefn.schema.methods import OutputKind

Layout = Literal["as-is", "NCHW", "NHWC"]
PerChannel = tuple[float, ...]
BatchSize = Annotated[int, Field(ge=1, le=1_000_000)]


class Feed(Spec):
    """How examples are prepared for a model: (values * scale - mean) / std, in float32.

    Attributes:
        layout: of images in the model's input, `NCHW` or `NHWC`. Images of bytes are transposed to it; so are
            four-dimensional arrays of floats that fit only when transposed, or whose 1 or 3 channels are on the other
            side. `as-is` for the data's own order; none for the layout of the declared shape, with floats as they are.
        scale: factor of the values; none for 1/255 where images of bytes go into a model of floats, else for 1.
        mean: subtracted after scaling, one number, or one per channel.
        std: divided by last, one number, or one per channel.
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
    """A model in a file.

    Attributes:
        path: a file or folder, or `module:function` that builds a torch module.
        name: its name in the report; empty for the file's name, with folders where two files have the same name.
        runtime: the runtime that runs it; empty to detect it from the file's content.
        weights: for `module:function`, the checkpoint to load (safetensors, or torch's format with weights only).
        output: name or number of the output to compare; empty where there is only one.
        returns: the kind of the output; none to detect it from the first predictions, where they leave no doubt.
        resolution: the step of stored probabilities (0.00390625 for int8); rows may miss a sum of 1 by as much. None
            for what the runtime reports.
        batch_size: examples per batch; none for the comparison's.
        threads: threads within one operator, for runtimes with such a setting.
        trust: load torch archives (TorchScript, `.pt2`) without checking them: their code then runs with your rights.
            Use it only for files that are refused otherwise and whose source you trust.
        options: the runtime's own settings, by name.
        feed: how examples are prepared for it.
    """

    path: str
    name: str = ""
    runtime: str = ""
    weights: str = ""
    output: str = ""
    returns: OutputKind | None = None
    resolution: Annotated[float, Field(gt=0, lt=1)] | None = None
    batch_size: BatchSize | None = None
    threads: Annotated[int, Field(ge=1, le=256)] = 1
    trust: bool = False
    options: dict[str, str] = Field(default_factory=dict)
    feed: Feed = Feed()


def _documents(value: Any) -> Any:
    """Checked at once, so that a wrong value gets one error and not one for each type that is allowed."""
    numbers = isinstance(value, tuple) and all(type(one) is int and one >= 0 for one in value)
    if value is not None and not (value and (numbers or isinstance(value, str))):
        msg = "give a text, or a list of the numbers of windows, at which documents begin"
        raise ValueError(msg)
    return value


class Examples(Spec):
    """The inputs of all models.

    Attributes:
        path: a known data set, or a file or folder: npz, npy, Parquet, images in folders or an archive; for language
            models a text, or a folder whose .txt files are one document each. Empty for the examples of the base's
            saved predictions, or the text of files of logits; then only groups, slices and documents can be named.
        split: the part to use, where there are two.
        label: the Parquet column or npz array with the labels; none for the usual names.
        limit: only the first so many; none for all.
        groups: the array or column that says which inputs belong together, such as frames of one video; none for
            `group` or `groups` where there is one. Intervals are then over groups.
        slices: arrays or columns by whose values changed predictions are also counted.
        documents: for language models, where the documents of the text begin, because windows of one document belong
            together. The text that stands at the start of each, such as `"<|endoftext|>"`; or a regular expression
            between slashes, such as `'/^ = [^=].* = $/'` for the headings of WikiText; or for files of logits the
            numbers of the windows, counted from 0. None where each window is a unit of its own.
    """

    path: str = ""
    split: Literal["test", "train"] = "test"
    label: str | None = None
    limit: Annotated[int, Field(ge=1)] | None = None
    groups: str | None = None
    slices: tuple[str, ...] = ()
    documents: Annotated[str | tuple[int, ...] | None, BeforeValidator(_documents)] = None

    @model_validator(mode="after")
    def _path_or_columns(self) -> "Examples":
        named = self.groups or self.slices or self.documents
        if not self.path and (self.model_fields_set - {"groups", "slices", "documents"} or not named):
            msg = "path is missing"
            raise ValueError(msg)
        return self


class ComparisonSpec(Spec):
    """A comparison of models on the same inputs.

    Attributes:
        name: a short name; it goes into file names.
        base: the original model.
        candidates: models that should behave like the base.
        independents: models trained like the base, but independently of it; they are needed for relative distances.
        data: the inputs; none where every model is a file of saved predictions.
        unlabelled: further inputs, on which all models run too. They count for the first answer of a verdict (same or
            changed); their labels are not read. None for none.
        batch_size: examples per batch, in the order of the ids.
        cost: also measure latency and memory.
        locate: also find the layers where each candidate starts to differ from the base, by swapping one at a time.
        shards: number of tasks that share the examples (whole batches), or for language models the windows of the
            text; the report is the same for any number.
        task: `classification` to take every output for class scores; none to refuse outputs that look like something
            else, such as features or reconstructed inputs.
        class_names: a file of class names by number, one per line or a JSON list; none for the names in the data.
        n_ctx: tokens per window, for language models; none for 512, or for the value in files of logits.
        limit: the share of changed predictions that is still the same function, such as `"0.5%"` or 0.005; none for a
            tenth of the base's error rate, at least 0.1 % and at most 1 %.
        class_limit: the same for one class or slice; none for five limits.
        loss_limit: the net loss of accuracy that is still allowed; none for half the limit.
        kl_limit: for language models, the mean KL divergence from the base that is still the same function, in nats a
            token; none for 0.01.
        simultaneous: hold the errors of all candidates together, and not of each, to those of one.
        ladder: names of candidates that are known to be finer and rougher, from the finest to the roughest, two or
            more; every candidate is placed among them. Empty for none.
        require: requirements, such as `disagreement < 1 %`; all must be met.
        on_inconclusive: whether a requirement that the data do not decide counts as `fail` or `pass`.
        intervals: the intervals.
    """

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$")] = "compare"
    base: ModelSource
    candidates: Annotated[tuple[ModelSource, ...], Field(min_length=1)]
    independents: tuple[ModelSource, ...] = ()
    data: Examples | None = None
    unlabelled: Examples | None = None
    batch_size: BatchSize = 64
    cost: bool = True
    locate: bool = False
    shards: Annotated[int, Field(ge=1)] = 1
    task: Literal["classification"] | None = None
    class_names: str | None = None
    n_ctx: Annotated[int, Field(ge=4)] | None = None
    limit: LimitShare | None = None
    class_limit: LimitShare | None = None
    loss_limit: LimitShare | None = None
    kl_limit: Annotated[float, Field(gt=0)] | None = None
    simultaneous: bool = False
    ladder: tuple[str, ...] = ()
    require: tuple[str, ...] = ()
    on_inconclusive: Literal["fail", "pass"] = "fail"
    intervals: Intervals = Intervals()

    @model_validator(mode="after")
    def _two_rungs(self) -> "ComparisonSpec":
        if len(self.ladder) == 1 or len(set(self.ladder)) < len(self.ladder):
            msg = "ladder needs two candidates or more, each once"
            raise ValueError(msg)
        return self

    @property
    def models(self) -> tuple[ModelSource, ...]:
        """All models, the base first."""
        return (self.base, *self.candidates, *self.independents)
