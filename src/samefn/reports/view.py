"""A report as a reader sees it: each model's figures, the range of the independents, and where models lie in it."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from math import inf

from samefn.landscape.distances import MIN_POINTS
from samefn.reports.styles import COMPRESSED, ROLE_STYLES
from samefn.schema.landscape import LandscapeMap
from samefn.schema.report import MeasureEntry, ModelEntry, Report
from samefn.schema.verdicts import RelativeDistance, VerdictEntry


@dataclass(frozen=True)
class ModelComparison:
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
class IndependentRange:
    """The independents' disagreement with the base.

    Attributes:
        low: the lowest end of their intervals, 0 to 1.
        high: the highest end of their intervals, 0 to 1.
        comparisons: each independent's own figure.
    """

    low: float
    high: float
    comparisons: tuple[ModelComparison, ...]


@dataclass(frozen=True)
class JudgedCandidate:
    """A candidate and its verdict.

    Attributes:
        model: the candidate.
        verdict: its verdict on the main evaluation set.
        comparison: its disagreement with the base, where that was measured.
        relative_distance: by predictions, or by probabilities where it has none by predictions; none without both.
    """

    model: ModelEntry
    verdict: VerdictEntry
    comparison: ModelComparison | None
    relative_distance: float | None = None

    @property
    def distance_key(self) -> tuple[float, float]:
        """How far it is from the base, to sort by: the relative distance, then the share of changed predictions."""
        disagreement = self.comparison.value if self.comparison else 2.0
        return (-inf if self.relative_distance is None else self.relative_distance), disagreement


class ReportView:
    """A report with what its tables, charts and sentences look up in it.

    The main evaluation set is the first one that the measures name, or else the verdicts.

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
        order = list(ROLE_STYLES)
        return tuple(sorted(self.report.models, key=lambda model: order.index(model.role)))

    @cached_property
    def comparisons(self) -> tuple[ModelComparison, ...]:
        """Every model with a disagreement, from the smallest to the largest."""
        entries = [(model, self.entry(model, "disagreement")) for model in self.models]
        comparisons = [
            ModelComparison(model, self._models[entry.base], entry)
            for model, entry in entries
            if entry is not None and entry.value is not None and entry.base in self._models
        ]
        return tuple(sorted(comparisons, key=lambda comparison: (comparison.value, comparison.high)))

    @cached_property
    def compressed(self) -> tuple[ModelComparison, ...]:
        """The comparisons of compressed models with the base."""
        return tuple(c for c in self.comparisons if c.model.role in COMPRESSED and c.against.role == "base")

    @cached_property
    def judged(self) -> tuple[JudgedCandidate, ...]:
        """The candidates that have a verdict on the main evaluation set, the nearest first."""
        comparisons = {c.model.id: c for c in self.compressed}
        judged = [
            JudgedCandidate(
                self._models[verdict.candidate],
                verdict,
                comparisons.get(verdict.candidate),
                _first_value(
                    self.relative_distance(verdict.candidate, measure)
                    for measure in ("disagreement", "total_variation")
                ),
            )
            for verdict in self.report.verdicts
            if verdict.evaluation == self.evaluation
            and verdict.candidate in self._models
            and self._models[verdict.candidate].role in COMPRESSED
        ]
        return tuple(sorted(judged, key=lambda candidate: candidate.distance_key))

    @cached_property
    def relative_distances(self) -> tuple[RelativeDistance, ...]:
        """On the main evaluation set, by the two distances that verdicts are made from."""
        return tuple(
            entry
            for entry in self.report.relative_distances
            if entry.evaluation == self.evaluation and entry.measure in ("disagreement", "total_variation")
        )

    def relative_distance(self, candidate: str, measure: str) -> RelativeDistance | None:
        """A candidate's relative distance by one measure; none where that was not computed."""
        entries = (entry for entry in self.relative_distances if entry.measure == measure)
        return next((entry for entry in entries if entry.candidate == candidate), None)

    @property
    def one_independent(self) -> bool:
        """Whether there was only one independent."""
        return any(entry.independents == 1 for entry in self.relative_distances)

    @property
    def without_independents(self) -> bool:
        """Whether candidates were judged without any independent."""
        judged = any(verdict.evaluation == self.evaluation for verdict in self.report.verdicts)
        return judged and not any(entry.independents for entry in self.relative_distances)

    @property
    def transfer_evaluation(self) -> str:
        """The evaluation set whose transferred shares the page shows: the main one, or else the first there is."""
        named = [entry.evaluation for entry in self.report.transfer]
        return self.evaluation if self.evaluation in named or not named else named[0]

    @cached_property
    def independent_range(self) -> IndependentRange | None:
        """The independents' disagreement with the base; none without independents."""
        independents = tuple(c for c in self.comparisons if c.model.role == "independent")
        if not independents:
            return None
        return IndependentRange(min(c.low for c in independents), max(c.high for c in independents), independents)

    @cached_property
    def hidden_change(self) -> ModelComparison | None:
        """The compressed model whose changed predictions its accuracy hides best; none where it hides nothing.

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
        distances = [(model, last[model.id][1]) for model in self.models if model.id in last and model.role != "base"]
        return tuple(sorted(distances, key=lambda pair: pair[1]))


def _first_value(entries: Iterable[RelativeDistance | None]) -> float | None:
    """The first relative distance that has a value."""
    return next((entry.value for entry in entries if entry is not None and entry.value is not None), None)
