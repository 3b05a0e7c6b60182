"""The models of report.json, version 4: the canonical result, from which tables, figures and HTML are made.

Every number shown anywhere else is in here and equal to it. A change that breaks a reader raises SCHEMA; then
`schema.upgrade` learns to read the version before.
"""

from collections.abc import Iterable
from typing import Annotated, Literal, Self

from pydantic import ConfigDict, Field, JsonValue

from samefn.schema.base import VOLATILE, Count, Part, Share
from samefn.schema.changed import ChangedCounts, ChangedExample
from samefn.schema.claims import ClaimEntry, TransferEntry
from samefn.schema.costs import CostEntry
from samefn.schema.dependence import DependenceEntry
from samefn.schema.environment import Environment, Times
from samefn.schema.independents import IndependentProblem
from samefn.schema.ladder import LadderEntry
from samefn.schema.landscape import LandscapeMap
from samefn.schema.language import LanguageEntry
from samefn.schema.layers import LocatedEntry
from samefn.schema.methods import Checkpoint, Distilled, Method, Trained
from samefn.schema.notes import Note
from samefn.schema.protocols import Protocol
from samefn.schema.records import Epoch
from samefn.schema.verdicts import OverallEntry, RelativeDistance, RequirementEntry, VerdictEntry

SCHEMA = 4

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


JUDGED: frozenset[Role] = frozenset({"student", "control", "quantized", "pruned", "candidate"})
"""The roles of models that get a verdict."""


class ModelEntry(Part):
    """One model.

    Attributes:
        id: unique in the report; the other parts refer to it.
        name: for people.
        role: what the model is to the study. A replicate is the base (or another parent) run again.
        method: how it came to be, with its settings and what it reached.
        family: what it and the models that differ from it in their seed alone are called; empty for others.
        parent: id of the model it was made from.
        runtime: what ran it.
        accuracy: share of the first evaluation set predicted right, 0 to 1; null without labels or
            predictions.
        accuracy_deviation: 100 * (accuracy - base's) / base's, relative percent as in the paper.
        bytes: size of the stored model.
        bytes_zstd: the same compressed with zstd.
        epochs: epochs trained, for trained models.
        history: one entry an epoch.
        cost: what it takes to store and run; null where that was not measured. Volatile.
        notes: what a reader must know, one sentence each.
    """

    id: str
    name: str
    role: Role
    method: Method
    family: str = ""
    parent: str | None = None
    runtime: str = ""
    accuracy: Share | None = None
    accuracy_deviation: float | None = None
    bytes: Count | None = None
    bytes_zstd: Count | None = None
    epochs: Count | None = None
    history: tuple[Epoch, ...] = ()
    cost: CostEntry | None = Field(default=None, json_schema_extra=VOLATILE)
    notes: tuple[str, ...] = ()

    @property
    def all_notes(self) -> tuple[str, ...]:
        """What a reader must know of it and of its costs."""
        return (*self.notes, *(self.cost.notes if self.cost else ()))


class MeasureEntry(Part):
    """One measure of one candidate against one base.

    Attributes:
        evaluation: the set of examples, such as `test`.
        base: id of the model compared with.
        candidate: id of the model compared.
        measure: its name in the measures' table.
        value: the figure; null when it has none (then `notes` say why).
        low: lower end of its interval.
        high: upper end of its interval.
        examples: how many examples it is over.
        interval: how the interval was made.
        notes: why there is no value, or what limits it.
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
    notes: tuple[Note, ...] = ()
    confidence: float = 0.95


class TrueDistance(Part):
    """How far a point really is from the base's last one.

    The root mean square over examples of the L2 distance between softmax rows, 0 to sqrt 2.
    """

    model: str
    epoch: int | None
    distance: float


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

    @property
    def label(self) -> str:
        """What people call the model: its name, where it has one."""
        return self.name or self.model


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


class Header(Part):
    """What stands at the head of a report: what it is about, and how it came to be."""

    schema_version: int = Field(default=SCHEMA, alias="schema")
    samefn: str
    name: str
    protocol: Protocol = "corrected"
    switches: tuple[str, ...] = ()
    confidence: float
    study: dict[str, JsonValue] = Field(json_schema_extra=VOLATILE)
    environment: Environment = Field(json_schema_extra=VOLATILE)
    data: DataEntry
    unlabelled: DataEntry | None = None


class Analysis(Part):
    """What is made of rows and of predictions: the parts of a report that say how far its models are apart."""

    models: Annotated[tuple[ModelEntry, ...], Field(min_length=1)]
    measures: tuple[MeasureEntry, ...]
    landscape: tuple[LandscapeMap, ...] = ()
    panels: tuple[LandscapeMap, ...] = ()
    distances: tuple[TrueDistance, ...] = ()
    changed: tuple[ChangedExample, ...] = ()
    changed_counts: tuple[ChangedCounts, ...] = ()
    relative_distances: tuple[RelativeDistance, ...] = ()
    verdicts: tuple[VerdictEntry, ...] = ()
    overall: tuple[OverallEntry, ...] = ()
    transfer: tuple[TransferEntry, ...] = ()
    claims: tuple[ClaimEntry, ...] = ()
    ladder: tuple[LadderEntry, ...] = ()
    dependence: tuple[DependenceEntry, ...] = ()
    independent_problems: tuple[IndependentProblem, ...] = ()
    warnings: tuple[str, ...] = ()


class Report(Analysis, Header):
    """report.json. Volatile parts are marked in `schema.volatile`; the others are equal in every run of one spec."""

    requirements: tuple[RequirementEntry, ...] = ()
    language: tuple[LanguageEntry, ...] = ()
    located: tuple[LocatedEntry, ...] = ()
    failures: tuple[Failure, ...] = ()
    times: Times = Field(default=Times(), json_schema_extra=VOLATILE)

    model_config = ConfigDict(extra="forbid", frozen=True, ser_json_inf_nan="strings", populate_by_name=True)

    @classmethod
    def of(
        cls, header: Header, analysis: Analysis, failures: Iterable[Failure], language: Iterable[LanguageEntry] = ()
    ) -> Self:
        """The report of an analysis, but for its times, costs, layers and requirements."""
        found = {**dict(header), **dict(analysis), "failures": tuple(failures), "language": tuple(language)}
        return cls.model_validate(found)

    def model(self, model_id: str) -> ModelEntry:
        """The entry with that id."""
        return next(model for model in self.models if model.id == model_id)

    @property
    def compared(self) -> bool:
        """Whether it is of a comparison; else it is of a study."""
        return any(model.role == "candidate" for model in self.models)

    @property
    def net(self) -> str:
        """Name of a study's net; empty for a comparison, whose models are there."""
        method = next((model.method for model in self.models if model.role == "base"), None)
        return method.net if isinstance(method, Trained | Distilled | Checkpoint) else ""

    @property
    def base(self) -> ModelEntry:
        """The base's entry."""
        return next(model for model in self.models if model.role == "base")
