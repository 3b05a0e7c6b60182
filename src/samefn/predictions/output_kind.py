"""Output kinds: for each input, whether the prediction changed, and how far.

Callers know nothing of classes. There are two kinds today, class scores and labels. `interpret.detect_output_kind`
finds the kind from values, `interpret.to_predictions` makes `Predictions` of them, and rows have these two columns.
"""

import numpy as np
import polars as pl
from numpy.typing import NDArray

# Columns of rows: 1 where the prediction changed, else 0; and how far it moved, 0 to 1.
CHANGED, DISTANCE = "disagreement", "total_variation"


def changed_predictions(rows: pl.DataFrame) -> NDArray[np.bool_]:
    """Whether each prediction changed, [rows].

    Args:
        rows: of one model against the base, as `samefn.rows` returns them.
    """
    return np.asarray(rows[CHANGED].to_numpy() > 0)


def prediction_distance(rows: pl.DataFrame) -> NDArray[np.float64]:
    """How far each prediction moved, 0 to 1, [rows]; for labels 1 where it changed.

    Args:
        rows: of one model against the base, as `samefn.rows` returns them.

    >>> prediction_distance(pl.DataFrame({"disagreement": [0.0, 1.0], "total_variation": [None, None]})).tolist()
    [0.0, 1.0]
    """
    return rows.select(pl.coalesce(pl.col(DISTANCE).cast(pl.Float64), CHANGED)).to_series().to_numpy()
