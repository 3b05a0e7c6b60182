"""Hold the figures of two runs against each other."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from samefn.difference.figures import EXACT, LATENCIES, FigureName, RunFigures, latency, run_figures, towards, unit_of
from samefn.difference.models import changed_answers, changed_claims, match_models, unmatched
from samefn.difference.result import RunDifference
from samefn.difference.rows import pair_rows, paired_base_tests, paired_tests, require_named, rows_of
from samefn.difference.settings import MatchedModels, setting_differences
from samefn.reports.read import read_report, read_rows
from samefn.schema.difference import FigureDifference, ModelDifference, Pairing
from samefn.schema.quantities import Quantity
from samefn.schema.report import ModelEntry, Report
from samefn.statistics.independent_difference import Sampled, independent_difference
from samefn.statistics.multiple_testing import holm
from samefn.statistics.paired_mean import PairedTest

LEVEL = 0.05  # of all tests together


@dataclass(frozen=True, eq=False)
class Run:
    """One run.

    Attributes:
        report: what it found.
        rows: the rows it is made from; None where they are not there.
    """

    report: Report
    rows: pl.LazyFrame | None


def read_run(path: Path) -> Run:
    """The run in a folder.

    Args:
        path: the folder, or its report.json.

    Raises:
        InputError: no report, or one that cannot be read; or rows that are not Parquet.
    """
    return Run(read_report(path), read_rows(path))


@dataclass(frozen=True, eq=False)
class _Side:
    """One run with its figures."""

    run: Run
    figures: RunFigures

    def rows(self, model: ModelEntry) -> pl.DataFrame | None:
        """The rows of a model; None where there are none."""
        view, rows = self.figures.view, self.run.rows
        if rows is None or view.base is None:
            return None
        return rows_of(rows, view.evaluation, view.base.id, model.id)


def difference(before: Run, after: Run) -> RunDifference:
    """Which figures and answers of two runs differ, and what else does.

    Over the same inputs every figure that rows tell is tested by rows; the others, and all figures of other inputs, by
    their intervals as of independent samples. All tests together have one level, by Holm's rule.

    Raises:
        InputError: rows that do not say what they are about.
    """
    sides = _Side(before, run_figures(before.report)), _Side(after, run_figures(after.report))
    pairing = _pairing(sides)
    matched = match_models(before.report, after.report)
    models = _judged(_models(sides, matched, paired=pairing == "paired"))
    claims = changed_claims(before.report, after.report)
    every = [figure for model in models for figure in model.figures]
    return RunDifference(
        before=before.report.name,
        after=after.report.name,
        pairing=pairing,
        examples=(sides[0].figures.view.examples, sides[1].figures.view.examples),
        level=LEVEL,
        tested=sum(figure.counted for figure in every),
        moved=sum(figure.counted and figure.moved for figure in every),
        changed_answers=len(claims) + sum(len(model.answers) for model in models),
        models=tuple(models),
        only_before=unmatched(before.report, after.report, matched),
        only_after=unmatched(after.report, before.report, matched),
        claims=claims,
        settings=setting_differences(before.report, after.report, matched),
    )


def _pairing(sides: tuple[_Side, _Side]) -> Pairing:
    """Whether the two runs are over the same inputs with rows that can be paired."""
    first, second = (side.run.report.data for side in sides)
    sets = {side.figures.view.evaluation for side in sides}
    if first.fingerprint != second.fingerprint or first.test_examples != second.test_examples or len(sets) > 1:
        return "other inputs"
    if any(side.run.rows is None for side in sides):
        return "no rows"
    if any(side.figures.grouped for side in sides):
        return "groups"
    for side in sides:
        if side.run.rows is not None:
            require_named(side.run.rows)
    return "paired"


def _models(sides: tuple[_Side, _Side], matched: MatchedModels, *, paired: bool) -> list[ModelDifference]:
    """Every model that both runs have, the base first."""
    found, of_base = [], None
    confidence = sides[1].run.report.confidence
    for models in matched:
        if models[0].role == "base":
            continue
        frames = [side.rows(model) for side, model in zip(sides, models, strict=True)] if paired else [None, None]
        pair = None if frames[0] is None or frames[1] is None else pair_rows(frames[0], frames[1])
        tests = paired_tests(pair, confidence) if pair else {}
        found.append(_model(sides, models, tests, pair.changed("top") if pair else None))
        of_base = of_base or pair
    tests = paired_base_tests(of_base, confidence) if of_base else {}
    changed = of_base.changed("base_top") if of_base else None
    bases = [models for models in matched if models[0].role == "base"]
    return [*(_model(sides, models, tests, changed) for models in bases), *found]


def _model(
    sides: tuple[_Side, _Side],
    models: tuple[ModelEntry, ModelEntry],
    tests: Mapping[str, PairedTest],
    predictions: int | None,
) -> ModelDifference:
    names = dict.fromkeys(name for side, model in zip(sides, models, strict=True) for name in side.figures.names(model))
    figures = [_figure(sides, models, name, tests.get(str(name))) for name in names]
    figures += [_latency(models, name) for name in LATENCIES]
    return ModelDifference(
        name=models[1].name,
        role=models[1].role,
        before=models[0].id,
        after=models[1].id,
        predictions=predictions,
        answers=changed_answers(sides[0].figures, sides[1].figures, models),
        figures=tuple(one for one in figures if (one.before, one.after) != (None, None)),
    )


def _figure(
    sides: tuple[_Side, _Side], models: tuple[ModelEntry, ModelEntry], name: FigureName, test: PairedTest | None
) -> FigureDifference:
    """One figure, not yet adjusted for the others."""
    before, after = (side.figures.quantity(model, name) for side, model in zip(sides, models, strict=True))
    found = FigureDifference(
        name=str(name),
        unit=unit_of(name),
        method="not tested",
        before=before.value,
        before_low=before.low,
        before_high=before.high,
        after=after.value,
        after_low=after.low,
        after_high=after.high,
    )
    if before.value is None or after.value is None:
        return found
    if name.quantity in EXACT:
        ends = dict.fromkeys(("before_low", "before_high", "after_low", "after_high"))
        return found.model_copy(update={**ends, "method": "exact", "moved": before.value != after.value})
    if test is not None:
        return found.model_copy(update={"method": "paired", **test._asdict()})
    sampled = [_sampled(one, side) for one, side in zip((before, after), sides, strict=True)]
    if sampled[0] is None or sampled[1] is None:
        return found
    low, high, p_value = independent_difference(sampled[0], sampled[1], sides[1].run.report.confidence)
    return found.model_copy(update={"method": "intervals", "low": low, "high": high, "p_value": p_value})


def _sampled(quantity: Quantity, side: _Side) -> Sampled | None:
    """A figure with its interval; None where one of them is missing or infinite."""
    value, low, high = quantity.value, quantity.low, quantity.high
    if value is None or low is None or high is None or not math.isfinite(value):
        return None
    return Sampled(value, low, high, side.figures.units, side.run.report.confidence)


def _latency(models: tuple[ModelEntry, ModelEntry], name: str) -> FigureDifference:
    """A latency in both runs. It is of one machine at one time, so it is shown and not counted."""
    one, other = (latency(model, name) for model in models)
    found = FigureDifference(name=name, unit="seconds", method="not tested")
    for when, of in (("before", one), ("after", other)):
        if of is not None:
            found = found.model_copy(update={when: of.median, f"{when}_low": of.low, f"{when}_high": of.high})
    if one is None or other is None or one.batch != other.batch:
        return found
    if one.low is None or one.high is None or other.low is None or other.high is None:
        return found
    apart = one.high < other.low or other.high < one.low
    return found.model_copy(update={"method": "quartiles", "moved": apart})


def _judged(models: list[ModelDifference]) -> list[ModelDifference]:
    """The same with every p-value adjusted for all of them, and with what moved."""
    p_values = [one.p_value for model in models for one in model.figures if one.p_value is not None]
    adjusted = iter(holm(p_values).tolist())
    found = []
    for model in models:
        figures = [_decided(one, None if one.p_value is None else next(adjusted)) for one in model.figures]
        found.append(model.model_copy(update={"figures": tuple(figures)}))
    return found


def _decided(figure: FigureDifference, p_holm: float | None) -> FigureDifference:
    moved = figure.moved if p_holm is None else p_holm <= LEVEL
    direction = None
    if moved and figure.before is not None and figure.after is not None:
        direction = towards(figure.name, figure.after - figure.before)
    return figure.model_copy(update={"p_holm": p_holm, "moved": moved, "towards": direction})
