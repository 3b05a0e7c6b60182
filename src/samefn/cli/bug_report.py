"""The file for a bug report: traceback and versions."""

import os
import platform
import re
import tempfile
import time
import traceback
from collections.abc import Iterable, Sequence
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

from platformdirs import user_log_path

from samefn.core.errors import OwnError


def write_bug_report(error: BaseException, arguments: Sequence[str]) -> Path | None:
    """Write the file.

    Args:
        error: the error; one from a worker process holds that process's traceback.
        arguments: of the command.

    Returns:
        The file: in the user's log folder, else in the folder of temporary files; None where neither can be written.
    """
    name = f"error-{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}.txt"
    text = "\n".join(_lines(error, arguments))
    for folder in (user_log_path("samefn"), Path(tempfile.gettempdir())):
        try:
            folder.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text, encoding="utf-8", errors="backslashreplace")
        except OSError:
            continue
        return folder / name
    return None


def _lines(error: BaseException, arguments: Sequence[str]) -> Iterable[str]:
    yield "Read this before you send it: it holds the command and paths of this machine."
    yield ""
    yield f"command: {['samefn', *arguments]!r}"
    yield f"python: {platform.python_version()}, {platform.platform()}"
    yield from _versions()
    yield ""
    if isinstance(error, OwnError) and error.details:
        yield error.details
    yield from traceback.format_exception(error)


def _versions() -> Iterable[str]:
    """Versions of samefn and of its dependencies that are installed."""
    needs = (re.match(r"[\w.-]+", need) for need in requires("samefn") or ())
    for name in dict.fromkeys(["samefn", *(match[0] for match in needs if match)]):
        try:
            yield f"{name}: {version(name)}"
        except PackageNotFoundError:
            continue
