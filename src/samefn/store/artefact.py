"""One published result: a folder of files, and a manifest that lists them."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, NotRequired

from pydantic import ConfigDict, Field, JsonValue, TypeAdapter, with_config
from typing_extensions import TypedDict

from samefn.core.errors import DamagedArtefactError, InputError
from samefn.core.plain_files import file_sha256, read_file, require_file

MANIFEST = "manifest.json"
_MAX_MANIFEST = 2**28  # bytes


class StoredFile(TypedDict):
    """A file in a manifest: its size in bytes and the sha256 of its content."""

    bytes: Annotated[int, Field(strict=True, ge=0, lt=2**63)]
    sha256: str


@with_config(ConfigDict(strict=True, allow_inf_nan=False))
class Manifest(TypedDict):
    """The content of a manifest. Keys that a later version adds stay in it.

    Its keys: `key`, the hash of everything that could change the result; `kind` of the task that made it; `name` for
    people; `spec` of the task; `files` by name; `made`, the time in seconds since 1970; the `seconds` and
    `cpu_seconds` that it took; the peak `memory` of the process in bytes; `sha256` of all the rest.
    """

    key: str
    kind: str
    name: str
    spec: dict[str, JsonValue]
    files: dict[str, StoredFile]
    made: Annotated[float, Field(ge=0, lt=2**36)]
    seconds: Annotated[float, Field(ge=0)]
    cpu_seconds: NotRequired[Annotated[float, Field(ge=0)]]
    memory: NotRequired[Annotated[int, Field(ge=0, lt=2**63)] | None]
    sha256: str


_CHECKED = TypeAdapter(Manifest)


@dataclass(frozen=True)
class Artefact:
    """A published result.

    Attributes:
        key: the hash of everything that could change it.
        folder: the folder of its files.
        manifest: kind, name, spec, files with sizes and hashes.
    """

    key: str
    folder: Path
    manifest: Manifest

    @property
    def kind(self) -> str:
        """The kind of task that made it."""
        return self.manifest["kind"]

    @property
    def name(self) -> str:
        """A name for people."""
        return self.manifest["name"]

    def path(self, name: str) -> Path:
        """The path of one of its files."""
        return self.folder / name

    def verify(self) -> None:
        """Compare every file with the manifest: its size and its hash.

        Raises:
            DamagedArtefactError: a file is missing, added, cut short or changed.
        """
        files = self.manifest["files"]
        present = {path.relative_to(self.folder).as_posix() for path in self.folder.rglob("*") if path.is_file()}
        if added := sorted(present - set(files) - {MANIFEST}):
            raise DamagedArtefactError(
                "SF060", f"holds {added[0]!r}, which is not in its manifest", where=str(self.folder)
            )
        for name, entry in files.items():
            path = self.folder / name
            if name not in present:
                raise DamagedArtefactError("SF060", "is missing from the store", where=str(path))
            try:
                size, sha256 = require_file(path), file_sha256(path)
            except InputError as error:
                raise DamagedArtefactError("SF060", error.what, where=str(path)) from error
            if size != entry["bytes"]:
                raise DamagedArtefactError("SF060", f"has {size} bytes instead of {entry['bytes']}", where=str(path))
            if sha256 != entry["sha256"]:
                raise DamagedArtefactError("SF060", "was changed: its hash does not match", where=str(path))


def read_artefact(key: str, folder: Path) -> Artefact:
    """Open a published folder. Its files are not checked yet.

    Raises:
        DamagedArtefactError: the manifest is missing, unreadable or of another key.
    """
    path = folder / MANIFEST
    try:
        data = read_file(path, _MAX_MANIFEST)
    except InputError as error:
        raise DamagedArtefactError("SF060", error.what, where=str(path)) from error
    return Artefact(key, folder, parse_manifest(key, data, str(path)))


def parse_manifest(key: str, data: bytes, where: str) -> Manifest:
    """Read a manifest from its bytes and check it.

    Raises:
        DamagedArtefactError: it is unreadable or of another key.
    """
    try:
        manifest: Manifest = json.loads(data)
        content = {name: value for name, value in manifest.items() if name != "sha256"}
        matches = manifest["key"] == key and manifest["sha256"] == manifest_hash(content)
        _CHECKED.validate_python(manifest)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise DamagedArtefactError("SF060", "is not a manifest", where=where) from error
    if not matches:
        raise DamagedArtefactError("SF060", "was changed: its hash does not match", where=where)
    return manifest


def manifest_hash(content: Mapping[str, object]) -> str:
    """The hash of a manifest's own content, stored in it, so that damage to it shows."""
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
