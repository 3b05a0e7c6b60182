"""How a model came to be: one type for each way; `kind` says which."""

from typing import Annotated, Literal

from pydantic import Field, JsonValue

from samefn.schema.base import Part
from samefn.schema.training import Training

QuantizationMethod = Literal["float16", "int8-dynamic", "int8-static"]
OutputKind = Literal["logits", "log-probabilities", "probabilities", "labels"]
PruningScope = Literal["kernels", "parameters", "everything"]


class _Schooled(Part):
    """What every training here says of itself.

    Attributes:
        kind: which way it is.
        net: name of the net.
        seed: of the order of the data, and of its initial weights where these are its own.
        start: `own`, from weights drawn with its seed; `base`, from the base's initial weights.
        order: seed of the order of the data where that is not its own.
        question: what a control is there to answer; null for others.
        training: the training.
    """

    kind: Literal["trained", "distilled"]
    net: str
    seed: int
    start: Literal["own", "base"]
    order: int | None = None
    question: str | None = None
    training: Training


class Trained(_Schooled):
    """Trained on the labels."""

    kind: Literal["trained"] = "trained"


class Distilled(_Schooled):
    """Trained on the labels and on a teacher's predictions.

    Attributes:
        teacher: `base`, or `random`, a net with random weights.
        alpha: weight of the labels in the loss.
        temperature: T of both softmaxes.
        double_softmax: whether the switch of that name was on.
        softmax_as_logits: likewise.
    """

    kind: Literal["distilled"] = "distilled"
    teacher: Literal["base", "random"]
    alpha: float
    temperature: float
    double_softmax: bool = False
    softmax_as_logits: bool = False


class EarlierEpoch(Part):
    """The base as it was after an earlier epoch.

    Attributes:
        kind: which way it is.
        epoch: which.
        question: what it is there to answer.
    """

    kind: Literal["earlier-epoch"] = "earlier-epoch"
    epoch: int
    question: str


class Checkpoint(Part):
    """Trained by the user, and read from a file.

    Attributes:
        kind: which way it is.
        net: name of the net.
        file: name of the file.
        sha256: of the file.
    """

    kind: Literal["checkpoint"] = "checkpoint"
    net: str
    file: str
    sha256: str


class Replicated(Part):
    """The base's own weights, run again by torch.

    Attributes:
        kind: which way it is.
        batch_size: images at once.
        threads: on how many; null where the base's own number was kept.
    """

    kind: Literal["replicated"] = "replicated"
    batch_size: int
    threads: int | None = None


class Exported(Part):
    """The base as a float32 ONNX file.

    Attributes:
        kind: which way it is.
        batch_size: images at once.
    """

    kind: Literal["exported"] = "exported"
    batch_size: int


class QuantizedFile(Part):
    """What quantisation made of a file.

    Attributes:
        method: which.
        label: the method for people.
        arithmetic: what runs in which numbers.
        elements_before: stored numbers by type, before.
        elements_after: and after.
        kernels: how many convolution and dense kernels there are.
        float32_kernels: the kernels that stayed float32.
        float32_arrays: all arrays of the base that stayed float32.
        bytes_before: size of the file before.
        bytes_after: and after.
        calibration: how many images calibrated it.
        notes: what a reader must know; in the report they stand with the model's.
    """

    method: QuantizationMethod
    label: str
    arithmetic: str
    elements_before: dict[str, int]
    elements_after: dict[str, int]
    kernels: int
    float32_kernels: tuple[str, ...]
    float32_arrays: tuple[str, ...]
    bytes_before: int
    bytes_after: int
    calibration: int
    notes: tuple[str, ...] = ()


class Quantized(Part):
    """Quantised, as an ONNX file.

    Attributes:
        kind: which way it is.
        batch_size: images at once.
        file: what was done.
    """

    kind: Literal["quantized"] = "quantized"
    batch_size: int
    file: QuantizedFile


class Pruned(Part):
    """Pruned by magnitude: the smallest weights became zero.

    Attributes:
        kind: which way it is.
        scope: which tensors were ranked.
        fraction: the share asked for, 0 to 1.
        ranked: how many weights were ranked together.
        zeroed: how many of them pruning chose, round(fraction * ranked); some may have been zero before.
        threshold: the largest magnitude chosen; 0 when none was.
        sparsity: share of zeros among the ranked weights afterwards, 0 to 1.
        model_sparsity: share of zeros among all floating values of the state afterwards, 0 to 1.
    """

    kind: Literal["pruned"] = "pruned"
    scope: PruningScope
    fraction: float
    ranked: int
    zeroed: int
    threshold: float
    sparsity: float
    model_sparsity: float


class Given(Part):
    """A model that was there, and how it was run; or predictions that were.

    Attributes:
        kind: which way it is.
        adapter: what read it, such as `onnx` or `torch`.
        fed: how the data became its inputs, a sentence an input.
        returns: what its output was taken for; null where that was not detected.
        batch_size: examples at once; null where that is not known.
        facts: what of its runtime can change its numbers: versions, options, threads, the processor's flags.
    """

    kind: Literal["given"] = "given"
    adapter: str
    fed: tuple[str, ...] = ()
    returns: OutputKind | None = None
    batch_size: int | None = None
    facts: dict[str, JsonValue] = Field(default_factory=dict)


Method = Annotated[
    Trained | Distilled | EarlierEpoch | Checkpoint | Replicated | Exported | Quantized | Pruned | Given,
    Field(discriminator="kind"),
]
