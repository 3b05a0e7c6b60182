"""What a report says when it is read: each model's figures, the reference, and who is on which side of it."""

from dataclasses import dataclass
from functools import cached_property
from math import inf
from typing import Literal

from samefn.landscape.distances import MIN_POINTS
from samefn.reports.styles import COMPRESSED, STYLES
from samefn.schema.landscape import LandscapeMap
from samefn.schema.report import MeasureEntry, ModelEntry, Report
from samefn.schema.verdicts import ScaleEntry, VerdictEntry

Side = Literal["unchanged", "nearer", "alike", "farther", "unjudged"]


@dataclass(frozen=True)
class Yardstick:
    """How often the independents answer unlike the base.

    Attributes:
        low: the lowest end of their intervals.
        high: the highest end of their intervals.
        comparisons: the independents' own figures.
    """

    low: float
    high: float
    comparisons: tuple["Comparison", ...]


@dataclass(frozen=True)
class Comparison:
    """One model against the model it is compared with.

    Attributes:
        model: the model.
        against: its reference: the base, or the parent where only that comparison was made.
        entry: the disagreement of the two.
    """

    model: ModelEntry
    against: ModelEntry
    entry: MeasureEntry

    @property
    def name(self) -> str:
        """The model's name, with its reference's where that is not the base."""
        return self.model.name if self.against.role == "base" else f"{self.model.name} (against {self.against.name})"

    @property
    def value(self) -> float:
        """The disagreement, 0 to 1."""
        return self.entry.value if self.entry.value is not None else float("nan")

    @property
    def low(self) -> float:
        """The lower end of its interval; the value where there is no interval."""
        return self.value if self.entry.low is None else self.entry.low

    @property
    def high(self) -> float:
        """The upper end of its interval; the value where there is no interval."""
        return self.value if self.entry.high is None else self.entry.high


@dataclass(frozen=True)
class Judged:
    """A candidate and its verdict.

    Attributes:
        model: the candidate.
        verdict: its verdict on the main evaluation set.
        comparison: its disagreement with the base, where that was measured.
        scale: where it is on the scale by disagreement, or by total variation where that has none; none without both.
    """

    model: ModelEntry
    verdict: VerdictEntry
    comparison: Comparison | None
    scale: float | None = None

    @property
    def far(self) -> tuple[float, float]:
        """How far it is, to sort by: on the scale, then by its changed answers."""
        changed = self.comparison.value if self.comparison else 2.0
        return (-inf if self.scale is None else self.scale), changed


