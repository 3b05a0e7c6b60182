"""The models of report.json, version 1: the canonical result, from which tables, figures and HTML are made.

Every number shown anywhere else is in here and equal to it. A change that breaks a reader raises SCHEMA.
"""

from typing import Annotated, Any, Literal, TypeAlias

from pydantic import ConfigDict, Field

from samefn.schema.base import Part
from samefn.schema.language import LanguageEntry
from samefn.schema.layers import LocatedEntry
from samefn.schema.verdicts import ClaimEntry, OverallEntry, RequirementEntry, ScaleEntry, TransferEntry, VerdictEntry

SCHEMA = 1
Share: TypeAlias = Annotated[float, Field(ge=0, le=1)]
Count: TypeAlias = Annotated[int, Field(ge=0, lt=2**63)]

# How the interval of a measure was made: exact for shares of examples; Fieller's set for a ratio to a share; Student's
# t with Hall's correction for skewness for means, and without it for measures that go both ways. The others are of
# reports that older versions wrote, and of blocks of tokens.
MeasureInterval = Literal[
    "clopper-pearson",
    "fieller",
    "hall",
    "student",
    "none",
    "bootstrap",
    "cornish-fisher",
    "delete-block jackknife",
    "Woodruff",
    "Korn-Graubard",
]

Role = Literal[
    "base",
    "replicate",
    "independent",
    "teacher",
    "student",
    "control",
    "quantized",
    "pruned",
    "candidate",
]


class CostEntry(Part):
    """What a model takes: its size in numbers, time and memory. Null is what could not be measured.

    Attributes:
        parameters: how many numbers it stores as weights.
        nonzero: how many of them are not zero.
        latency_one: seconds for one input alone, the median over runs.
        latency: seconds for a batch, likewise.
        batch: inputs in that batch.
        memory: bytes by which its process grew at most, from before it was loaded until it had answered a batch.
    """

    parameters: Count | None = None
    nonzero: Count | None = None
    latency_one: float | None = None
    latency: float | None = None
    batch: int | None = None
    memory: int | None = None


class ModelEntry(Part):
    """One model.

    Attributes:
        id: unique in the report; the other parts refer to it.
        name: for people.
        role: what the model is to the study. A replicate is the base (or another parent) measured again.
        method: how it was made: training, distillation, float16, int8-dynamic, int8-static, pruning or
            onnx-float32.
        settings: the method's settings and what it reached (sparsity, dtypes, labels such as 7-bit weights).
            The paper's table reads `alpha` and `seed` of students and `fraction` of pruned models.
        parent: id of the model it was made from.
        runtime: what ran it.
        accuracy: share of the first evaluation set answered right, 0 to 1; null without labels or
            predictions.
        accuracy_deviation: 100 * (accuracy - base's) / base's, relative percent as in the paper.
        bytes: size of the stored model.
        bytes_zstd: the same compressed with zstd.
        epochs: epochs trained, for trained models.
        history: one entry an epoch: `epoch` (0 before training), `loss` (of the training; null before it) and
            `accuracy` (on the first evaluation set, 0 to 1).
        cost: what it takes to store and run; null where that was not measured.
        notes: what a reader must know, one sentence each.
    """

    id: str
    name: str
    role: Role
    method: str
    settings: dict[str, Any] = Field(default_factory=dict)
    parent: str | None = None
    runtime: str = ""
    accuracy: Share | None = None
    accuracy_deviation: float | None = None
    bytes: Count | None = None
    bytes_zstd: Count | None = None
    epochs: Count | None = None
    history: tuple[dict[str, float | None], ...] = ()
    cost: CostEntry | None = None
    notes: tuple[str, ...] = ()


class MeasureEntry(Part):
    """One measure of one candidate against one base.

    Attributes:
        evaluation: the set of examples, such as `test`.
        base: id of the model compared with.
        candidate: id of the model compared.
        measure: its name in the measures' table.
        value: the figure; null when it has none (then `note` says why).
        low: lower end of its interval.
        high: upper end of its interval.
        examples: how many examples it is over.
        interval: how the interval was made.
        note: why there is no value, or what limits it.
        confidence: the share of repetitions in which the interval covers the truth.
    """

    evaluation: str
    base: str
    candidate: str
    measure: str
    value: float | None
    low: float | None
    high: float | None
    examples: int
    interval: MeasureInterval
    note: str = ""
    confidence: float = 0.95


class MapPoint(Part):
    """One model at one epoch on a map. A compressed model has one point; its epoch is null."""

    model: str
    epoch: int | None
    x: float
    y: float


class LandscapeMap(Part):
    """One map: how it was made, how far to trust it, and its points.

    `quality` holds trustworthiness (0 to 1, higher is better), neighbours_kept (0 to 1, higher is better) and
    stress (0 or more, lower is better).
    """

    method: str
    panel: str = "all"
    settings: dict[str, Any]
    quality: dict[str, float | None]
    points: tuple[MapPoint, ...]


class TrueDistance(Part):
    """How far a point really is from the base's last one.

    The root mean square over examples of the L2 distance between softmax rows, 0 to sqrt 2.
    """

    model: str
    epoch: int | None
    distance: float


class ChangedExample(Part):
    """An input on which a candidate's top class differs from the base's.

    `image` is a data URI of a small PNG, or null when the input is not an image. The confidences are null where of one
    of the two only answers are known.
    """

    candidate: str
    id: str
    label: str | None
    base_top: str
    top: str
    base_confidence: float | None
    confidence: float | None
    image: str | None = None


class Failure(Part):
    """A model that could not be made or measured, and why.

    Attributes:
        name: for people; empty in reports of studies.
        unreadable: whether it was given, and cannot be used as it is.
    """

    model: str
    error: str
    name: str = ""
    unreadable: bool = False


class DataEntry(Part):
    """The data set the models were asked about."""

    name: str
    source: str
    official: bool | None = False
    fingerprint: str
    train_examples: int
    test_examples: int
    class_names: tuple[str, ...]
    shape: tuple[int, ...]


class Report(Part):
    """report.json. `times` is the only part that differs between two runs of one spec on one machine."""

    schema_version: int = Field(default=SCHEMA, alias="schema")
    samefn: str
    study: dict[str, Any]
    environment: dict[str, Any]
    data: DataEntry
    models: Annotated[tuple[ModelEntry, ...], Field(min_length=1)]
    measures: tuple[MeasureEntry, ...]
    landscape: tuple[LandscapeMap, ...]
    panels: tuple[LandscapeMap, ...] = ()
    distances: tuple[TrueDistance, ...]
    changed: tuple[ChangedExample, ...] = ()
    scale: tuple[ScaleEntry, ...] = ()
    verdicts: tuple[VerdictEntry, ...] = ()
    overall: tuple[OverallEntry, ...] = ()
    transfer: tuple[TransferEntry, ...] = ()
    claims: tuple[ClaimEntry, ...] = ()
    requirements: tuple[RequirementEntry, ...] = ()
    language: tuple[LanguageEntry, ...] = ()
    located: tuple[LocatedEntry, ...] = ()
    failures: tuple[Failure, ...] = ()
    warnings: tuple[str, ...] = ()
    times: dict[str, Any] = Field(default_factory=dict)

    model_config = ConfigDict(extra="forbid", frozen=True, ser_json_inf_nan="strings", populate_by_name=True)

    def model(self, model_id: str) -> ModelEntry:
        """The entry with that id."""
        return next(model for model in self.models if model.id == model_id)

    @property
    def base(self) -> ModelEntry:
        """The base's entry."""
        return next(model for model in self.models if model.role == "base")
