"""How a command ends: 2 for bad input, 3 for an error of samefn itself, 130 and 143 for signals; one line each."""

import errno
import signal
import sys

import pytest

from samefn.cli.main import main, run
from samefn.core.errors import InputError, OwnError, StorageError, TerminatedError


class MuteError(Exception):
    def __str__(self):
        raise SystemExit(0)


class Stop(KeyboardInterrupt):
    """Somebody's own, and not Ctrl-C."""


@pytest.fixture
def logs(tmp_path, monkeypatch):
    """Where files for bug reports go."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    return tmp_path / "samefn" / "log"


def ends_with(monkeypatch, error):
    def fails(name=None, /):
        raise error

    monkeypatch.setattr("samefn.cli.presets.presets", fails)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (InputError("SF101", "is wrong"), 2),
        (StorageError("SF001", "is full"), 2),
        (MemoryError(), 2),
        (OSError(errno.ENAMETOOLONG, "File name too long", "x" * 5000), 2),
        (OwnError("SF001", "failed", details="the worker's traceback"), 3),
        (KeyError("x"), 3),
        (ConnectionError("gone"), 3),
        (MuteError(), 3),
        (Stop(), 3),
        (SystemExit(0), 3),
        (KeyboardInterrupt(), 130),
        (TerminatedError(), 143),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, BaseException) else str(value),
)
def test_each_error_is_one_line_and_its_code(logs, monkeypatch, capsys, error, code):
    ends_with(monkeypatch, error)
    assert run(["presets"]) == code
    printed = capsys.readouterr()
    assert printed.out == ""
    [line] = printed.err.splitlines()
    assert line.startswith("samefn: ")
    assert len(line) < 1000
    files = list(logs.glob("*"))
    assert len(files) == (code == 3)
    assert all(str(file) in line for file in files)


def test_the_file_of_an_own_error_is_enough_for_a_bug_report(logs, monkeypatch, capsys):
    ends_with(monkeypatch, OwnError("SF001", "failed", details="the worker's traceback"))
    assert run(["presets", "digits"]) == 3
    [file] = logs.glob("*")
    text = file.read_text()
    for part in ("'presets', 'digits'", "the worker's traceback", "in fails", "samefn: ", "torch: ", "python: "):
        assert part in text


def test_a_folder_of_logs_that_is_a_file_is_no_second_error(logs, tmp_path, monkeypatch, capsys):
    (tmp_path / "samefn").write_text("")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    ends_with(monkeypatch, KeyError("x"))
    assert run(["presets"]) == 3
    assert len(list(tmp_path.glob("error-*.txt"))) == 1


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_a_signal_ends_a_command_in_one_line(monkeypatch, capsys, number, code):
    def waits(name=None, /):
        signal.raise_signal(number)

    monkeypatch.setattr("samefn.cli.presets.presets", waits)
    monkeypatch.setattr("samefn.cli.main.gc.set_threshold", lambda *_: None)
    monkeypatch.setattr(sys, "argv", ["samefn", "presets"])
    before = signal.getsignal(signal.SIGTERM)
    try:
        with pytest.raises(SystemExit) as ended:
            main()
    finally:
        signal.signal(signal.SIGTERM, before)
    assert ended.value.code == code
    assert len(capsys.readouterr().err.splitlines()) == 1
