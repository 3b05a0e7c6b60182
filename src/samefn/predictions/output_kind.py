"""The seam of output kinds: for every input, whether what a model gives for it changed, and how far.

What asks here knows nothing of classes. There are two kinds today, class scores and labels. Each is told from values by
`answers.told_apart`, becomes `Predictions` in `answers.to_predictions`, and has these two columns in rows.
"""

import numpy as np
import polars as pl
from numpy.typing import NDArray

# Columns of rows: 1 where the prediction is another one, else 0; and how far it moved, 0 to 1.
CHANGED, DISTANCE = "disagreement", "total_variation"


def changed(rows: pl.DataFrame) -> NDArray[np.bool_]:
    """Whether each input's prediction changed, [rows].

    Args:
        rows: of one model against the base, as `samefn.rows` gives them.
    """
    return np.asarray(rows[CHANGED].to_numpy() > 0)


def distance(rows: pl.DataFrame) -> NDArray[np.float64]:
    """How far each input's prediction moved, 0 to 1, [rows]; of labels, which tell no more, 1 where it changed.

    Args:
        rows: of one model against the base, as `samefn.rows` gives them.

    >>> distance(pl.DataFrame({"disagreement": [0.0, 1.0], "total_variation": [None, None]})).tolist()
    [0.0, 1.0]
    """
    return rows.select(pl.coalesce(pl.col(DISTANCE).cast(pl.Float64), CHANGED)).to_series().to_numpy()
