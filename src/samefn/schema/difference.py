"""The models of what `samefn diff` finds: which figures and answers of two runs differ.

It is printed and written as JSON; no file of a run holds it.
"""

from typing import Literal

from pydantic import ConfigDict, Field, JsonValue

from samefn.schema.base import Part
from samefn.schema.claims import ClaimId
from samefn.schema.report import Role

DIFFERENCE_SCHEMA = 1

# How two figures were held against each other.
DifferenceMethod = Literal["paired", "intervals", "exact", "quartiles", "not tested"]
# What a figure is counted in.
FigureUnit = Literal["share", "percent", "nats", "bytes", "count", "seconds", ""]
Towards = Literal["better", "worse"]
Pairing = Literal["paired", "other inputs", "no rows", "groups"]
AnswerQuestion = Literal["verdict", "quality", "distance", ClaimId]
SettingGroup = Literal["data", "base", "settings", "software", "machine", "models"]


class AnswerChange(Part):
    """An answer that the two runs give otherwise.

    Attributes:
        question: of a candidate, `verdict`, `quality` or `distance`; else the claim of the paper, C1 to C5.
        before: the first run's answer.
        after: the second run's.
    """

    question: AnswerQuestion
    before: str
    after: str


class FigureDifference(Part):
    """One figure in both runs.

    Attributes:
        name: of the figure, as requirements name it.
        unit: what it is counted in.
        method: `paired`, a test by rows: exact McNemar for shares, Student's t of paired differences for others;
            `intervals`, by the two intervals as of independent samples; `exact`, a figure without noise, such as bytes;
            `quartiles`, a latency, which is shown and not counted; `not tested`, one of the two has no value or no
            interval.
        before: the first run's value; null where it has none.
        before_low: lower end of its interval; of a latency, its lower quartile.
        before_high: upper end.
        after: the second run's.
        after_low: likewise.
        after_high: likewise.
        low: lower end of the interval of `after` less `before`, at the confidence of the second run and for this figure
            alone; null for figures that are not sampled.
        high: upper end.
        p_value: that the true figures are equal; null for figures that are not sampled.
        p_holm: the same, adjusted over all figures of all models.
        moved: whether they are shown to differ: `p_holm` at most `level`, other bytes, or quartiles apart.
        towards: of one that moved, whether for `better` or `worse`.
    """

    name: str
    unit: FigureUnit = ""
    method: DifferenceMethod
    before: float | None = None
    before_low: float | None = None
    before_high: float | None = None
    after: float | None = None
    after_low: float | None = None
    after_high: float | None = None
    low: float | None = None
    high: float | None = None
    p_value: float | None = None
    p_holm: float | None = None
    moved: bool = False
    towards: Towards | None = None

    @property
    def counted(self) -> bool:
        """Whether it is one of the figures that could have moved."""
        return self.method in ("paired", "intervals", "exact")


class ModelDifference(Part):
    """One model in both runs.

    Attributes:
        name: for people.
        role: what it is to the runs.
        before: its id in the first run.
        after: its id in the second.
        predictions: on how many inputs its predicted classes of the two runs differ; null where the inputs are not the
            same or there are no rows.
        answers: the answers that changed.
        figures: every figure, those of its verdict first.
    """

    name: str
    role: Role
    before: str
    after: str
    predictions: int | None = None
    answers: tuple[AnswerChange, ...] = ()
    figures: tuple[FigureDifference, ...] = ()


class UnmatchedModel(Part):
    """A model that only one of the runs has.

    Attributes:
        name: for people.
        role: what it is to that run.
        error: why the other run could not make or read it; empty where it is not named there.
    """

    name: str
    role: Role
    error: str = ""


class SettingDifference(Part):
    """Something that the two runs do not have in common, beside their figures.

    Attributes:
        group: the `data`; the `base` (its files, or how it was made); the `settings`; the `software` (versions); the
            `machine`; or other `models` (their files, or how they were made).
        name: dotted, as in report.json.
        before: the first run's; null where it has none.
        after: the second run's.
    """

    group: SettingGroup
    name: str
    before: JsonValue = None
    after: JsonValue = None


class Difference(Part):
    """What differs between two runs.

    Attributes:
        schema_version: version of this contract.
        before: name of the first run.
        after: name of the second.
        pairing: `paired`, both are over the same inputs and have rows; else why not: `other inputs`; `no rows`, the
            inputs are the same but one of the runs has no rows; `groups`, inputs come in groups that rows do not name.
        examples: how many inputs each run is over.
        level: of all tests together.
        tested: how many figures could have moved.
        moved: how many of them did.
        changed_answers: how many answers changed.
        models: the models that both runs have, the base first.
        only_before: those that only the first has.
        only_after: those that only the second has.
        claims: the paper's claims with another outcome.
        settings: what else differs.
    """

    schema_version: int = Field(default=DIFFERENCE_SCHEMA, alias="schema")
    before: str
    after: str
    pairing: Pairing
    examples: tuple[int, int]
    level: float
    tested: int
    moved: int
    changed_answers: int
    models: tuple[ModelDifference, ...]
    only_before: tuple[UnmatchedModel, ...] = ()
    only_after: tuple[UnmatchedModel, ...] = ()
    claims: tuple[AnswerChange, ...] = ()
    settings: tuple[SettingDifference, ...] = ()

    model_config = ConfigDict(extra="forbid", frozen=True, ser_json_inf_nan="strings", populate_by_name=True)

    @property
    def differs(self) -> bool:
        """Whether a figure moved, an answer changed, or a model is only in one of the runs."""
        return bool(self.moved or self.changed_answers or self.only_before or self.only_after)
