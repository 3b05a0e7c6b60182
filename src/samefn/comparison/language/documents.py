"""Where the documents of a text begin: in the text, and in its windows."""

import re
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np

from samefn.config.comparison import Examples
from samefn.core.errors import InputError
from samefn.core.plain_files import require_file
from samefn.runtimes.language.model import LanguageModel, Tokens, scored_part

DECLARED = "data.documents"


@dataclass(frozen=True)
class TextSource:
    """A text as it was given.

    Attributes:
        content: the text; None where only files of logits are read.
        starts: the characters at which documents begin, ascending; empty where none are declared by the text.
        windows: the numbers of windows at which documents begin, as they were declared; empty where they were not.
    """

    content: str | None = None
    starts: tuple[int, ...] = ()
    windows: tuple[int, ...] = ()


def read_source(data: Examples | None) -> TextSource:
    """Read a text, and find its documents.

    A folder holds one document in each of its .txt files: they are put one after another in the order of their names,
    with nothing between them. In a file a document begins where the declared text is found, or where the regular
    expression between slashes matches, with ^ and $ at the ends of lines.

    Raises:
        InputError: it cannot be read, or no document is found.
    """
    if data is None:
        return TextSource()
    documents = data.documents
    windows = () if documents is None or isinstance(documents, str) else documents
    if not data.path:
        return TextSource(windows=windows)
    path = Path(data.path)
    if path.is_dir():
        if documents is not None:
            raise InputError("SF346", "a folder of texts has one document a file", where=DECLARED, fix="leave it out")
        return _read_folder(path)
    content = _read_text(path)
    return TextSource(content, _starts(content, documents) if isinstance(documents, str) else (), windows)


def first_windows(source: TextSource, model: LanguageModel, windows: Tokens) -> tuple[int, ...]:
    """The windows at which documents begin, the first of all among them; empty where no documents are declared.

    A window belongs to the document in which its first scored token lies.

    Args:
        source: the text.
        model: the one that cut it.
        windows: [windows, length].

    Raises:
        InputError: windows out of range or out of order, or a model that has no text.
    """
    count, length = windows.shape
    if source.windows:
        return _declared(source.windows, count)
    if not source.starts or source.content is None:
        return ()
    starts = model.token_numbers(source.content, source.starts)
    first_scored = np.arange(count) * length + scored_part(length).start + 1
    document = np.searchsorted(starts, first_scored, side="right")
    return (0, *(np.flatnonzero(np.diff(document)) + 1).tolist())


def _declared(numbers: tuple[int, ...], count: int) -> tuple[int, ...]:
    firsts = numbers if numbers[0] == 0 else (0, *numbers)
    if any(later <= earlier for earlier, later in pairwise(firsts)):
        raise InputError("SF346", "numbers of windows must rise", where=DECLARED, fix="give each once, from 0")
    if firsts[-1] >= count:
        raise InputError(
            "SF346",
            f"there is no window {firsts[-1]}: the text has {count:,}",
            where=DECLARED,
            fix=f"give numbers from 0 to {count - 1}",
        )
    return firsts


def _starts(content: str, declared: str) -> tuple[int, ...]:
    pattern = re.escape(declared)
    if len(declared) > 2 and declared.startswith("/") and declared.endswith("/"):
        pattern = declared[1:-1]
    try:
        found = [one.start() for one in re.finditer(pattern, content, re.MULTILINE)]
    except re.error as error:
        raise InputError(
            "SF346", f"{declared!r} is no regular expression ({error})", where=DECLARED, fix="write it between slashes"
        ) from error
    if not found:
        raise InputError(
            "SF346",
            f"{declared!r} is not in the text",
            where=DECLARED,
            fix="give the text that stands at the start of every document, or a regular expression between slashes",
        )
    return tuple(dict.fromkeys((0, *found)))


def _read_folder(folder: Path) -> TextSource:
    paths = sorted(folder.glob("*.txt"))
    if not paths:
        raise InputError("SF533", "holds no .txt files", where=str(folder), fix="give each document a .txt file")
    contents = [_read_text(path) for path in paths]
    ends = np.cumsum([len(content) for content in contents])
    return TextSource("".join(contents), tuple(dict.fromkeys((0, *ends[:-1].tolist()))))


def _read_text(text: Path) -> str:
    require_file(text)
    try:
        with text.open(encoding="utf-8", newline="") as file:
            return file.read()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError("SF533", f"cannot be read as UTF-8 text ({error})", where=str(text)) from error
