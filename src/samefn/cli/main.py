"""Where `samefn` starts: parse, call, turn errors into one line and an exit code."""

import gc
import io
import os
import sys
from collections.abc import Sequence

from cyclopts import App, CycloptsError

from samefn import __version__
from samefn.core.errors import SamefnError
from samefn.reports.escaping import printable

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
        The exit code: 0 done, 1 something failed or a requirement was not met, 2 it could not run, 130 stopped.
    """
    try:
        code = build_app()(arguments, exit_on_error=False, print_error=False)
    except SamefnError as error:
        return _fail(str(error), error.exit_code)
    except CycloptsError as error:
        return _fail(" ".join(str(error).split()) + " `samefn --help` lists what there is.", 2)
    except KeyboardInterrupt:
        return _fail("stopped; the same command goes on from the last checkpoint", 130)
    return int(code or 0)


def _fail(line: str, code: int) -> int:
    print(f"samefn: {printable(line)}", file=sys.stderr)
    return code


def main() -> None:
    """The program."""
    gc.set_threshold(*SELDOM)
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
