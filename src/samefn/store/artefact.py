"""One published result: a folder of files and a manifest that says what they are."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from samefn.core.errors import DamagedArtefactError

MANIFEST = "manifest.json"


def file_sha256(path: Path) -> str:
    """The sha256 of a file's content, 64 hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@dataclass(frozen=True)
class Artefact:
    """A published result.

    Attributes:
        key: what it is: the hash of everything that could change it.
        folder: where its files lie.
        manifest: kind, name, spec, files with sizes and hashes.
    """

    key: str
    folder: Path
    manifest: dict[str, Any]

    @property
    def kind(self) -> str:
        """What kind of task made it."""
        return str(self.manifest["kind"])

    @property
    def name(self) -> str:
        """A name for people."""
        return str(self.manifest["name"])

    @property
    def size(self) -> int:
        """Bytes of all its files."""
        return sum(int(entry["bytes"]) for entry in self.manifest["files"].values())

    @property
    def seconds(self) -> float:
        """How long making it took; after an interruption, since the last start."""
        return float(self.manifest["seconds"])

    def path(self, name: str) -> Path:
        """The path of one of its files."""
        return self.folder / name

    def verify(self) -> None:
        """Hash every file again.

        Raises:
            DamagedArtefactError: a file is missing, too many, truncated or changed.
        """
        files = self.manifest["files"]
        present = {path.relative_to(self.folder).as_posix() for path in self.folder.rglob("*") if path.is_file()}
        if strange := sorted(present - set(files) - {MANIFEST}):
            raise DamagedArtefactError(f"holds {strange[0]!r}, which is not in its manifest", where=str(self.folder))
        for name, entry in files.items():
            path = self.folder / name
            if name not in present:
                raise DamagedArtefactError("is missing", where=str(path))
            if path.stat().st_size != entry["bytes"]:
                raise DamagedArtefactError(
                    f"has {path.stat().st_size} bytes instead of {entry['bytes']}", where=str(path)
                )
            if file_sha256(path) != entry["sha256"]:
                raise DamagedArtefactError("does not have the content its hash names", where=str(path))


def read_artefact(key: str, folder: Path) -> Artefact:
    """Open a published folder; its files are not hashed yet.

    Raises:
        DamagedArtefactError: the manifest is missing, unreadable or of another key.
    """
    path = folder / MANIFEST
    try:
        data = path.read_bytes()
    except OSError as error:
        raise DamagedArtefactError("cannot be read", where=str(path)) from error
    return Artefact(key, folder, checked_manifest(key, data, str(path)))


def checked_manifest(key: str, data: bytes, where: str) -> dict[str, Any]:
    """A manifest from its bytes.

    Raises:
        DamagedArtefactError: it is unreadable or of another key.
    """
    try:
        manifest: dict[str, Any] = json.loads(data)
        content = {name: value for name, value in manifest.items() if name != "sha256"}
        whole = manifest["key"] == key and manifest["sha256"] == manifest_hash(content)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise DamagedArtefactError("cannot be read", where=where) from error
    if not whole:
        raise DamagedArtefactError("does not have the content its hash names", where=where)
    return manifest


def manifest_hash(content: dict[str, Any]) -> str:
    """The hash a manifest carries of itself, so that a flipped bit in it shows."""
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
