"""Bytes that come one after another and end as an array: in memory while they are few, else in a temporary file."""

import tempfile
from contextlib import ExitStack
from types import TracebackType
from typing import IO, Any, Literal, Self

import numpy as np
from numpy.typing import NDArray

from samefn.core.errors import StorageError

# More bytes go to a file, which is mapped and which is gone when nothing refers to it.
IN_MEMORY = 2**26


class Spool:
    """An array in the making.

    Attributes:
        size: how many bytes have come.

    >>> with Spool() as spool:
    ...     spool.write(np.array([1, 2], np.uint8))
    ...     spool.write(b"abcd")
    ...     spool.array(np.dtype(np.uint8), (2, 3)).tolist()
    [[1, 2, 97], [98, 99, 100]]
    """

    def __init__(self) -> None:
        self.size = 0
        self._few = bytearray()
        self._file: IO[bytes] | None = None
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def write(self, more: bytes | NDArray[Any]) -> None:
        """Add bytes, or an array's in the order of its rows.

        Raises:
            StorageError: there is no room for temporary files.
        """
        data = more.tobytes() if isinstance(more, np.ndarray) else more
        self.size += len(data)
        try:
            if self._file is None and self.size > IN_MEMORY:
                self._file = self._stack.enter_context(tempfile.TemporaryFile())  # noqa: SIM115  (closed by the stack)
                self._file.write(self._few)
                self._few = bytearray()
            if self._file is None:
                self._few += data
            else:
                self._file.write(data)
        except OSError as error:
            raise _no_room(error) from error

    def array(self, dtype: np.dtype[Any], shape: tuple[int, ...], order: Literal["C", "F"] = "C") -> NDArray[Any]:
        """All bytes as one array, which stays when the spool is left.

        Args:
            dtype: of the numbers.
            shape: of the array; as many bytes as have come.
            order: whether rows or columns came first.

        Raises:
            StorageError: there is no room for temporary files.
        """
        if self._file is None:
            return np.frombuffer(self._few, dtype).reshape(shape, order=order)
        try:
            self._file.flush()
            return np.asarray(np.memmap(self._file, dtype, mode="r+", shape=shape, order=order))
        except OSError as error:
            raise _no_room(error) from error


def _no_room(error: OSError) -> StorageError:
    return StorageError(
        "SF0031",
        f"cannot hold a decoded copy ({error.strerror or error})",
        where=tempfile.gettempdir(),
        fix="free space there, or let TMPDIR name a folder that has some",
    )
