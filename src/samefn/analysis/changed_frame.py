"""All changed inputs of a comparison as a table, from its rows."""

import polars as pl

from samefn.analysis.rows import UNLABELLED
from samefn.core.errors import InputError
from samefn.predictions.about import GROUP, GROUP_NAME, ID
from samefn.schema.changed import Direction
from samefn.schema.report import JUDGED, Report
from samefn.statistics.parts import SLICE

_NEEDED = (
    *("evaluation", "candidate", "id", "label", "base_top", "top"),
    *("base_right", "right", "base_confidence", "confidence"),
)


def changed_frame(report: Report, rows: pl.DataFrame, about: pl.DataFrame | None = None) -> pl.DataFrame:
    """One row a changed input and candidate: where the top class, or the top token, is not the base's.

    Args:
        report: names the models and classes.
        rows: of all models, as a comparison has them.
        about: groups and slices of the examples, as `about_examples` makes them; None without any.

    Returns:
        `evaluation` (the set of examples), `candidate` (its name), `id`, `label`, `base_class` and `class` (names of
        classes; numbers of classes or tokens where they have none), `base_confidence` and `confidence` (null where only
        predicted classes are known), `direction`, the name of the `group`, where there are groups, and `slice:NAME` for
        each slice. Candidates come in the order of the report, inputs in the order of the rows.

    Raises:
        InputError: the rows lack a column.
    """
    if missing := [name for name in _NEEDED if name not in rows.columns]:
        there = ", ".join(rows.columns) or "no columns"
        raise InputError("SF465", f"have no column {missing[0]!r}, only {there}"[:300], where="rows")
    names = {model.id: model.name for model in report.models if model.role in JUDGED}
    order = {model: place for place, model in enumerate(names)}
    changed = (
        rows.lazy()
        .filter(pl.col("candidate").is_in(list(names)), pl.col("top") != pl.col("base_top"))
        .select(_NEEDED)
        .collect()
        .sort(pl.col("candidate").replace_strict(order, return_dtype=pl.Int64), maintain_order=True)
    )
    known = report.data.class_names
    return _with_about(changed, about).select(
        "evaluation",
        pl.col("candidate").replace_strict(names, return_dtype=pl.String),
        "id",
        _class_name("label", known).alias("label"),
        _class_name("base_top", known).alias("base_class"),
        _class_name("top", known).alias("class"),
        "base_confidence",
        "confidence",
        _direction().alias("direction"),
        pl.col("^(group|slice:.*)$"),
    )


def _class_name(column: str, names: tuple[str, ...]) -> pl.Expr:
    number = pl.col(column)
    if not names:
        return number.cast(pl.String)
    return number.replace_strict(list(range(len(names))), list(names), return_dtype=pl.String)


def _direction() -> pl.Expr:
    def name(direction: Direction) -> pl.Expr:
        return pl.lit(direction, pl.String)

    known = pl.when(pl.col("base_right")).then(name("negative flip")).when(pl.col("right")).then(name("positive flip"))
    return pl.when(pl.col("label").is_null()).then(name("no label")).otherwise(known.otherwise(name("both wrong")))


def _with_about(changed: pl.DataFrame, about: pl.DataFrame | None) -> pl.DataFrame:
    """With the groups and slices; further inputs without labels have none."""
    if about is None:
        return changed
    slices = {name: f"{SLICE}{name}" for name in about.columns if name not in (ID, GROUP, GROUP_NAME)}
    named = about.drop(GROUP, strict=False).rename({GROUP_NAME: GROUP, **slices}, strict=False)
    further = pl.col("evaluation") == UNLABELLED
    joined = changed.join(named, on=ID, how="left", maintain_order="left")
    return joined.with_columns(
        pl.when(further).then(None).otherwise(pl.col(name)).alias(name) for name in named.columns if name != ID
    )
