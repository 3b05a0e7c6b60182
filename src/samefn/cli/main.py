"""The program `samefn`: parse the command line, call the command, turn an error into one line and an exit code."""

import errno
import gc
import io
import os
import signal
import sys
from collections.abc import Sequence

from cyclopts import App, CycloptsError, Parameter

from samefn import __version__
from samefn.cli.bug_report import write_bug_report
from samefn.core.errors import InputError, OwnError, SamefnError, TerminatedError, one_line
from samefn.core.user_code import error_text, failure, stops_us
from samefn.reports.wording.escaping import printable

# Commands are strings, so that a command's libraries are imported only when it is run.
COMMANDS = {
    "compare": (
        "samefn.cli.compare:compare_command",
        "Compare a model with compressed versions of it on the same inputs.",
    ),
    "study": ("samefn.cli.study:study_command", "Train, compress and compare models in one experiment."),
    "gate": ("samefn.cli.gate:gate", "Check a report against requirements."),
    "diff": ("samefn.cli.diff:diff_command", "Show which figures moved between two runs."),
    "report": ("samefn.cli.report:report", "Write a run's page, tables and figures again."),
    "presets": ("samefn.cli.presets:presets", "List the built-in studies, or print one."),
    "data": ("samefn.cli.data:data", "Download or read a data set and describe it."),
    "status": ("samefn.cli.status:status", "Show the progress and the cost of runs."),
    "ls": ("samefn.cli.store:ls", "List the results in the store."),
    "show": ("samefn.cli.store:show", "Show one stored result as JSON."),
    "verify": ("samefn.cli.store:verify", "Check every result in the store for damage."),
    "doctor": ("samefn.cli.doctor:doctor", "Show versions, CPU flags and devices, for a bug report."),
}
# Thresholds of Python's garbage collector. With the default ones a command spends a tenth of its time on collections
# that free next to nothing.
_GC_THRESHOLDS = (100_000, 20, 20)
# The most characters of an error's line.
_MAX_LINE = 900


def build_app() -> App:
    """The command line, with all commands."""
    app = App(
        name="samefn",
        help="Is a compressed neural network still the same function?",
        version=__version__,
        default_parameter=Parameter(negative=()),
        result_action="return_value",
        suppress_keyboard_interrupt=False,
    )
    for name, (target, text) in COMMANDS.items():
        app.command(target, name=name, help=text)
    return app


def run(arguments: Sequence[str]) -> int:
    """Run one command.

    Returns:
        The exit code: 0 done, 1 something failed, a requirement is not met or two runs differ, 2 bad input,
        3 a fault in samefn, 130 stopped by Ctrl-C, 143 ended by SIGTERM.
    """
    try:
        for argument in arguments:
            _require_text(argument)
        code = build_app()(arguments, exit_on_error=False, print_error=False)
    except BaseException as error:  # (every error becomes one line)
        if _about_output(error):
            raise
        line, code = _line_and_code(error)
        if code == OwnError.exit_code:
            file = write_bug_report(error, arguments)
            advice = "its traceback could not be written" if file is None else f"please report it, with {file}"
            line = f"a fault in samefn ({' '.join(line.split())}); {advice}"
        line = printable(line)
        if len(line) > _MAX_LINE:  # so that a hostile name does not fill the screen
            line = f"{line[: _MAX_LINE // 2]} ... {line[-_MAX_LINE // 3 :]}"
        print(f"samefn: {line}", file=sys.stderr)
    return int(code or 0)


def _about_output(error: BaseException) -> bool:
    """Whether standard output takes no more: nobody reads it, or the disk is full."""
    return isinstance(error, OSError) and error.filename is None and error.errno in (errno.EPIPE, errno.ENOSPC)


def _require_text(argument: str) -> None:
    """Refuse a name that is not text: neither a report nor a page could hold it."""
    try:
        argument.encode()
    except UnicodeEncodeError as error:
        raise InputError("SF002", "is no text in UTF-8", where=printable(argument), fix="rename the file") from error


def _line_and_code(error: BaseException) -> tuple[str, int]:  # noqa: PLR0911  (one return a case)
    """The line and the exit code for an error that ended a command."""
    match error:
        case SamefnError():
            return error_text(error), error.exit_code
        case CycloptsError():
            return str(InputError("SF031", one_line(error).rstrip("."), fix="`samefn --help` lists the commands")), 2
        case KeyboardInterrupt() if stops_us(error):
            return "stopped; the same command continues from the last checkpoint", 130
        case TerminatedError():
            return "ended by SIGTERM; the same command continues from the last checkpoint", 143
        case MemoryError():
            return str(InputError("SF032", "out of memory", fix="use fewer --workers or smaller batches")), 2
        case OSError() if error.filename is not None:
            reason = (error.strerror or "refused").lower()
            return str(InputError("SF002", f"cannot be used ({reason})", where=str(error.filename))), 2
    return failure(error), OwnError.exit_code


def _terminate(*_: object) -> None:
    """End the command in order at the first SIGTERM; a second one ends it at once."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    raise TerminatedError


def main() -> None:
    """The program."""
    gc.set_threshold(*_GC_THRESHOLDS)
    if signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
        signal.signal(signal.SIGTERM, _terminate)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal without a character shows another
    try:
        code = run(sys.argv[1:])
        sys.stdout.flush()
    except OSError as error:
        if not _about_output(error):
            raise
        # Python would print an error at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0  # the reader closed the pipe, as in `samefn ls | head`
        if error.errno == errno.ENOSPC:
            full = InputError("SF005", "has no space left", where="standard output", fix="free space")
            print(f"samefn: {full}", file=sys.stderr)
            code = full.exit_code
    sys.exit(code)
