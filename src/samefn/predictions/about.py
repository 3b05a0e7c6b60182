"""What is known of examples beside inputs and labels: which belong together, and the slices that they are in."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from samefn.core.errors import InputError
from samefn.core.naming import suggest

# Names of the array or column with the groups, where none is named.
GROUP_NAMES = ("group", "groups")
# The class of an example is a slice of this name.
CLASS = "class"
ID, GROUP = "id", "group"
# What people call the group. No slice has this name: nothing counts by it.
GROUP_NAME = "group name"
# A slice with more values is most likely a name or a number of each example.
MAX_VALUES = 1000


def about_examples(
    ids: NDArray[np.str_], groups: NDArray[Any] | None, slices: Mapping[str, NDArray[Any]], where: str
) -> pl.DataFrame | None:
    """The table of groups and slices.

    Args:
        ids: one name for each example.
        groups: the group of each example, whole numbers or text; None where each stands for itself.
        slices: by name, the value of each example: whole numbers, text or booleans.
        where: the data, for errors.

    Returns:
        `id`; `group`, counted from 0, and `group name` where there are groups; and a column of text for each slice.
        None without groups and slices.

    Raises:
        InputError: another number of values than examples, values of another type, fewer than two groups, a slice with
            too many values or with a name that is taken.

    >>> about_examples(np.array(["a", "b"]), np.array([7, 5]), {"site": np.array([1, 2])}, "data").rows()
    [('a', 1, '7', '1'), ('b', 0, '5', '2')]
    """
    columns: dict[str, pl.Series] = {}
    if groups is not None:
        names, codes = np.unique(_checked("groups", groups, len(ids), where), return_inverse=True)
        if len(names) < 2:
            raise InputError(
                "SF235", "all inputs are of one group", where=where, fix="give two groups or more, or none"
            )
        columns[GROUP] = pl.Series(codes.astype(np.int64))
        columns[GROUP_NAME] = pl.Series(names.astype(np.str_)[codes].tolist(), dtype=pl.String)
    for name, values in slices.items():
        if name in (CLASS, ID, GROUP, GROUP_NAME):
            raise InputError("SF236", f"a slice cannot have the name {name!r}", where=where, fix="rename it")
        text = _checked(f"slice {name!r}", values, len(ids), where).astype(np.str_)
        if (count := len(np.unique(text))) > MAX_VALUES:
            raise InputError(
                "SF236",
                f"slice {name!r} has {count:,} values, more than {MAX_VALUES:,}",
                where=where,
                fix="put its values into fewer bins",
            )
        columns[name] = pl.Series(text.tolist(), dtype=pl.String)
    return pl.DataFrame({ID: pl.Series(ids.tolist(), dtype=pl.String), **columns}) if columns else None


def group_name(named: str | None, present: Sequence[str]) -> str | None:
    """The array or column of the groups: the named one, or one with a usual name; None where there is none."""
    return named if named is not None else next((name for name in GROUP_NAMES if name in present), None)


def column_values(frame: pl.LazyFrame, name: str, where: str) -> NDArray[Any]:
    """A column of groups or of a slice: whole numbers, text or booleans.

    Raises:
        InputError: a value is missing, or the column has another type.
    """
    column = frame.select(name).collect().to_series()
    if column.null_count():
        raise InputError(
            "SF233",
            f"column {name!r} has no value in row {column.is_null().arg_max()}",
            where=where,
            fix="give every example a value",
        )
    if column.dtype in {pl.String, pl.Categorical} or isinstance(column.dtype, pl.Enum):
        return np.array(column.cast(pl.String).to_list(), dtype=np.str_)
    return column.to_numpy()


def require_columns(wanted: Collection[str], present: Sequence[str], where: str) -> None:
    """Refuse groups or slices that are not there.

    Raises:
        InputError: one is not; with what is there.
    """
    if absent := next((name for name in wanted if name not in present), None):
        fix = suggest(absent, present) if present else "there are none in this data"
        raise InputError("SF234", f"has no array or column {absent!r}", where=where, fix=fix)


def refuse_columns(groups: str | None, slices: Sequence[str], storage: str, where: str) -> None:
    """Refuse groups and slices that are named for data without columns.

    Raises:
        InputError: one is named.
    """
    if named := ([groups] if groups is not None else []) + list(slices):
        raise InputError(
            "SF234",
            f"{named[0]!r} is named as group or slice, but {storage} has no columns",
            where=where,
            fix="give npz or Parquet, or groups= and slices= in Python",
        )


def _checked(what: str, values: NDArray[Any], count: int, where: str) -> NDArray[Any]:
    flat = values[:, 0] if values.ndim == 2 and values.shape[1] == 1 else values
    if flat.shape != (count,) or flat.dtype.kind not in "biuU":
        raise InputError(
            "SF233",
            f"{what}: dtype {values.dtype} and shape {list(values.shape)} for {count} examples",
            where=where,
            fix="give one whole number or name for each example",
        )
    return flat
