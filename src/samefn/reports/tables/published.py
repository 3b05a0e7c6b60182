"""The paper's published table, as data beside this file."""

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

from pydantic import BaseModel, ConfigDict


class PublishedRow(BaseModel):
    """One pair of data set and net: deviations of accuracy in relative percent, keyed as columns are made.

    Attributes:
        data: samefn's name of the data set.
        net: samefn's name of the net.
        base_accuracy: percent.
        student: by alpha.
        quantized: `float16` and `int8`.
        pruned: by the share of weights removed.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    data: str
    net: str
    base_accuracy: float
    student: dict[str, float]
    quantized: dict[str, float]
    pruned: dict[str, float]


def published_row(data: str, net: str) -> PublishedRow | None:
    """The paper's row for a data set and a net; none where the paper has none.

    >>> published_row("mnist", "lenet").pruned["0.9"]
    -22.55
    """
    return next((row for row in published_rows() if (row.data, row.net) == (data, net)), None)


@cache
def published_rows() -> tuple[PublishedRow, ...]:
    """All rows, in the paper's order."""
    return tuple(PublishedRow.model_validate(row) for row in _table()["row"])


def published_source() -> str:
    """Where the numbers are printed."""
    return str(_table()["source"])


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads(files("samefn.reports.tables").joinpath("published.toml").read_text("utf-8"))
