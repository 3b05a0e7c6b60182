"""Leave out the doctests of modules whose extra is not installed, by name: no other import may fail."""

import signal
from importlib.util import find_spec

import pytest

NEEDS = {
    "ai_edge_litert": ("runtimes/litert/file", "runtimes/litert/model"),
    "keras": ("runtimes/keras/model",),
    "ray": ("engine/ray",),
    "tokenizers": ("runtimes/language/causal_lm", "runtimes/language/tokenizer_file"),
    "transformers": ("runtimes/language/causal_lm", "runtimes/transformers/folder", "runtimes/transformers/model"),
}

collect_ignore = [
    f"src/samefn/{module}.py" for package, modules in NEEDS.items() if find_spec(package) is None for module in modules
]


def pytest_configure() -> None:
    """Ctrl-C as in a terminal: what runs in the background of a shell script ignores it from the start."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_addoption(parser: pytest.Parser) -> None:
    """For environments that have all that their tests need."""
    parser.addoption("--no-skips", action="store_true", help="fail where a test is skipped: its extra is not installed")


def pytest_sessionfinish(session: pytest.Session) -> None:
    """With --no-skips, a skipped test is a failed run; `-ra` has said which it is and why."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if session.config.getoption("no_skips") and reporter is not None and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
