"""The figures of a model in a report that two runs are compared by, and in which direction each is better."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from samefn.gate.lookup import find_quantity
from samefn.measures.language import LANGUAGE_FIGURES
from samefn.measures.table import MEASURES
from samefn.reports.view import ReportView
from samefn.schema.costs import Latency
from samefn.schema.difference import FigureUnit, Towards
from samefn.schema.quantities import Quantity
from samefn.schema.report import ModelEntry, Report
from samefn.statistics.cluster_intervals import OVER_BLOCKS

EXACT = ("bytes", "parameters")
LATENCIES = ("latency", "latency_one")
# The figures that verdicts rest on come first.
FIRST = ("disagreement", "kld_mean", "ln_perplexity_ratio", "negative_flips", "positive_flips")
# Of language models: figures that are there by another name, and one of the base alone.
LEFT_OUT = ("kl_divergence", "same_top", "perplexity_base")
MORE_IS_BETTER = frozenset(
    {
        *("accuracy", "accuracy_deviation", "positive_flips", "correlation", "same_top"),
        *(name for name, measure in MEASURES.items() if measure.direction == "similarity"),
        *(one.name for one in LANGUAGE_FIGURES if one.name.startswith("true_change") and one.name != "true_change_rms"),
    }
)


class FigureName(NamedTuple):
    """A quantity, as requirements name it: `quantity[argument]`."""

    quantity: str
    argument: str = ""

    def __str__(self) -> str:
        return f"{self.quantity}[{self.argument}]" if self.argument else self.quantity


@dataclass(frozen=True)
class RunFigures:
    """The figures of one run.

    Attributes:
        view: its report.
        units: how many inputs, or blocks of dependent ones, its intervals are over.
        grouped: whether inputs come in declared groups, or tokens in declared documents.
    """

    view: ReportView
    units: float
    grouped: bool

    def quantity(self, model: ModelEntry, name: FigureName) -> Quantity:
        """A model's figure with its interval."""
        return find_quantity(self.view, model, *name)

    def names(self, model: ModelEntry) -> Iterator[FigureName]:
        """Every figure that a model of this run may have, but for latencies."""
        if model.role != "base":
            report = self.view.report
            left_out = LEFT_OUT if report.language else ()
            yield from map(FigureName, FIRST)
            yield FigureName("accuracy")
            distances = dict.fromkeys(one.measure for one in report.relative_distances if one.candidate == model.id)
            yield from (FigureName("relative_distance", measure) for measure in distances)
            others = (*MEASURES, *(one.name for one in LANGUAGE_FIGURES))
            yield from (FigureName(name) for name in others if name not in (*FIRST, *left_out))
        else:
            yield FigureName("accuracy")
        yield from map(FigureName, EXACT)


def run_figures(report: Report) -> RunFigures:
    """The figures of a report."""
    over_blocks = any(entry.interval in OVER_BLOCKS for entry in report.measures)
    if report.language:
        blocks = float(min(entry.blocks for entry in report.language))
        return RunFigures(ReportView(report), blocks, any(one.block == "document" for one in report.language))
    view = ReportView(report)
    effective = [one.effective_examples for one in report.verdicts] if over_blocks else []
    return RunFigures(view, max(2.0, min([view.examples, *effective])), over_blocks)


def latency(model: ModelEntry, name: str) -> Latency | None:
    """A latency with its quartiles; None where that was not measured."""
    return None if model.cost is None else model.cost.whole if name == "latency" else model.cost.one


def unit_of(name: FigureName) -> FigureUnit:
    """What a figure is counted in."""
    if name.quantity in EXACT:
        return "bytes" if name.quantity == "bytes" else "count"
    if name.quantity in LATENCIES:
        return "seconds"
    units = {measure: of.unit for measure, of in MEASURES.items()} | {one.name: one.unit for one in LANGUAGE_FIGURES}
    unit = "share of examples" if name.quantity == "accuracy" else units.get(name.quantity, "")
    if unit.startswith("share"):
        return "share"
    return "percent" if unit.startswith("percent") else "nats" if unit == "nats" else ""


def towards(name: str, difference: float) -> Towards:
    """Whether a figure that moved did so for better or worse: nearer the base, right more often, smaller or faster."""
    return "better" if (difference > 0) == (name in MORE_IS_BETTER) else "worse"
