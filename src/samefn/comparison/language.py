"""Compare language models side by side over a text; only rows are kept."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from samefn.comparison.duplicates import refuse_copies
from samefn.comparison.language_report import Heard, Said, language_report
from samefn.comparison.language_rows import Speaker, require_same_tokens, scored_shards
from samefn.comparison.model_identity import function_sha256
from samefn.comparison.model_names import model_names
from samefn.core.errors import InputError
from samefn.core.events import Emit, silent
from samefn.core.plain_files import require_file
from samefn.reports.write import write_report
from samefn.runtimes.adapters import find_adapter, opener
from samefn.runtimes.language import DEFAULT_WINDOW, LanguageModel, require_length
from samefn.schema.environment import Times
from samefn.schema.language import LanguageEntry
from samefn.schema.report import Report, Role
from samefn.spec.comparison import ModelSource


@dataclass(frozen=True, eq=False)
class LanguageResult:
    """What a comparison of language models found.

    Attributes:
        report: the report, as written to `report.json`.
        rows: by model id the Parquet files of its rows: one row a scored token, `block` is the number of its window.
    """

    report: Report
    rows: dict[str, tuple[Path, ...]]

    @property
    def figures(self) -> tuple[LanguageEntry, ...]:
        """The figures of llama-perplexity for every model."""
        return self.report.language


def compare_language(
    base: ModelSource,
    candidates: Sequence[ModelSource],
    text: Path | None,
    out: Path,
    *,
    independents: Sequence[ModelSource] = (),
    n_ctx: int | None = None,
    confidence: float = 0.95,
    emit: Emit = silent,
) -> LanguageResult:
    """Score all models over the same windows of a text and write the report.

    The text is cut into windows of `n_ctx` tokens that do not overlap, and the second half of each is scored, as
    llama-perplexity does: position j from n_ctx // 2 to n_ctx - 2 predicts token j + 1. Of each window the answers of
    the base and of one other model are in memory. Rows are written every few windows; a comparison that is run again
    with the same models and text goes on where it stopped.

    Args:
        base: the model that the others should still be: a folder of transformers, or a file of llama.cpp's logits.
        candidates: what stands in for it, one or more.
        text: the text, UTF-8; None where every model is a file of logits.
        out: the folder for the report and `rows/MODEL/*.parquet`.
        independents: models trained independently of the base; with them there is a scale.
        n_ctx: tokens a window; None for what a file of logits has, else 512 or the most that all models take.
        confidence: of the intervals, above 0 and below 1.
        emit: told of every step.

    Returns:
        The report and where the rows are.

    Raises:
        InputError: models or a text that cannot be used, or models of another vocabulary or
            tokenizer, or an independent that is a copy.
        StorageError: the folder cannot be written.
    """
    started, clock = time.time(), time.perf_counter()
    if not candidates:
        raise InputError("no candidate is given", where="compare", fix="give one or more")
    if not 0 < confidence < 1:
        raise InputError(f"confidence {confidence}", where="intervals", fix="give one between 0 and 1")
    sources = [base, *candidates, *independents]
    roles: list[Role] = ["base", *(["candidate"] * len(candidates)), *(["independent"] * len(independents))]  # type: ignore[list-item]
    names = model_names(base, candidates, independents)
    if independents:
        contents = [function_sha256(source, find_adapter(source)) for source in sources]
        refuse_copies(list(zip(names, roles, contents, strict=True)))
    named = zip(sources, roles, names, strict=True)
    speakers = [_speaker(source, role, name, number) for number, (source, role, name) in enumerate(named)]
    length = _length(speakers, n_ctx)
    content = None if text is None else _read(text)
    windows = speakers[0].model.windows(content, length)
    for other in speakers[1:]:
        require_same_tokens(speakers[0], other, windows, other.model.windows(content, length))
    shards = scored_shards(speakers[0], speakers[1:], windows, out / "rows", emit)
    said = [Said(one, found) for one, found in zip(speakers[1:], shards, strict=True)]
    heard = Heard("" if text is None else text.name, windows)
    report = language_report(speakers[0], said, heard, confidence)
    report = report.model_copy(update={"times": Times(started=started, seconds=time.perf_counter() - clock)})
    write_report(report, None, out, emit)
    return LanguageResult(report, {one.speaker.id: one.shards.paths for one in said})


def _speaker(source: ModelSource, role: Role, name: str, number: int) -> Speaker:
    adapter = find_adapter(source)
    if adapter.kind != "language":
        raise InputError(
            f"is no causal language model: it is read by the runtime {adapter.name}",
            where=source.path,
            fix="give folders of transformers or files of llama-perplexity --kl-divergence-base",
        )
    model = cast("LanguageModel", opener(adapter)(source))
    model_id = "base" if role == "base" else f"{role}-{number}"
    return Speaker(model_id, name, role, model)


def _length(speakers: Sequence[Speaker], wanted: int | None) -> int:
    fixed = next((one.model.window for one in speakers if one.model.fixed), None)
    most = min((one.model.window for one in speakers if one.model.window is not None), default=DEFAULT_WINDOW)
    length = wanted or fixed or min(DEFAULT_WINDOW, most)
    for one in speakers:
        require_length(length, one.model, one.name)
    return length


def _read(text: Path) -> str:
    require_file(text)
    try:
        with text.open(encoding="utf-8", newline="") as file:
            return file.read()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"cannot be read as UTF-8 text ({error})", where=str(text)) from error
