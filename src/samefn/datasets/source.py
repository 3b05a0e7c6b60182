"""Files found and not yet decoded, and what they are by their bytes."""

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
    """A data set that was found.

    Attributes:
        name: what the data set is called.
        files: every file that decoding reads; none for a data set that comes with a library.
        decode: reads them; may take a while. Raises InputError when they are not what they should be.
        settings: what beside the files decides what comes out.
    """

    name: str
    files: tuple[Path, ...]
    decode: Callable[[Emit], Dataset]
    settings: Mapping[str, Json] = field(default_factory=dict)

    def key(self) -> str | None:
        """The sha256 of all that decides what `decode` returns; None when no files are read.

        It is of the files' bytes, their names below their common folder, the settings, and the versions of this
        decoder and of Pillow. Hashing 100 MB takes a tenth of a second, decoding it ten, so a caller that keeps
        decoded data sets looks them up by this key first.

        Raises:
            InputError: a file cannot be read.
        """
        if not self.files:
            return None
        folder = os.path.commonpath([path.absolute().parent for path in self.files])
        files: list[Json] = [
            [path.absolute().relative_to(folder).as_posix(), file_sha256(path)] for path in sorted(self.files)
        ]
        told: dict[str, Json] = {
            "decoder": DECODER,
            "pillow": PIL.__version__,
            "name": self.name,
            "settings": dict(self.settings),
            "files": files,
        }
        return digest(FILES.of(told))


def file_md5(path: Path) -> str:
    """The MD5 of a file's bytes, 32 hexadecimal digits: what old data sets publish.

    Raises:
        InputError: it cannot be read.
    """
    return file_digest(path, "md5")
