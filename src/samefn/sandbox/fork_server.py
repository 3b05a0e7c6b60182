"""This process's side of the server that confined processes are forked from: started when first needed."""

import atexit
import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from samefn.core.errors import InputError
from samefn.sandbox.environment import import_path, visible_environment
from samefn.sandbox.server import THREADS_EXIT

# Tries before a server that does not start is an error.
_TRIES = 3
_WAIT_SECONDS = 10.0


@dataclass
class _Servers:
    """The server of this process, if there is one.

    Attributes:
        process: the server's.
        connection: to it.
        owner: the process that started it: a fork of that one needs its own.
        preload: whether it imports libraries; not where one of them starts threads when it is imported.
    """

    lock: threading.Lock = field(default_factory=threading.Lock)
    process: "subprocess.Popen[bytes] | None" = None
    connection: socket.socket | None = None
    owner: int = 0
    # Elsewhere a library that is imported cannot be used after a fork.
    preload: bool = sys.platform == "linux"

    def start_child(self, preload: Sequence[str], threads: int, descriptors: Sequence[int]) -> None:
        with self.lock:
            for _ in range(_TRIES):
                connection = self._connection()
                order = {"preload": list(preload) if self.preload else [], "threads": threads}
                with suppress(OSError):
                    socket.send_fds(connection, [json.dumps(order).encode()], descriptors)
                    if connection.recv(1):
                        return
                if self._stop() == THREADS_EXIT:
                    self.preload = False
        raise InputError("SF046", "the process that starts confined processes ends at once", where=sys.executable)

    def _connection(self) -> socket.socket:
        if self.connection is None or self.owner != os.getpid():
            self.connection, there = socket.socketpair()
            path = os.pathsep.join(import_path())
            self.process = subprocess.Popen(  # noqa: S603  (this interpreter)
                [sys.executable, "-P", "-m", "samefn.sandbox.server", str(there.fileno())],
                env={**visible_environment(os.environ.get("HOME", "")), "PYTHONPATH": path},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,  # (a library may print when it is imported)
                pass_fds=[there.fileno()],
            )
            there.close()
            self.owner = os.getpid()
        return self.connection

    def _stop(self) -> int | None:
        """End the server and all its children; its exit code."""
        connection, process = self.connection, self.process
        self.connection = self.process = None
        if connection is not None:
            connection.close()
        if process is None or self.owner != os.getpid():
            return None
        try:
            return process.wait(_WAIT_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            return process.wait()

    def stop(self) -> None:
        with self.lock:
            self._stop()


_servers = _Servers()


def start_child(
    preload: Sequence[str], threads: int, descriptors: Sequence[int], *, fresh: bool = False
) -> Callable[[], None]:
    """Have a child forked; the server is started if need be.

    Args:
        preload: modules that the server imports first, if it has not.
        threads: the most that the child may have.
        descriptors: for the request, the messages and the ending, as `server.py` takes them.
        fresh: whether it gets a server of its own, with nothing imported.

    Returns:
        What to call when the child is not needed any more.

    Raises:
        InputError: the server cannot be started.
    """
    servers = _Servers(preload=False) if fresh else _servers
    servers.start_child(preload, threads, descriptors)
    return servers.stop if fresh else _nothing


def _nothing() -> None:
    """The shared server stays."""


def stop_fork_server() -> None:
    """End the server and all confined processes; the next call starts another one."""
    _servers.stop()


atexit.register(stop_fork_server)
