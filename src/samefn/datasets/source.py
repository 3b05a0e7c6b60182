"""A data set's files before they are decoded, and a key made of their bytes."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import PIL

from samefn.config.keys import DECODER, FILES
from samefn.core.canonical import Json, digest
from samefn.core.events import Emit
from samefn.core.plain_files import file_digest, file_sha256
from samefn.datasets.dataset import Dataset


@dataclass(frozen=True)
class Source:
    """A data set whose files are there, not yet decoded.

    Attributes:
        name: of the data set.
        files: every file that decoding reads; none for a data set that comes with a library.
        decode: reads them; may take a while. Raises InputError for files that cannot be used.
        settings: everything else that the decoded data depends on.
    """

    name: str
    files: tuple[Path, ...]
    decode: Callable[[Emit], Dataset]
    settings: Mapping[str, Json] = field(default_factory=dict)

    def key(self) -> str | None:
        """The sha256 of everything that `decode` depends on; None when it reads no files.

        That is the files' bytes, their names below their common folder, the settings, and the versions of this
        decoder and of Pillow. Hashing 100 MB takes 0.1 seconds and decoding it ten, so callers that store decoded
        data sets look for this key first.

        Raises:
            InputError: a file cannot be read.
        """
        if not self.files:
            return None
        folder = os.path.commonpath([path.absolute().parent for path in self.files])
        files: list[Json] = [
            [path.absolute().relative_to(folder).as_posix(), file_sha256(path)] for path in sorted(self.files)
        ]
        content: dict[str, Json] = {
            "decoder": DECODER,
            "pillow": PIL.__version__,
            "name": self.name,
            "settings": dict(self.settings),
            "files": files,
        }
        return digest(FILES.of(content))


def file_md5(path: Path) -> str:
    """The MD5 of a file's bytes, 32 hexadecimal digits. Old data sets publish MD5s.

    Raises:
        InputError: it cannot be read.
    """
    return file_digest(path, "md5")
