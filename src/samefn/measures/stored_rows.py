"""What stored results call measures: rows and keys keep the names that measures had when they were made."""

from pathlib import Path

import polars as pl

from samefn.measures.table import MEASURES
from samefn.schema.upgrade.upgrade import RENAMED_MEASURES

_NAMES_IN_KEYS = {new: old for old, new in RENAMED_MEASURES.items()}


def scan_rows(path: Path) -> pl.LazyFrame:
    """Rows in a Parquet file, to be read as they are used; columns with old names have today's.

    Args:
        path: the file. Faults of it show when the rows are read.
    """
    return pl.scan_parquet(path, glob=False).rename(RENAMED_MEASURES, strict=False)


def measures_in_keys() -> list[str]:
    """All measures by the names that keys of results have for them.

    >>> measures_in_keys()[1:4]
    ['disagreement', 'normalised_disagreement', 'flips_harm']
    """
    return [_NAMES_IN_KEYS.get(name, name) for name in MEASURES]
