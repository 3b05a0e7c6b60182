"""Bad inputs by the hundred: each is refused in one clear line, runs nothing and leaves nothing behind."""

import importlib
import re
import resource
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import bad_data
import bad_functions
import bad_numbers
import bad_onnx
import bad_pictures
import bad_places
import bad_ports
import bad_predictions
import bad_reports
import bad_stores
import bad_torch
import bad_words
import pytest
from bad_case import Bad

from samefn.cli.main import COMMANDS, run
from samefn.core.loading import load
from samefn.core.plain_files import file_sha256
from samefn.engine.in_process import InProcessPool
from samefn.store.store import Store

CASES: tuple[Bad, ...] = (
    *bad_words.CASES,
    *bad_predictions.CASES,
    *bad_data.CASES,
    *bad_pictures.CASES,
    *bad_onnx.CASES,
    *bad_ports.CASES,
    *bad_torch.CASES,
    *bad_functions.CASES,
    *bad_places.CASES,
    *bad_reports.CASES,
    *bad_numbers.CASES,
    *bad_stores.CASES,
)
# Whatever takes longer or more does not end, or takes what a header claims.
SECONDS, MEMORY = 60, 8 << 30
LONGEST = 1000  # letters of a line that people still read


class Hang(BaseException):
    """No `except Exception` takes it for an error of a file."""


@pytest.fixture(scope="module", autouse=True)
def _imported() -> None:
    """Libraries are imported before the limits hold."""
    for target in (*COMMANDS.values(), ("samefn.runtimes.onnx.model:open_onnx",), ("samefn.nets.build:NETS",)):
        load(target[0])


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The command's working folder."""
    place = tmp_path / "work"
    place.mkdir()
    monkeypatch.chdir(place)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("SAMEFN_STORE", str(tmp_path / "store"))
    # Tasks run in this process, so that no library is imported again.
    monkeypatch.setattr("samefn.engine.local.LocalPool", lambda _, *given: InProcessPool(*given))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    monkeypatch.syspath_prepend(place)
    monkeypatch.delitem(sys.modules, "bad_net_module", raising=False)
    importlib.invalidate_caches()
    return place


@pytest.fixture
def _limits() -> Iterator[None]:
    """A pipe that is waited for, or a device that is read to its end, fails here and takes nothing else down."""

    def ring(*_: object) -> None:
        raise Hang

    usual, before = signal.signal(signal.SIGALRM, ring), resource.getrlimit(resource.RLIMIT_AS)
    signal.alarm(SECONDS)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_AS, before)
    signal.alarm(0)
    signal.signal(signal.SIGALRM, usual)


@pytest.mark.usefixtures("_limits")
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_it_is_refused_in_one_clear_line(case: Bad, folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    if reason := case.skip():
        pytest.skip(reason)
    words = case.write(folder)
    before = sorted(path for path in folder.rglob("*"))
    code = run(words)
    printed = capfd.readouterr()
    assert code == 2, printed
    assert printed.out == ""
    # Before the line may stand how far the work went.
    *progress, line = printed.err.removesuffix("\n").split("\n")
    assert line.startswith("samefn: ")
    assert not any(one.startswith("samefn: ") or "Traceback" in one for one in progress)
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f]", printed.err), "it could move a terminal's cursor"
    for part in case.says:
        assert all(piece in line for piece in part.split(" ... "))
    assert re.search(r" \[SF\d+\]$", line)
    assert "Traceback" not in line
    assert "unexpected" not in line, "it is samefn's own fault"
    assert not re.search(r"\.(cc|h|py):\d", line), "it says where in a library's source, which helps no user"
    assert len(line) < LONGEST
    # Nothing was run or written but the store, which is whole.
    assert sorted(path for path in folder.rglob("*")) == before
    assert {path.name for path in folder.parent.iterdir()} <= {"work", "store", "cache"}
    if (root := folder.parent / "store").exists():
        store = Store(root)
        for key in store.keys():  # noqa: SIM118  (a store is no dict)
            store.open(key)
        # What an unfinished task left bears its hash; nothing else lies about.
        for path in (root / "partial").rglob("*.*"):
            assert path.name.endswith(file_sha256(path))
        assert {path.name for path in root.iterdir()} <= {"format", "objects", "incoming", "partial", "running", "runs"}
        assert not list((root / "incoming").glob("*"))


def test_the_cases_are_many_and_each_is_one_of_its_kind() -> None:
    names = [case.name for case in CASES]
    assert len(names) >= 100
    assert len(set(names)) == len(names)
    assert all(part for case in CASES for part in case.says)


@pytest.mark.usefixtures("folder")
def test_what_is_right_is_not_refused(folder: Path) -> None:
    """The files that the cases spoil: else every refusal could be one of all files."""
    bad_words.near(folder)
    assert run(["compare", "base.npz", "near.npz"]) == 0
