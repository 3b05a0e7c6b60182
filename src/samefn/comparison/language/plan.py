"""The plan of a comparison of language models: the windows that all are scored on, and the tasks that score them."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import numpy as np

from samefn.comparison.language.task_specs import ScoredPair, ScoreSpec
from samefn.comparison.numeric_environment import numeric_environment, packages
from samefn.comparison.plan import MEASURED_BY, ComparedModel, Piece, titled
from samefn.config.comparison import ComparisonSpec, ModelSource
from samefn.config.keys import ROWS, SCORE
from samefn.core.canonical import Json
from samefn.core.errors import InputError
from samefn.core.plain_files import require_file
from samefn.datasets.dataset import EXAMPLES_SPLIT, Dataset
from samefn.datasets.example_set import ExampleSet
from samefn.engine.task import Task
from samefn.measures.stored_rows import measures_in_keys
from samefn.runtimes.adapters import Adapter, import_loader
from samefn.runtimes.host import int8_flags
from samefn.runtimes.language.model import (
    DEFAULT_WINDOW,
    TOKENS,
    LanguageModel,
    Tokens,
    require_same_tokens,
    require_window_length,
    scored_part,
)


@dataclass(frozen=True, eq=False)
class Text:
    """A text, cut into windows.

    Attributes:
        data: one example a window, with its tokens in the array `tokens`, [windows, length].
        failures: by model id, why a model cannot be scored on them.
    """

    data: Dataset
    failures: Mapping[str, str]

    @property
    def windows(self) -> Tokens:
        """The tokens, [windows, length]."""
        return self.data.examples.arrays[TOKENS]

    @property
    def length(self) -> int:
        """Tokens a window."""
        return int(self.windows.shape[1])

    @property
    def scored(self) -> int:
        """Scored tokens of each window."""
        part = scored_part(self.length)
        return int(part.stop - part.start)


def open_language_model(source: ModelSource, adapter: Adapter) -> LanguageModel:
    """A causal language model; its weights are read when it is first run.

    Raises:
        InputError: it cannot be opened.
    """
    return cast("LanguageModel", import_loader(adapter)(source))


def read_windows(spec: ComparisonSpec, models: Sequence[ComparedModel]) -> Text:
    """Cut the text into windows, by the base's tokenizer, and see which models can be scored on them.

    Raises:
        InputError: the base cannot be opened, or the text cannot be read.
    """
    opened: dict[str, LanguageModel] = {}
    failures: dict[str, str] = {}
    for one in models:
        if one.problem:
            failures[one.id] = one.problem
            continue
        try:
            opened[one.id] = open_language_model(one.source, one.adapter)
        except InputError as error:
            failures[one.id] = _of_base(error, one)
    length = window_length(list(opened.values()), spec.n_ctx)
    content = None if spec.data is None else _read(Path(spec.data.path))
    windows: Tokens | None = None
    for one in models:
        if one.id not in opened:
            continue
        model = opened[one.id]
        try:
            require_window_length(length, model, one.name)
            found = model.windows(content, length)
            if windows is not None:
                require_same_tokens((opened["base"], windows), (model, found), one.name)
        except InputError as error:
            failures[one.id] = _of_base(error, one)
        else:
            windows = found if one.role == "base" else windows
    assert windows is not None  # noqa: S101  (the base comes first, and its failure is an error)
    return Text(window_set(windows, "" if spec.data is None else Path(spec.data.path).name), failures)


def window_length(models: Sequence[LanguageModel], wanted: int | None) -> int:
    """Tokens a window: as asked for, or as files of logits have them, else 512 or the most that all models take."""
    fixed = next((one.window for one in models if one.fixed), None)
    most = min((one.window for one in models if one.window is not None), default=DEFAULT_WINDOW)
    return wanted or fixed or min(DEFAULT_WINDOW, most)


def window_set(windows: Tokens, name: str) -> Dataset:
    """Windows as the examples of a comparison.

    Args:
        windows: [windows, length].
        name: of the text; empty where only files of logits were read.
    """
    count, length = windows.shape
    part = scored_part(length)
    ids = np.array([f"{number:06d}" for number in range(count)])
    return Dataset(
        name or "the text of the files of logits",
        (),
        {EXAMPLES_SPLIT: ExampleSet({TOKENS: windows.astype(np.int32)}, ids, None)},
        f"{count:,} windows of {length} tokens that do not overlap; scored are the {part.stop - part.start}"
        f" tokens after the first {part.start + 1} of each",
        known_fingerprint=hashlib.sha256(np.ascontiguousarray(windows, dtype="<i8").tobytes()).hexdigest(),
    )


def score_task(base: ComparedModel, other: ComparedModel, piece: Piece) -> Task:
    """The task that scores the base and another model side by side.

    Args:
        base: the base.
        other: the model that is measured against it.
        piece: which windows of the text.
    """
    models = base, other
    spec = ScoreSpec(
        models=(base.identity, other.identity),
        first=piece.start,
        measures=tuple(measures_in_keys()),
        rows=cast("int", ROWS.algorithm),
    )
    distributions = dict.fromkeys(name for one in models for name in (*one.adapter.distributions, *MEASURED_BY))
    versions: dict[str, Json] = {"packages": packages(distributions), "cpu": dict(int8_flags())}
    told = ScoredPair(
        sources=(base.source, other.source), planned_on=numeric_environment(one.adapter for one in models)
    )
    needs = {"windows": piece.key}
    key, name = SCORE.key(spec=spec.entries(), needs=needs, versions=versions), titled(other.name, piece)
    run = "samefn.comparison.language.tasks:score"
    return Task(key, SCORE.name, name, run, spec.entries(), needs, told.entries())


def _of_base(error: InputError, one: ComparedModel) -> str:
    if one.role == "base":
        raise error
    return str(error)


def _read(text: Path) -> str:
    require_file(text)
    try:
        with text.open(encoding="utf-8", newline="") as file:
            return file.read()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError("SF5017", f"cannot be read as UTF-8 text ({error})", where=str(text)) from error
