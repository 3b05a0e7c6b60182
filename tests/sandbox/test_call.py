"""What a confined process can do and cannot, and how it fails."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from samefn.core.errors import InputError
from samefn.sandbox.call import Call, call_confined
from samefn.sandbox.confine import means
from samefn.sandbox.failures import UnexpectedError
from samefn.sandbox.limits import Limits

GENEROUS = Limits(4 * 10**9, 300.0)
HERE = Path(__file__).parent
needs_kernel = pytest.mark.skipif(
    not (means().startswith("landlock") and "seccomp" in means()), reason="the kernel has no Landlock or no seccomp"
)
pytestmark = pytest.mark.usefixtures("misdeeds")


def call(name, arguments=None, limits=GENEROUS, said=lambda message: None, **paths):
    return call_confined(Call("a model", f"misdeeds:{name}", arguments, limits, preload=("numpy",), **paths), said)


@needs_kernel
def test_nothing_outside_can_be_reached(tmp_path):
    secret = tmp_path / "home" / "secret"
    secret.parent.mkdir()
    secret.write_text("key")
    before = secret.stat()
    unix = str(tmp_path / "s")
    with socket.create_server(("127.0.0.1", 0)) as server, socket.socket(socket.AF_UNIX) as listening:
        listening.bind(unix)
        listening.listen()
        found, _ = call("reach", [str(tmp_path), str(secret), server.getsockname()[1], unix])
        server.settimeout(0.01)
        with pytest.raises(TimeoutError):
            server.accept()
    assert "done" not in found.values(), found
    assert len(found) == 22
    after = secret.stat()
    assert secret.read_text() == "key"
    assert (after.st_mode, after.st_mtime) == (before.st_mode, before.st_mtime)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["home", "s"]


def test_what_is_given_can_be_read_and_written(tmp_path):
    given, out, said = tmp_path / "given", tmp_path / "out", []
    given.write_text("content")
    out.mkdir()
    found, used = call("use", [str(given), str(out)], said=said.append, readable=(str(given),), writable=(str(out),))
    assert (found[0], found[1], said) == ("content", 64.0**3, ["working"])
    assert (out / "written").read_text() == "by a thread"
    assert used.memory > 10**7
    assert used.cpu_seconds > 0


def test_the_terminal_stays_clean_and_silent(capfd):
    assert call("print_a_lot")[0] == ""
    assert capfd.readouterr() == ("", "")


def test_secrets_of_the_environment_are_not_seen(monkeypatch):
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "key")
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    found, _ = call("variables")
    assert "AWS_SECRET_ACCESS_KEY" not in found
    assert found["OMP_NUM_THREADS"] == "1"
    assert not Path(found["HOME"]).exists()  # it was the folder for temporary files


@pytest.mark.parametrize(
    ("name", "limits", "code", "word"),
    [
        ("sleep", Limits(4 * 10**9, 1.0), "SF048", "--model-timeout"),
        ("allocate", Limits(5 * 10**8, 300.0), "SF048", "--model-memory"),
        ("leave", GENEROUS, "SF047", "exit code 0"),
        ("crash", GENEROUS, "SF047", "segmentation fault"),
        ("babble", GENEROUS, "SF047", "understand"),
        ("forge", GENEROUS, "SF047", ""),
        pytest.param("start_threads", GENEROUS, "SF048", "threads", marks=needs_kernel),
    ],
)
def test_a_process_that_breaks_a_rule_fails_in_one_line(name, limits, code, word):
    with pytest.raises(InputError) as caught:
        call(name, limits=limits)
    assert caught.value.code == code
    assert caught.value.where == "a model"
    assert word in str(caught.value)
    assert "\n" not in str(caught.value)
    assert call("draw")[0] < 1  # the next one is well


def test_any_other_error_has_its_traceback():
    with pytest.raises(UnexpectedError) as caught:
        call("fail")
    assert caught.value.line == "LookupError (no such thing)"
    assert "in fail" in caught.value.details


def test_processes_draw_different_random_numbers():
    assert call("draw")[0] != call("draw")[0]


def _gone(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


def _wait_until_gone(pids):
    for _ in range(600):
        if all(map(_gone, pids)):
            return True
        time.sleep(0.05)
    return False


@pytest.mark.skipif(sys.platform != "linux", reason="it looks into /proc")
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_no_process_outlives_the_one_that_asked(number):
    script = (
        "from samefn.sandbox.call import *\n"
        "call_confined(Call('m', 'misdeeds:pid', None, Limits(4*10**9, 300.0)), lambda m: print(*m, flush=True))"
    )
    environment = {**os.environ, "PYTHONPATH": str(HERE)}
    process = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True, env=environment)
    pids = [int(pid) for pid in process.stdout.readline().split()]
    assert not any(map(_gone, pids))
    process.send_signal(number)
    process.wait()
    process.stdout.close()
    assert _wait_until_gone(pids)


@pytest.mark.skipif(sys.platform != "linux", reason="it looks into /proc")
def test_a_server_that_is_killed_takes_its_children_along_and_is_replaced():
    pids = []

    def kill_server(message):
        pids.extend(message)
        os.kill(message[1], signal.SIGKILL)

    with pytest.raises(InputError) as caught:
        call("pid", said=kill_server)
    assert caught.value.code == "SF047"
    assert _wait_until_gone(pids[:1])
    assert call("draw")[0] < 1
