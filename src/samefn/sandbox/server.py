"""The process that confined processes are forked from: it has their libraries imported, one thread, and no model.

It ends when the process that started it ends or closes its socket, and takes all its children with it.
"""

import gc
import json
import os
import select
import signal
import socket
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from samefn.sandbox.child import run_child
from samefn.sandbox.messages import PART

# Seconds between two looks at the children's threads.
_LOOK_SECONDS = 0.5
_TASKS = Path("/proc/self/task")
# The exit code of a server that a library has started threads in.
THREADS_EXIT = 64


@dataclass
class _Child:
    """A running child.

    Attributes:
        pid: of its process.
        line: to who asked for it: says how it ended; closed, the child is ended.
        threads: the most that it may have.
        broke: the limit that it was ended for.
    """

    pid: int
    line: socket.socket
    threads: int
    broke: str = ""

    def end(self, broke: str = "") -> None:
        """End it at once."""
        self.broke = self.broke or broke
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)

    def look(self) -> None:
        """End it where it has too many threads."""
        with suppress(OSError):
            if len(list(Path(f"/proc/{self.pid}/task").iterdir())) > self.threads:
                self.end("threads")


def main() -> None:
    """Serve the socket whose number is the first argument."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _Server(socket.socket(fileno=int(sys.argv[1]))).serve()


class _Server:
    """The loop: new requests, children that ended, children that nobody waits for any more."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._children: dict[int, _Child] = {}
        self._wake, wake = socket.socketpair()
        for end in (self._wake, wake):
            end.setblocking(False)
        self._waker = wake
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(wake.fileno(), warn_on_full_buffer=False)
        self._looked = 0.0

    def serve(self) -> None:
        """Serve until the other side closes."""
        try:
            while self._step():
                pass
        finally:
            for child in self._children.values():
                child.end()

    def _step(self) -> bool:
        poll = select.poll()
        poll.register(self._connection, select.POLLIN)
        poll.register(self._wake, select.POLLIN)
        by_line = {child.line.fileno(): child for child in self._children.values()}
        for descriptor in by_line:
            poll.register(descriptor, select.POLLIN)
        ready = {descriptor for descriptor, _ in poll.poll(_LOOK_SECONDS * 1000 if by_line else None)}
        if self._wake.fileno() in ready:
            with suppress(BlockingIOError):
                while self._wake.recv(PART):
                    pass
        self._reap()
        for descriptor in ready & set(by_line):
            if by_line[descriptor].pid in self._children:
                by_line[descriptor].end()  # who asked for it has closed its side
        if time.monotonic() - self._looked > _LOOK_SECONDS:
            self._looked = time.monotonic()
            for child in self._children.values():
                child.look()
        return self._connection.fileno() not in ready or self._answer()

    def _reap(self) -> None:
        """Tell of every child that ended how it did and what it used."""
        for pid, child in list(self._children.items()):
            ended, status, used = os.wait4(pid, os.WNOHANG)
            if not ended:
                continue
            del self._children[pid]
            code = os.waitstatus_to_exitcode(status)
            scale = 1 if sys.platform == "darwin" else 1024
            ending = {"code": code, "broke": child.broke}
            ending |= {"cpu_seconds": used.ru_utime + used.ru_stime, "memory": used.ru_maxrss * scale}
            with suppress(OSError):
                child.line.sendall(json.dumps(ending).encode() + b"\n")
            child.line.close()

    def _answer(self) -> bool:
        """Fork a child for a request; False where there will be none any more."""
        data, descriptors, *_ = socket.recv_fds(self._connection, PART, 3)
        if not data:
            return False
        order: dict[str, Any] = json.loads(data)
        request, talk, line = descriptors
        for module in order["preload"]:
            with suppress(Exception):  # (the child meets it again, and says so)
                import_module(module)
        if _threads() > 1:  # a lock that another thread holds would stay locked in a child
            os._exit(THREADS_EXIT)
        gc.collect()
        gc.freeze()
        parent, pid = os.getpid(), os.fork()
        if pid == 0:
            self._leave(line)
            run_child(request, talk, parent)
        os.close(request)
        os.close(talk)
        self._children[pid] = _Child(pid, socket.socket(fileno=line), order["threads"])
        self._connection.sendall(b".")
        return True

    def _leave(self, line: int) -> None:
        """In a new child: close what belongs to the server and to other children."""
        signal.set_wakeup_fd(-1)
        os.close(line)
        for end in (self._connection, self._wake, self._waker, *(child.line for child in self._children.values())):
            end.close()


def _threads() -> int:
    return len(list(_TASKS.iterdir())) if _TASKS.is_dir() else 1


if __name__ == "__main__":
    main()
