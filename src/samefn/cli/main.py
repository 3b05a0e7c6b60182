"""Where `samefn` starts: parse, call, turn errors into one line and an exit code."""

import gc
import io
import os
import signal
import sys
from collections.abc import Sequence

from cyclopts import App, CycloptsError

from samefn import __version__
from samefn.cli.bug_report import write_bug_report
from samefn.core.errors import OwnError, SamefnError, TerminatedError
from samefn.core.user_code import error_text, failure, stops_us
from samefn.reports.wording.escaping import printable

# Commands are named by strings, so that nothing heavy is imported before one is run.
COMMANDS = {
    "study": ("samefn.cli.study:study", "Run a whole experiment: train, compress, measure, report."),
    "compare": ("samefn.cli.compare:compare", "Ask models that exist the same, and say how far each has moved."),
    "gate": ("samefn.cli.gate:gate", "Hold a report against requirements: exit code 1 where one is not met."),
    "report": (
        "samefn.cli.report:report",
        "Write a run's tables, figures and page again from its report.json.",
    ),
    "presets": ("samefn.cli.presets:presets", "List the built-in studies, or show one."),
    "data": ("samefn.cli.data:data", "Load a data set, downloading it if need be, and say what is in it."),
    "status": ("samefn.cli.status:status", "Say how far runs are, and what they have cost, from their store."),
    "ls": ("samefn.cli.store:ls", "List what the store holds."),
    "show": ("samefn.cli.store:show", "Show one stored result: what it is, what it came from, its files."),
    "verify": ("samefn.cli.store:verify", "Hash everything in the store again."),
    "doctor": ("samefn.cli.doctor:doctor", "Show versions, CPU flags and devices."),
}
# How many new objects there must be before the garbage among them is looked for. By Python's own numbers a command that
# imports and draws spends a tenth of its time on it, and finds next to none.
SELDOM = (100_000, 20, 20)
# Letters of an error's line.
LONGEST = 900


def build_app() -> App:
    """The command line."""
    app = App(
        name="samefn",
        help="Is a compressed neural network still the same function?",
        version=__version__,
        result_action="return_value",
        suppress_keyboard_interrupt=False,
    )
    for name, (target, text) in COMMANDS.items():
        app.command(target, name=name, help=text)
    return app


def run(arguments: Sequence[str]) -> int:
    """Run one command.

    Returns:
        The exit code: 0 done, 1 something failed or a requirement was not met, 2 it could not run, 3 an error of samefn
        itself, 130 stopped by Ctrl-C, 143 ended by SIGTERM.
    """
    try:
        code = build_app()(arguments, exit_on_error=False, print_error=False)
    except BrokenPipeError:
        raise
    except BaseException as error:  # (whatever it is, it is one line)
        line, code = _said(error)
        if code == OwnError.exit_code:
            file = write_bug_report(error, arguments)
            where = "its traceback could not be written" if file is None else f"please report it, with {file}"
            line = f"an error of samefn itself ({' '.join(line.split())}); {where}"
        line = printable(line)
        if len(line) > LONGEST:  # a hostile name fills no screen
            line = f"{line[: LONGEST // 2]} ... {line[-LONGEST // 3 :]}"
        print(f"samefn: {line}", file=sys.stderr)
    return int(code or 0)


def _said(error: BaseException) -> tuple[str, int]:
    """What ended a command, in one line, and its exit code."""
    said = failure(error), OwnError.exit_code
    match error:
        case SamefnError():
            said = error_text(error), error.exit_code
        case CycloptsError():
            said = f"{' '.join(str(error).split())} `samefn --help` lists what there is.", 2
        case KeyboardInterrupt() if stops_us(error):
            said = "stopped; the same command goes on from the last checkpoint", 130
        case TerminatedError():
            said = "ended by SIGTERM; the same command goes on from the last checkpoint", 143
        case MemoryError():
            said = "out of memory; fewer --workers and smaller batches take less", 2
        case OSError() if error.filename is not None:  # the system's refusal, wherever it comes
            said = f"{error.filename}: {(error.strerror or 'cannot be used').lower()}", 2
    return said


def _terminate(*_: object) -> None:
    """SIGTERM ends what is under way in order; a second one ends it at once."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    raise TerminatedError


def main() -> None:
    """The program."""
    gc.set_threshold(*SELDOM)
    if signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
        signal.signal(signal.SIGTERM, _terminate)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal that lacks a letter shows another, and goes on
    try:
        code = run(sys.argv[1:])
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever read our output has enough of it, as in `samefn ls | head`; Python would complain at its exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    sys.exit(code)
