"""The plan of a comparison of language models: the windows of the text, and the tasks that score models on them."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import numpy as np

from samefn.comparison.confinement import confined_models
from samefn.comparison.language.documents import first_windows, read_source
from samefn.comparison.language.task_specs import ScoredPair, ScoreSpec
from samefn.comparison.models import ComparedModel
from samefn.comparison.numeric_environment import key_versions, numeric_environment
from samefn.comparison.plan import ROWS_PACKAGES, Piece, task_name
from samefn.config.comparison import ComparisonSpec, ModelSource
from samefn.config.keys import ROWS, SCORE
from samefn.core.errors import InputError
from samefn.datasets.dataset import EXAMPLES_SPLIT, Dataset
from samefn.datasets.example_set import ExampleSet
from samefn.engine.task import Task
from samefn.measures.stored_rows import measures_in_keys
from samefn.runtimes.adapters import Adapter, import_loader
from samefn.runtimes.language.model import (
    DEFAULT_WINDOW,
    TOKENS,
    LanguageModel,
    Tokens,
    require_same_tokens,
    require_window_length,
    scored_part,
)
from samefn.schema.language import Block


@dataclass(frozen=True, eq=False)
class Text:
    """A text, cut into windows.

    Attributes:
        data: one example a window, with its tokens in the array `tokens`, [windows, length].
        failures: by model id, why it cannot be scored on them.
        documents: the windows at which documents begin, the first among them; empty where none are declared.
    """

    data: Dataset
    failures: Mapping[str, str]
    documents: tuple[int, ...] = ()

    @property
    def windows(self) -> Tokens:
        """The tokens, [windows, length]."""
        return self.data.examples.arrays[TOKENS]

    @property
    def block(self) -> Block:
        """What the unit of intervals is."""
        return "document" if self.documents else "window"

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
    """Cut the text into windows by the base's tokenizer, and find the models that cannot be scored on them.

    Raises:
        InputError: the base cannot be opened, or the text cannot be read.
    """
    opened: dict[str, LanguageModel] = {}
    failures: dict[str, str] = {}
    for model in models:
        if model.problem:
            failures[model.id] = model.problem
            continue
        try:
            opened[model.id] = open_language_model(model.source, model.adapter)
        except InputError as error:
            failures[model.id] = _unless_base(error, model)
    length = window_length(list(opened.values()), spec.n_ctx)
    source = read_source(spec.data)
    windows: Tokens | None = None
    for model in models:
        if model.id not in opened:
            continue
        language_model = opened[model.id]
        try:
            require_window_length(length, language_model, model.name)
            own_windows = language_model.windows(source.content, length)
            if windows is not None:
                require_same_tokens((opened["base"], windows), (language_model, own_windows), model.name)
        except InputError as error:
            failures[model.id] = _unless_base(error, model)
        else:
            windows = own_windows if model.role == "base" else windows
    assert windows is not None  # noqa: S101  (the base comes first, and its failure was raised)
    name = "" if spec.data is None else Path(spec.data.path).name
    return Text(window_set(windows, name), failures, first_windows(source, opened["base"], windows))


def window_length(models: Sequence[LanguageModel], wanted: int | None) -> int:
    """Tokens a window: the wanted length, or that in files of logits, else 512 or the most that all models take."""
    fixed = next((model.window for model in models if model.fixed), None)
    most = min((model.window for model in models if model.window is not None), default=DEFAULT_WINDOW)
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
        f"{count:,} windows of {length} tokens, without overlap; the {part.stop - part.start} tokens after the first"
        f" {part.start + 1} of each are scored",
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
    packages = dict.fromkeys(name for model in models for name in (*model.adapter.distributions, *ROWS_PACKAGES))
    pair = ScoredPair(
        sources=(base.source, other.source), planned_on=numeric_environment(model.adapter for model in models)
    )
    needs = {"windows": piece.key}
    key = SCORE.key(spec=spec.entries(), needs=needs, versions=key_versions(packages))
    run = "samefn.comparison.language.tasks:score"
    return Task(
        key,
        SCORE.name,
        task_name(other.name, piece),
        run,
        spec.entries(),
        needs,
        pair.entries(),
        confined=confined_models(
            [(one.source, one.adapter) for one in reversed(models)],
            "scipy.special",
            "samefn.measures.compiled.single_pass",
        ),
    )


def _unless_base(error: InputError, model: ComparedModel) -> str:
    """The text of an error, which is raised where it is the base's."""
    if model.role == "base":
        raise error
    return str(error)
