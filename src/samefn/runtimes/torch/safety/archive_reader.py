"""The records of an archive of torch, read by torch's own reader, so that what is checked is what is loaded."""

import json
from pathlib import Path
from typing import Any, BinaryIO

import torch

from samefn.core.errors import InputError
from samefn.core.user_code import failure
from samefn.nets.checkpoint.zip_entries import require_safe_zip

TRUST = "if you trust who made it, --trust (or trust = true) loads it unchecked"
UNCHECKED = "Its code was not checked before it was run: it was trusted."


class TorchArchive:
    """An archive that `torch.save`, `torch.jit.save` or `torch.export.save` wrote.

    Attributes:
        where: what errors call it.
        names: of its records, without the folder that holds them.
    """

    def __init__(self, source: Path | BinaryIO, where: str) -> None:
        """Read its table of contents.

        Raises:
            InputError: no archive that torch reads, or one with two different tables of contents.
        """
        self.where = where
        entries = require_safe_zip(source, where)
        if not isinstance(source, Path):
            source.seek(0)
        try:
            self._reader = torch._C.PyTorchFileReader(str(source) if isinstance(source, Path) else source)
            self.names = tuple(str(name) for name in self._reader.get_all_records())
        except Exception as error:  # (a hostile file may fail in any way)
            raise InputError("SF380", f"is not an archive of torch ({failure(error)})", where=where) from error
        # With two tables of contents, torch could load records that were never checked.
        listed = {entry.partition("/")[2] for entry in entries if not entry.endswith("/")}
        if not listed.issuperset(self.names):
            raise InputError("SF380", "has two different tables of contents", where=where)

    def size(self, name: str) -> int:
        """How many bytes a record holds."""
        return int(self._reader.get_record_size(name))

    def read(self, name: str) -> bytes:
        """A record.

        Raises:
            InputError: it is damaged.
        """
        try:
            return bytes(self._reader.get_record(name))
        except Exception as error:  # (as above)
            raise InputError("SF380", f"its {name} cannot be read ({failure(error)})", where=self.where) from error

    def json(self, name: str) -> dict[str, Any]:
        """A record that holds a JSON object.

        Raises:
            InputError: it does not.
        """
        try:
            content = json.loads(self.read(name))
        except (ValueError, RecursionError) as error:
            raise InputError("SF380", f"its {name} cannot be read ({failure(error)})", where=self.where) from error
        if not isinstance(content, dict):
            raise InputError("SF380", f"its {name} is not a JSON object", where=self.where)
        return content

    def unsafe(self, what: str, record: str) -> InputError:
        """The error of an archive that could run code of its own."""
        return InputError(
            "SF381", f"{what} ({record}), which could run code on this machine", where=self.where, fix=TRUST
        )