class Findings:
    """A report, read. The main evaluation is the first one that the measures name, or else the verdicts.

    Args:
        report: the report.
    """

    def __init__(self, report: Report) -> None:
        self.report = report
        self.base: ModelEntry | None = next((model for model in report.models if model.role == "base"), None)
        named = [entry.evaluation for entry in report.measures] or [entry.evaluation for entry in report.verdicts]
        self.evaluation: str = named[0] if named else ""
        self.examples: int = report.measures[0].examples if report.measures else report.data.test_examples
        self._models = {model.id: model for model in report.models}
        self._entries = {(e.evaluation, e.base, e.candidate, e.measure): e for e in report.measures}

    def name(self, model_id: str) -> str:
        """A model's name; the id where there is no such model."""
        return self._models[model_id].name if model_id in self._models else model_id

    def entry(self, model: ModelEntry, measure: str) -> MeasureEntry | None:
        """A model's figure in the main evaluation: against the base, or its parent where only that exists."""
        for reference in (self.base.id if self.base else None, model.parent):
            if reference is not None:
                entry = self._entries.get((self.evaluation, reference, model.id, measure))
                if entry is not None:
                    return entry
        return None

    @cached_property
    def models(self) -> tuple[ModelEntry, ...]:
        """All models, by role, in the report's order within a role."""
        order = list(STYLES)
        return tuple(sorted(self.report.models, key=lambda model: order.index(model.role)))

    @cached_property
    def comparisons(self) -> tuple[Comparison, ...]:
        """Every model with a disagreement, from the smallest to the largest."""
        found = []
        for model in self.models:
            entry = self.entry(model, "disagreement")
            if entry is not None and entry.value is not None and entry.base in self._models:
                found.append(Comparison(model, self._models[entry.base], entry))
        return tuple(sorted(found, key=lambda comparison: (comparison.value, comparison.high)))

    @cached_property
    def compressed(self) -> tuple[Comparison, ...]:
        """The comparisons of compressed models with the base."""
        return tuple(c for c in self.comparisons if c.model.role in COMPRESSED and c.against.role == "base")

    @cached_property
    def judged(self) -> tuple[Judged, ...]:
        """The candidates that have a verdict on the main evaluation set, the nearest first."""
        known = {c.model.id: c for c in self.compressed}
        scales = {(one.candidate, one.measure): one.value for one in self.scales}
        by = ("disagreement", "total_variation")
        found = [
            Judged(
                self._models[verdict.candidate],
                verdict,
                known.get(verdict.candidate),
                next((at for measure in by if (at := scales.get((verdict.candidate, measure))) is not None), None),
            )
            for verdict in self.report.verdicts
            if verdict.evaluation == self.evaluation
            and verdict.candidate in self._models
            and self._models[verdict.candidate].role in COMPRESSED
        ]
        return tuple(sorted(found, key=lambda one: one.far))

    @cached_property
    def scales(self) -> tuple[ScaleEntry, ...]:
        """The scales of the main evaluation set by the two distances that verdicts are made from."""
        return tuple(
            entry
            for entry in self.report.scale
            if entry.evaluation == self.evaluation and entry.measure in ("disagreement", "total_variation")
        )

    @property
    def examples_only(self) -> bool:
        """Whether the scales' intervals say nothing about other independents: there was only one."""
        return any(entry.independents == 1 for entry in self.scales)

    @property
    def without_scale(self) -> bool:
        """Whether candidates were judged without any independent."""
        judged = any(verdict.evaluation == self.evaluation for verdict in self.report.verdicts)
        return judged and not any(entry.independents for entry in self.scales)

    @property
    def transfer_evaluation(self) -> str:
        """The evaluation set that the page asks about the teacher: the main one, or else the first there is."""
        named = [entry.evaluation for entry in self.report.transfer]
        return self.evaluation if self.evaluation in named or not named else named[0]

    @cached_property
    def reference(self) -> Yardstick | None:
        """The independents' disagreement with the base; none without independents."""
        independents = tuple(c for c in self.comparisons if c.model.role == "independent")
        if not independents:
            return None
        return Yardstick(min(c.low for c in independents), max(c.high for c in independents), independents)

    def side(self, comparison: Comparison) -> Side:
        """On which side of the reference a comparison lies.

        `unchanged`: no answer changed. `nearer` and `farther`: its whole interval lies below or above the
        independents'. `alike`: the intervals overlap. `unjudged`: there are no independents.
        """
        if comparison.value == 0:
            return "unchanged"
        if self.reference is None:
            return "unjudged"
        if comparison.high < self.reference.low:
            return "nearer"
        return "farther" if comparison.low > self.reference.high else "alike"

    def on(self, side: Side) -> tuple[Comparison, ...]:
        """The compressed models on one side."""
        return tuple(c for c in self.compressed if self.side(c) == side)

    @cached_property
    def concealed(self) -> Comparison | None:
        """The compressed model whose changed answers its accuracy hides best; none where it hides nothing.

        The one with the largest gap between disagreement and the change of accuracy, where that change is
        less than a fifth of the disagreement.
        """
        if self.base is None or self.base.accuracy is None:
            return None
        base_accuracy = self.base.accuracy
        gaps = [
            (c.value - abs(c.model.accuracy - base_accuracy), c)
            for c in self.compressed
            if c.model.accuracy is not None and abs(c.model.accuracy - base_accuracy) < c.value / 5
        ]
        return max(gaps, key=lambda gap: gap[0])[1] if gaps else None

    @property
    def maps(self) -> tuple[LandscapeMap, ...]:
        """The maps of enough points; of fewer a map would show less than the true distances do."""
        return tuple(chart for chart in self.report.landscape if len(chart.points) >= MIN_POINTS)

    @cached_property
    def final_distances(self) -> tuple[tuple[ModelEntry, float], ...]:
        """Each model but the base and the distance of its last point to the base's last, smallest first."""
        last: dict[str, tuple[float, float]] = {}
        for point in self.report.distances:
            epoch = float("inf") if point.epoch is None else point.epoch
            if point.model not in last or epoch >= last[point.model][0]:
                last[point.model] = (epoch, point.distance)
        found = [(model, last[model.id][1]) for model in self.models if model.id in last and model.role != "base"]
        return tuple(sorted(found, key=lambda pair: pair[1]))
