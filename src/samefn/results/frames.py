"""The figures of a report as frames that are made for Python, where no table of the report is alike."""

import polars as pl

from samefn.schema.costs import Latency
from samefn.schema.report import Report

_TEXT, _NUMBER, _COUNT = pl.String, pl.Float64, pl.Int64


def distances_frame(report: Report) -> pl.DataFrame:
    """One row a model and measure, with the interval of the value and of the relative distance.

    `relative_distance` is null where a measure has none: without independents, and for the independents themselves.
    """
    distances = {(entry.candidate, entry.measure): entry for entry in report.relative_distances}
    rows = []
    for entry in report.measures:
        model = report.model(entry.candidate)
        distance = distances.get((entry.candidate, entry.measure))
        relative = (distance.value, distance.low, distance.high) if distance else (None, None, None)
        rows.append((model.name, model.role, entry.measure, entry.value, entry.low, entry.high, *relative))
    numbers = ("value", "low", "high", "relative_distance", "relative_distance_low", "relative_distance_high")
    schema = {"model": _TEXT, "role": _TEXT, "measure": _TEXT, **dict.fromkeys(numbers, _NUMBER)}
    return pl.DataFrame(rows, schema=schema, orient="row")


def costs_frame(report: Report) -> pl.DataFrame:
    """One row a model: bytes, parameters, seconds of one input and of a batch (medians), bytes of memory."""
    rows = []
    for model in report.models:
        cost = model.cost
        one, whole = (cost.one, cost.whole) if cost else (None, None)
        size = (model.bytes, model.bytes_zstd, *((cost.parameters, cost.nonzero) if cost else (None, None)))
        rows.append((model.name, model.role, *size, *_latency(one)[1:], *_latency(whole), cost and cost.memory))
    counts = ("bytes", "bytes_zstd", "parameters", "nonzero")
    schema = {"model": _TEXT, "role": _TEXT, **dict.fromkeys(counts, _COUNT)}
    schema |= dict.fromkeys(("seconds", "seconds_low", "seconds_high"), _NUMBER) | {"batch": _COUNT}
    schema |= dict.fromkeys(("batch_seconds", "batch_seconds_low", "batch_seconds_high"), _NUMBER) | {"memory": _COUNT}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _latency(latency: Latency | None) -> tuple[int | float | None, ...]:
    if latency is None:
        return (None, None, None, None)
    return (latency.batch, latency.median, latency.low, latency.high)


def landscape_frame(report: Report) -> pl.DataFrame:
    """One row a point of a map: `panel` and `method` name the map, `epoch` is null of models that were not trained."""
    names = {model.id: (model.name, model.role) for model in report.models}
    rows = [
        (chart.panel, chart.method, *names.get(point.model, (point.model, None)), point.epoch, point.x, point.y)
        for chart in (*report.landscape, *report.panels)
        for point in chart.points
    ]
    texts = dict.fromkeys(("panel", "method", "model", "role"), _TEXT)
    return pl.DataFrame(rows, schema={**texts, "epoch": _COUNT, "x": _NUMBER, "y": _NUMBER}, orient="row")


def classes_frame(report: Report) -> pl.DataFrame:
    """One row a candidate and pair of classes: how many inputs went from the base's class to the candidate's."""
    rows = [
        (report.model(one.candidate).name, change.base_top, change.top, change.count, change.base_right, change.right)
        for one in report.changed_counts
        for change in one.class_changes
    ]
    schema = dict.fromkeys(("model", "base_class", "class"), pl.String)
    counts = dict.fromkeys(("count", "base_right", "right"), pl.Int64)
    return pl.DataFrame(rows, schema={**schema, **counts}, orient="row")
