"""kill -9 at any moment, then the same command: nothing is lost and nothing changes."""

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from samefn.store.store import Store

from .conftest import TINY, without_times
from .killed_study import MOMENTS

SAMEFN = str(Path(sys.executable).with_name("samefn"))


def start(folder):
    command = [SAMEFN, "study", TINY, "--out", folder / "out", "--store", folder / "store", "--workers", "2"]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)


def killed_at(folder, moment, delay, whom):
    """Run the study and have it killed soon after a moment; False when it was over before."""
    script = Path(__file__).with_name("killed_study.py")
    command = [sys.executable, script, TINY, folder / "out", folder / "store", moment, str(delay), whom]
    done = subprocess.run(command, start_new_session=True, capture_output=True, text=True, check=False)
    assert done.returncode in {0, -signal.SIGKILL}, done.stderr
    return done.returncode != 0


def finish(folder):
    process = start(folder)
    _, errors = process.communicate(timeout=300)
    assert process.returncode == 0, errors
    assert "Traceback" not in errors
    return errors


@pytest.mark.slow
@pytest.mark.parametrize("half", [0, 1])
def test_killed_at_ten_moments_and_started_again(tiny, tmp_path, half):
    """Ten kills in two stores, spread over training, export, publishing and report; each store goes on every time."""
    draw = random.Random(half)
    for moment in list(MOMENTS)[half::2]:
        # After the page only report.json is left to write.
        latest = 0.002 if moment == "the page is written" else 0.3
        assert killed_at(tmp_path, moment, draw.uniform(0, latest), draw.choice(["all", "parent"])), moment
    finish(tmp_path)
    assert without_times(tmp_path / "out") == tiny.json()
    store = Store(tmp_path / "store")
    for key in store.keys():  # noqa: SIM118
        store.open(key)


@pytest.mark.slow
def test_the_same_study_twice_at_once(tiny, tmp_path):
    folders = [tmp_path / name for name in ("a", "b")]
    for folder in folders:
        folder.mkdir()
        (folder / "store").symlink_to(tmp_path / "store")
    (tmp_path / "store").mkdir()
    processes = [start(folder) for folder in folders]
    for process in processes:
        _, errors = process.communicate(timeout=300)
        assert process.returncode == 0, errors
    for folder in folders:
        assert without_times(folder / "out") == tiny.json()
    assert list((tmp_path / "store" / "incoming").iterdir()) == []


@pytest.mark.slow
def test_no_worker_outlives_a_killed_study(tmp_path):
    """Workers see that their parent is gone and end, whatever they are at."""
    process = start(tmp_path)
    while not any((tmp_path / "store").glob("partial/*/evaluation-0.*")):
        assert process.poll() is None
        time.sleep(0.01)
    children = descendants(process.pid)
    assert children
    process.send_signal(signal.SIGKILL)
    process.communicate()
    deadline = time.monotonic() + 60
    while any(alive(pid) for pid in children):
        assert time.monotonic() < deadline, "a worker lives on"
        time.sleep(0.1)


def descendants(pid):
    """The processes below one, by Linux's tables."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == pid:
            child = int(stat.parent.name)
            found += [child, *descendants(child)]
    return found


def alive(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in {"Z", "X"}
    except OSError:
        return False


@pytest.mark.slow
def test_a_full_disk_is_one_line_and_the_store_stays_valid(tiny, tmp_path):
    """A limit on the size of files refuses writes as a full disk does, for root too."""
    command = f"ulimit -f 400; exec '{SAMEFN}' study '{TINY}' --out '{tmp_path}/out' --store '{tmp_path}/store'"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
    assert done.returncode == 2, done.stderr
    [line] = [line for line in done.stderr.splitlines() if line.startswith("samefn: ")]
    assert "file too large" in line
    assert "Traceback" not in done.stderr
    finish(tmp_path)
    assert without_times(tmp_path / "out") == tiny.json()
