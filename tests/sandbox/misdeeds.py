"""Functions that a confined process is asked to call: each tries one thing that it may not do, or does what it may."""

import ctypes
import os
import resource
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path


def tried(what):
    """Whether something works, or how it is refused."""
    try:
        what()
    except (OSError, ValueError) as error:
        return type(error).__name__
    return "done"


def reach(arguments, say):
    """Try everything that is out of reach; by name, what came of it."""
    outside, secret, port, unix = (Path(arguments[0]), Path(arguments[1]), arguments[2], arguments[3])
    libc = ctypes.CDLL(None, use_errno=True)

    def send():
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", ("127.0.0.1", port))

    def limit():
        resource.setrlimit(resource.RLIMIT_DATA, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))

    def die_alone():
        if libc.prctl(1, 0, 0, 0, 0):
            raise OSError(ctypes.get_errno(), "prctl")

    trials = {
        "read a file": secret.read_text,
        "list a folder": lambda: list(secret.parent.iterdir()),
        "read a password file": Path("/etc/passwd").read_text,
        "read the parent's variables": Path(f"/proc/{os.getppid()}/environ").read_bytes,
        "write a file": lambda: (outside / "written").write_text("x"),
        "change a file": lambda: secret.open("a").write("x"),
        "truncate a file": lambda: os.truncate(secret, 0),
        "remove a file": secret.unlink,
        "change its rights": lambda: secret.chmod(0o777),
        "change its times": lambda: os.utime(secret, (0, 0)),
        "make a link": lambda: Path(os.environ["TMPDIR"], "link").symlink_to(secret),
        "make another link": lambda: Path(os.environ["TMPDIR"], "hard").hardlink_to(secret),
        "connect": lambda: socket.create_connection(("127.0.0.1", port)),
        "send": send,
        "connect to a Unix socket": lambda: socket.socket(socket.AF_UNIX).connect(unix),
        "make a pair of sockets": socket.socketpair,
        "fork": os.fork,
        "run a program": lambda: subprocess.run([sys.executable, "-c", ""], check=True),
        "kill the parent": lambda: os.kill(os.getppid(), signal.SIGKILL),
        "kill all": lambda: os.kill(-1, signal.SIGKILL),
        "raise its limits": limit,
        "outlive the parent": die_alone,
    }
    return {name: tried(trial) for name, trial in trials.items()}


def use(arguments, say):
    """Do what models do: read what is given, write where it may, start threads, use libraries."""
    import numpy as np  # noqa: PLC0415
    import onnxruntime  # noqa: PLC0415, F401
    import polars as pl  # noqa: PLC0415

    say("working")
    thread = threading.Thread(target=Path(arguments[1], "written").write_text, args=("by a thread",))
    thread.start()
    thread.join()
    pl.DataFrame({"a": np.arange(3)}).write_parquet(Path(arguments[1]) / "a.parquet")
    Path(os.environ["TMPDIR"], "temporary").write_text("x")
    return [Path(arguments[0]).read_text(), float(np.ones((64, 64)).dot(np.ones((64, 64))).sum()), len(os.environ)]


def print_a_lot(arguments, say):
    """Fill the terminal, and wait for an answer from it."""
    for _ in range(1000):
        print("x" * 1000)  # noqa: T201
        os.write(2, b"y" * 1000)
    return sys.stdin.read()


def variables(arguments, say):
    """The environment."""
    return dict(os.environ)


def sleep(arguments, say):
    """Never return."""
    time.sleep(3600)


def allocate(arguments, say):
    """Take all memory."""
    taken = []
    while True:
        taken.append(b"x" * 2**24)


def start_threads(arguments, say):
    """Take all threads."""
    threading.stack_size(2**15)
    for _ in range(10_000):
        threading.Thread(target=time.sleep, args=(3600,), daemon=True).start()
    time.sleep(3600)


def leave(arguments, say):
    """End without a word, as if all were well."""
    os._exit(0)


def crash(arguments, say):
    """Read where nothing is."""
    ctypes.string_at(0)


def fail(arguments, say):
    """Raise something."""
    raise LookupError("no\nsuch thing")


def babble(arguments, say):
    """Send what is no message."""
    for number in range(3, 64):
        tried(lambda number=number: os.write(number, b"\xff\xfe{\n"))


def forge(arguments, say):
    """Say that all is done, then crash."""
    for number in range(3, 64):
        tried(lambda number=number: os.write(number, b'{"done": 1}\n'))
    crash(arguments, say)


def draw(arguments, say):
    """A random number."""
    import numpy as np  # noqa: PLC0415

    return float(np.random.random())


def pid(arguments, say):
    """The process and its parent; then wait."""
    say([os.getpid(), os.getppid()])
    time.sleep(3600)
