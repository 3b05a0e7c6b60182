"""What models predicted on pieces of the examples: saved predictions, runs in the store, and the rows made of them."""

from bisect import bisect_right
from collections.abc import Sequence
from functools import lru_cache, partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from samefn.analysis.changed_examples import ScoresOf
from samefn.comparison.models import ComparedModel
from samefn.comparison.plan import Piece
from samefn.comparison.records import given_record
from samefn.comparison.tasks import ROWS_FILE, read_record, stored_predictions
from samefn.datasets.dataset import Dataset
from samefn.engine.task import Task
from samefn.predictions.predictions import Predictions
from samefn.schema.records import AnswerRecord
from samefn.store.store import Store


class PieceRuns:
    """The runs of one comparison.

    Args:
        data: the examples.
        store: with the results of the tasks.

    Attributes:
        saved: predictions that were given, by model id.
        prediction_tasks: that ran a model on a piece, by model id and piece.
        row_tasks: that made its rows.
        row_files: rows that were made in this process.
    """

    def __init__(self, data: Dataset, store: Store) -> None:
        self._data, self._store = data, store
        self.saved: dict[str, Predictions] = {}
        self.prediction_tasks: dict[tuple[str, Piece], Task] = {}
        self.row_tasks: dict[tuple[str, Piece], Task] = {}
        self.row_files: dict[tuple[str, Piece], Path] = {}

    def has(self, model: ComparedModel, piece: Piece) -> bool:
        """Whether there are predictions of a model on a piece, or will be."""
        return model.id in self.saved or (model.id, piece) in self.prediction_tasks

    def predictions(self, model: ComparedModel, piece: Piece) -> Predictions:
        """A model's predictions on a piece."""
        if model.saved:
            return self.saved[model.id].part(piece.rows)
        artefact = self._store.open(self.prediction_tasks[model.id, piece].key)
        return stored_predictions(artefact, model.source.path, self._data.examples.part(piece.rows))

    def scores_of(self, model: ComparedModel, pieces: Sequence[Piece]) -> ScoresOf:
        """A model's log-probabilities by the place of an example; of the pieces only those in use are opened."""
        opened = lru_cache(maxsize=None)(partial(self.predictions, model))

        def scores(place: int) -> NDArray[np.float32] | None:
            piece = pieces[bisect_right(pieces, place, key=lambda one: one.start) - 1]
            return opened(piece).scores_of(place - piece.start)

        return scores

    def record(self, model: ComparedModel, piece: Piece) -> AnswerRecord:
        """How a model ran on a piece."""
        if model.saved:
            return given_record(self.saved[model.id])
        return read_record(self._store.open(self.prediction_tasks[model.id, piece].key))

    def rows_of(self, model: ComparedModel, piece: Piece) -> Path:
        """The file of a model's rows on a piece."""
        if (model.id, piece) in self.row_files:
            return self.row_files[model.id, piece]
        return self._store.open(self.row_tasks[model.id, piece].key).path(ROWS_FILE)
