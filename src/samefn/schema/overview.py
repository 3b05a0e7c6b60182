"""The models of overview.json, version 2: what the studies of a suite say side by side.

Every number is that of a study's report.json, or a mean, an end or a difference of such numbers.
"""

from typing import Literal

from pydantic import ConfigDict, Field, JsonValue

from samefn.schema.base import Part
from samefn.schema.claims import ClaimId, ClaimOutcome
from samefn.schema.protocols import Switch, Variant
from samefn.schema.report import Failure, Role
from samefn.schema.verdicts import Outcome

OVERVIEW_SCHEMA = 2
# What an outcome that the protocols do not share depends on: on switches each of which alone makes the difference; on
# several together, since none does alone; not known, since not every switch was run, or none was run alone.
Dependence = Literal["switches", "several switches", "not every switch", "no switch"]
# What the paper's table has columns for.
PlaceRole = Literal["student", "quantized", "pruned"]


class StudyEntry(Part):
    """One study: a pair of data set and net by one protocol.

    Attributes:
        name: the study's name, and the folder of its report.
        pair: the pair's name.
        variant: `corrected`, `published`, or the switch that is on.
        data: the data set.
        net: the base's net.
        official: whether the data are the published splits; null where that is not known or the study could not be
            made.
        examples: inputs of the first evaluation set; null where the study could not be made.
        base_accuracy: share of them that the base predicts right, 0 to 1; null without labels, and where not made.
        error: why the study could not be made; empty where it was.
        failures: models of it that could not be made.
        unmet: requirements that it does not meet, a sentence each.
        warnings: what a reader must know of its report.
    """

    name: str
    pair: str
    variant: Variant
    data: str
    net: str
    official: bool | None = None
    examples: int | None = None
    base_accuracy: float | None = None
    error: str = ""
    failures: tuple[Failure, ...] = ()
    unmet: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


class DeviationEntry(Part):
    """One cell of the paper's table: the deviation of accuracy from the base's, relative percent.

    Attributes:
        study: name of the study.
        role: student, quantized or pruned.
        strength: alpha of students, `float16` or `int8`, the share of weights removed.
        value: of the model; of several students the mean over seeds. Null where it was not made.
        low: the least over seeds.
        high: the greatest over seeds.
        models: ids of the models in that report.
        published: what the paper prints; null where it prints nothing.
        difference: value minus published; null for a switch alone, where the data are not the published splits, and
            where one of the two is missing.
    """

    study: str
    role: PlaceRole
    strength: str
    value: float | None
    low: float | None
    high: float | None
    models: tuple[str, ...]
    published: float | None
    difference: float | None


class ClaimInStudy(Part):
    """What one study says of a claim.

    Attributes:
        claim: C1 to C5.
        study: name of the study.
        outcome: what came of it.
        because: why, in words.
    """

    claim: ClaimId
    study: str
    outcome: ClaimOutcome
    because: str


class ClaimOfPair(Part):
    """What all protocols together say of a claim, for one pair.

    Attributes:
        claim: C1 to C5.
        pair: the pair's name.
        outcome: that of the protocols where they agree, else `depends on`.
        depends_on: on what, as a code; null for the other outcomes.
        switches: the switches each of which alone turns corrected's outcome into published's.
        moved_by: where the protocols agree, the switches each of which alone leads to another outcome.
    """

    claim: ClaimId
    pair: str
    outcome: ClaimOutcome | Literal["depends on"]
    depends_on: Dependence | None = None
    switches: tuple[Switch, ...] = ()
    moved_by: tuple[Switch, ...] = ()


class TrendEntry(Part):
    """Where one method is of the relative distance in one study, by one distance.

    Attributes:
        study: name of the study.
        role: student, quantized or pruned.
        method: the method with its strength, the same in every study.
        measure: the distance: disagreement or total_variation.
        value: relative distance; of several seeds the mean. Null where there is no relative distance.
        low: the lowest end of the intervals of its models.
        high: the highest end.
        models: ids of the models in that report.
        outcomes: their verdicts, each once, the best first.
    """

    study: str
    role: Role
    method: str
    measure: str
    value: float | None
    low: float | None
    high: float | None
    models: tuple[str, ...]
    outcomes: tuple[Outcome, ...]


class Overview(Part):
    """overview.json.

    Attributes:
        schema_version: version of this contract; a change that breaks a reader raises it.
        samefn: version of samefn that wrote it.
        suite: what was asked for, without defaults.
        studies: every study, pair by pair.
        deviations: the paper's table.
        claims: every claim in every study that was made.
        settled: every claim for every pair.
        trend: every method in every study, by both distances.
    """

    schema_version: int = Field(default=OVERVIEW_SCHEMA, alias="schema")
    samefn: str
    suite: dict[str, JsonValue]
    studies: tuple[StudyEntry, ...]
    deviations: tuple[DeviationEntry, ...]
    claims: tuple[ClaimInStudy, ...]
    settled: tuple[ClaimOfPair, ...]
    trend: tuple[TrendEntry, ...]

    model_config = ConfigDict(extra="forbid", frozen=True, ser_json_inf_nan="strings", populate_by_name=True)

    @property
    def pairs(self) -> tuple[str, ...]:
        """The pairs' names, in order."""
        return tuple(dict.fromkeys(study.pair for study in self.studies))

    @property
    def variants(self) -> tuple[Variant, ...]:
        """The protocols and switches, in order."""
        return tuple(dict.fromkeys(study.variant for study in self.studies))
