"""The store: results by key, published whole or not at all."""

import json
import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from uuid import uuid4

from samefn.core.atomic_files import clear_errors, flush_folder, write_atomically
from samefn.core.canonical import Json
from samefn.core.errors import DamagedArtefactError, InputError
from samefn.core.events import Emit, Event
from samefn.core.naming import near
from samefn.core.plain_files import is_folder, read_file, stands
from samefn.core.process import Meter
from samefn.store.artefact import MANIFEST, Artefact, file_sha256, manifest_hash, read_artefact
from samefn.store.files import Files, FolderFiles
from samefn.store.workspace import Workspace

FORMAT = "samefn-store-1\n"
LARGEST = 4096  # bytes of the file that holds it
_LEFT_OVER_AFTER = 24 * 3600.0


class Store:
    """A folder of results, each under the hash of everything that could change it.

    Any number of processes may use one store at once, and any of them may die at any moment: a result appears by
    one rename, and the second of two equal results is dropped.

    Args:
        root: the folder; made if it is not there.

    Raises:
        InputError: the folder is another thing than a samefn store.
        StorageError: the folder cannot be made.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        mark = root / "format"
        if stands(root) and not is_folder(root):
            raise InputError("SF0067", "is not a folder", where=str(root), fix="name a folder with --store")
        if stands(mark):
            if read_file(mark, LARGEST) != FORMAT.encode():
                raise InputError(
                    "SF0068", "is a store of another version of samefn", where=str(root), fix="name another --store"
                )
            return
        if stands(root) and any(root.iterdir()) and not (root / "objects").exists():
            raise InputError(
                "SF0069", "is a folder with other things in it", where=str(root), fix="name an empty folder"
            )
        with clear_errors(root):
            (root / "objects").mkdir(parents=True, exist_ok=True)
        write_atomically(mark, FORMAT.encode())

    @property
    def location(self) -> str:
        """What opens this store in another process."""
        return str(self.root)

    def folder(self, key: str) -> Path:
        """Where a key's result lies or would lie."""
        return self.root / "objects" / key[:2] / key

    def __contains__(self, key: str) -> bool:
        return self.folder(key).is_dir()

    def open(self, key: str) -> Artefact:
        """A result, every file of it hashed again.

        Raises:
            DamagedArtefactError: it is not what was published, or not there any more.
        """
        if key not in self:
            raise DamagedArtefactError("SF0070", "is not in the store any more", where=str(self.folder(key)))
        artefact = read_artefact(key, self.folder(key))
        artefact.verify()
        return artefact

    def peek(self, key: str) -> Artefact:
        """A result's manifest; its files are neither hashed nor, where they lie elsewhere, fetched.

        Raises:
            DamagedArtefactError: the manifest cannot be read.
        """
        return read_artefact(key, self.folder(key))

    def whole(self, key: str, emit: Emit) -> bool:
        """Whether a result is there and undamaged; a damaged one is named and moved aside."""
        if key not in self:
            return False
        try:
            self.open(key)
        except DamagedArtefactError as error:
            self._set_aside(key, error, emit)
            return False
        return True

    def _set_aside(self, key: str, error: DamagedArtefactError, emit: Emit) -> None:
        aside = self.root / "damaged" / f"{key}-{uuid4().hex[:8]}"
        with clear_errors(aside):
            aside.parent.mkdir(exist_ok=True)
            try:
                self.folder(key).rename(aside)
            except FileNotFoundError:
                return  # another process has moved it already
        emit(Event("warning", key[:12], f"{error}; moved to {aside} and made again"))

    @contextmanager
    def publish(self, key: str, kind: str, name: str, spec: Mapping[str, Json]) -> Iterator[Path]:
        """A fresh folder to write a result into; it is published when the body ends without an error.

        Raises:
            StorageError: the store cannot be written.
        """
        incoming, meter = self.root / "incoming" / uuid4().hex, Meter()
        with clear_errors(incoming):
            incoming.mkdir(parents=True)
        try:
            yield incoming
            with clear_errors(incoming):
                files = {
                    path.relative_to(incoming).as_posix(): {
                        "bytes": path.stat().st_size,
                        "sha256": file_sha256(path),
                    }
                    for path in sorted(incoming.rglob("*"))
                    if path.is_file()
                }
                about = {"key": key, "kind": kind, "name": name, "spec": dict(spec), "files": files}
                content = {**about, "made": time.time(), **asdict(meter.used())}
                manifest = {**content, "sha256": manifest_hash(content)}
                (incoming / MANIFEST).write_text(json.dumps(manifest, indent=1, sort_keys=True))
                flush_folder(incoming)
                self._move_in(incoming, key)
        finally:
            shutil.rmtree(incoming, ignore_errors=True)

    def _move_in(self, incoming: Path, key: str) -> None:
        target = self.folder(key)
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            incoming.rename(target)
        except OSError:
            if not target.is_dir():
                raise
            # Another process has published the same result first; equal keys hold equal results.

    def workspace(self, key: str, emit: Emit) -> Workspace:
        """The place for what an unfinished task leaves."""
        return Workspace(self.files(f"partial/{key}"), emit)

    def files(self, folder: str) -> Files:
        """Small files that belong to no result, such as what tells who is at work on what."""
        return FolderFiles(self.root / folder)

    def keys(self) -> list[str]:
        """The keys of all results, sorted."""
        return sorted(path.name for path in (self.root / "objects").glob("[0-9a-f][0-9a-f]/*") if path.is_dir())

    def memory_by_kind(self) -> dict[str, int]:
        """The most bytes of memory that a task of each kind has taken, by what lies on this machine."""
        found: dict[str, int] = {}
        for path in (self.root / "objects").glob("[0-9a-f][0-9a-f]/*"):
            try:
                manifest = read_artefact(path.name, path).manifest
            except DamagedArtefactError:
                continue  # said when it is needed
            if memory := manifest.get("memory"):
                found[str(manifest["kind"])] = max(found.get(str(manifest["kind"]), 0), int(memory))
        return found

    def find(self, prefix: str) -> str:
        """The one key that starts with a prefix.

        Raises:
            InputError: none does, or several do.
        """
        keys = [key for key in self.keys() if key.startswith(prefix)]
        if len(keys) == 1:
            return keys[0]
        if keys:
            raise InputError("SF0071", f"{prefix!r} is the start of {len(keys)} keys", fix="give more of it")
        short = [key[:12] for key in self.keys()]
        advice = near(prefix, short) if short and len(short) <= 20 else "`samefn ls` lists the keys"
        raise InputError("SF0072", f"no result has a key that starts with {prefix!r}", where=self.location, fix=advice)

    def remove_left_overs(self) -> None:
        """Remove what dead processes left: unpublished folders a day old, and unfinished work that was finished."""
        now = time.time()
        for path in (self.root / "incoming").glob("*"):
            if now - path.stat().st_mtime > _LEFT_OVER_AFTER:
                shutil.rmtree(path, ignore_errors=True)
        for path in (self.root / "partial").glob("*"):
            if path.name in self:
                shutil.rmtree(path, ignore_errors=True)
