"""A confined process as its parent sees it: what it says, and how it ends."""

import os
import select
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from types import TracebackType
from typing import Any

from samefn.sandbox.fork_server import start_child
from samefn.sandbox.messages import PART, messages, send

# Seconds that a process has to end after its last message, or after it is ended.
_GRACE = 10.0


class ConfinedProcess:
    """One process; use it as a context: afterwards it has ended.

    Args:
        request: what it is to do, as `child.py` reads it.
        preload: modules that its server imports first.
        threads: the most that it may have.
        deadline: when it is ended, on the clock that runs evenly.
        fresh: whether nothing is imported in it yet.

    Attributes:
        late: whether it was ended because of the deadline.
    """

    def __init__(
        self, request: object, preload: tuple[str, ...], threads: int, deadline: float, *, fresh: bool
    ) -> None:
        self.late = False
        self._deadline = deadline
        request_there, request_here = os.pipe()
        self._talk, talk_there = os.pipe()
        self._line, line_there = socket.socketpair()
        self._stop_server: Callable[[], None] | None = None
        try:
            descriptors = (request_there, talk_there, line_there.fileno())
            self._stop_server = start_child(preload, threads, descriptors, fresh=fresh)
            os.close(request_there)
            request_there = -1
            with suppress(BrokenPipeError):
                send(request_here, request)
        except BaseException:
            self._close()
            raise
        finally:
            line_there.close()
            for descriptor in (request_there, request_here, talk_there):
                if descriptor >= 0:
                    os.close(descriptor)

    def __enter__(self) -> "ConfinedProcess":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close()  # the server ends it, if it has not ended

    def last_message(self, said: Callable[[Any], None]) -> Any:
        """Its last message; None where it ends without one, or after the deadline.

        Args:
            said: receives what it says before.

        Raises:
            ValueError: it sends what is no message.
        """
        for message in messages(self._parts()):
            if not isinstance(message, dict):
                raise ValueError("not a message")
            if "said" not in message:
                return message
            said(message["said"])
        return None

    def ending(self, *, finished: bool) -> bytes:
        """How it ended, as the server writes it; empty where the server is gone.

        Args:
            finished: whether it has said its last message, so that it should end at once.
        """
        until = min(self._deadline, time.monotonic() + _GRACE) if finished else self._deadline
        self._line.settimeout(max(0.0, until - time.monotonic()) or 0.001)
        try:
            return self._line.recv(PART)
        except TimeoutError:
            self.late = True
        self._line.shutdown(socket.SHUT_WR)  # the server ends it
        self._line.settimeout(_GRACE)
        with suppress(TimeoutError):
            return self._line.recv(PART)
        return b""

    def _parts(self) -> Iterator[bytes]:
        while True:
            left = self._deadline - time.monotonic()
            if left <= 0 or not select.select([self._talk], [], [], left)[0]:
                return
            part = os.read(self._talk, PART)
            if not part:
                return
            yield part

    def _close(self) -> None:
        os.close(self._talk)
        self._line.close()
        if self._stop_server is not None:
            self._stop_server()
