"""Build a large array from pieces of bytes: in memory while it is small, else in a temporary file."""

import tempfile
from contextlib import ExitStack
from types import TracebackType
from typing import IO, Any, Literal, Self

import numpy as np
from numpy.typing import NDArray

from samefn.core.errors import StorageError

# Arrays of more bytes lie in a file, which is mapped, and removed when nothing refers to it.
MEMORY_LIMIT = 2**26


class TempArray:
    """An array that is built piece by piece.

    Attributes:
        size: bytes written so far.

    >>> with TempArray() as pieces:
    ...     pieces.write(np.array([1, 2], np.uint8))
    ...     pieces.write(b"abcd")
    ...     pieces.array(np.dtype(np.uint8), (2, 3)).tolist()
    [[1, 2, 97], [98, 99, 100]]
    """

    def __init__(self) -> None:
        self.size = 0
        self._buffer = bytearray()
        self._file: IO[bytes] | None = None
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def write(self, more: bytes | NDArray[Any]) -> None:
        """Append bytes, or an array in row order.

        Raises:
            StorageError: there is no room for temporary files.
        """
        data = more.tobytes() if isinstance(more, np.ndarray) else more
        self.size += len(data)
        try:
            if self._file is None and self.size > MEMORY_LIMIT:
                self._file = self._stack.enter_context(tempfile.TemporaryFile())  # noqa: SIM115  (closed by the stack)
                self._file.write(self._buffer)
                self._buffer = bytearray()
            if self._file is None:
                self._buffer += data
            else:
                self._file.write(data)
        except OSError as error:
            raise _temporary_file_error(error) from error

    def array(self, dtype: np.dtype[Any], shape: tuple[int, ...], order: Literal["C", "F"] = "C") -> NDArray[Any]:
        """All bytes as one array; it stays valid after the context ends.

        Args:
            dtype: of the numbers.
            shape: of the array; it must hold exactly `size` bytes.
            order: `C` where the bytes are in row order, `F` in column order.

        Raises:
            StorageError: there is no room for temporary files.
        """
        if self._file is None:
            return np.frombuffer(self._buffer, dtype).reshape(shape, order=order)
        try:
            self._file.flush()
            return np.asarray(np.memmap(self._file, dtype, mode="r+", shape=shape, order=order))
        except OSError as error:
            raise _temporary_file_error(error) from error


def _temporary_file_error(error: OSError) -> StorageError:
    return StorageError(
        "SF006",
        f"no room for a temporary file ({error.strerror or error})",
        where=tempfile.gettempdir(),
        fix="free space there, or set TMPDIR to a folder with more",
    )
