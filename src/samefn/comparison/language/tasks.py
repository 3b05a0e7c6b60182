"""The task of a comparison of language models: score two models side by side over some windows, and write rows."""

import io
from dataclasses import asdict
from pathlib import Path

import polars as pl

from samefn.comparison.language.plan import open_language_model
from samefn.comparison.language.rows import TOKEN_ROW_GROUP, window_rows
from samefn.comparison.language.task_specs import ScoredPair, ScoreSpec
from samefn.comparison.model_task import read_or_make
from samefn.comparison.numeric_environment import numeric_environment
from samefn.comparison.tasks import ROWS_FILE
from samefn.core.events import Event
from samefn.datasets.files import read_examples
from samefn.engine.task import Job
from samefn.engine.worker_check import require_same_environment
from samefn.measures.stored_rows import scan_rows
from samefn.runtimes.adapters import find_adapter
from samefn.runtimes.language.model import TOKENS, LanguageModel, Tokens
from samefn.schema.records import RECORD, AnswerRecord, ScoreRecord, write_record
from samefn.store.artefact import Artefact

# An interruption costs at most this many windows.
WINDOWS_KEPT_AT_ONCE = 8


def score(job: Job) -> None:
    """Rows of a model against the base, one for each scored token, and records of how both were run.

    The scores of one window and the rows of a few windows are in memory, never more.
    """
    pair, first = job.read(ScoredPair), job.read(ScoreSpec).first
    adapters = [find_adapter(source) for source in pair.sources]
    require_same_environment(pair.planned_on, numeric_environment(adapters))
    windows: Tokens = read_examples(job.inputs["windows"].folder).examples.arrays[TOKENS]
    base, other = (open_language_model(source, adapter) for source, adapter in zip(pair.sources, adapters, strict=True))
    parts: list[Path] = []
    for start in range(0, len(windows), WINDOWS_KEPT_AT_ONCE):
        some = windows[start : start + WINDOWS_KEPT_AT_ONCE]
        name, number = f"rows-{start:010d}", first + start
        content = read_or_make(job, name, lambda some=some, number=number: _rows(base, other, some, number))  # type: ignore[misc]
        parts.append(job.out / f"{name}.parquet")
        parts[-1].write_bytes(content)
        job.emit(Event("progress", job.name, "windows", done=start + len(some), total=len(windows)))
    rows = pl.concat([scan_rows(part) for part in parts], how="diagonal")  # parts of other versions may lack columns
    rows.sink_parquet(job.out / ROWS_FILE, compression="zstd", row_group_size=TOKEN_ROW_GROUP)
    for part in parts:
        part.unlink()
    write_record(ScoreRecord(base=_record(base), other=_record(other)), job.out)


def read_records(artefact: Artefact) -> ScoreRecord:
    """How the base and the other model were run."""
    return ScoreRecord.model_validate_json(artefact.path(RECORD).read_bytes())


def _rows(base: LanguageModel, other: LanguageModel, windows: Tokens, first: int) -> bytes:
    """The rows of some windows as Parquet."""
    frames = []
    for number, tokens in enumerate(windows, start=first):
        window = tokens.astype("int64")
        frames.append(window_rows(base.scored(number, window), other.scored(number, window), window, number))
    buffer = io.BytesIO()
    pl.concat(frames).write_parquet(buffer, compression="zstd")
    return buffer.getvalue()


def _record(model: LanguageModel) -> AnswerRecord:
    weights = model.weights()
    return AnswerRecord.model_validate({"facts": model.facts(), **({} if weights is None else asdict(weights))})
