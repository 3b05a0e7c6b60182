"""The store: results by key. A result is published completely or not at all."""

import json
import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from uuid import uuid4

from samefn.core.atomic_files import flush_folder, storage_errors, write_atomically
from samefn.core.canonical import Json
from samefn.core.errors import DamagedArtefactError, InputError
from samefn.core.events import Emit, Event
from samefn.core.naming import suggest
from samefn.core.plain_files import file_sha256, is_folder, path_exists, read_file
from samefn.core.process import Meter
from samefn.store.artefact import MANIFEST, Artefact, Manifest, manifest_hash, read_artefact
from samefn.store.files import Files, FolderFiles
from samefn.store.workspace import Workspace

STORE_FORMAT = "samefn-store-1\n"
_MAX_FORMAT_FILE = 4096  # bytes
# Unpublished folders older than this many seconds were left by dead processes.
_LEFTOVER_AGE = 24 * 3600.0


class Store:
    """A folder of results, each under the hash of everything that could change it.

    Any number of processes may use one store at once, and any of them may die at any moment: a result appears by
    one rename, and the second of two equal results is dropped.

    Args:
        root: the folder; it is made if need be.

    Raises:
        InputError: the folder is not a samefn store and not empty, or a store of another version.
        StorageError: the folder cannot be made.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        format_file = root / "format"
        if path_exists(root) and not is_folder(root):
            raise InputError("SF062", "is not a folder", where=str(root), fix="name a folder with --store")
        if path_exists(format_file):
            if read_file(format_file, _MAX_FORMAT_FILE) != STORE_FORMAT.encode():
                raise InputError(
                    "SF063", "is a store of another version of samefn", where=str(root), fix="name another with --store"
                )
            return
        if path_exists(root) and any(root.iterdir()) and not (root / "objects").exists():
            raise InputError(
                "SF062", "is a folder with other files in it", where=str(root), fix="name an empty folder with --store"
            )
        with storage_errors(root):
            (root / "objects").mkdir(parents=True, exist_ok=True)
        write_atomically(format_file, STORE_FORMAT.encode())

    @property
    def location(self) -> str:
        """The path; it opens this store in another process."""
        return str(self.root)

    def folder(self, key: str) -> Path:
        """The folder of a key's result, whether or not it is there."""
        return self.root / "objects" / key[:2] / key

    def __contains__(self, key: str) -> bool:
        return self.folder(key).is_dir()

    def open(self, key: str) -> Artefact:
        """Open a result; every file is checked.

        Raises:
            DamagedArtefactError: it was changed or removed since it was published.
        """
        if key not in self:
            raise DamagedArtefactError("SF061", "is not in the store any more", where=str(self.folder(key)))
        artefact = read_artefact(key, self.folder(key))
        artefact.verify()
        return artefact

    def manifest(self, key: str) -> Manifest:
        """A result's manifest; its files are neither checked nor downloaded.

        Raises:
            DamagedArtefactError: the manifest cannot be read.
        """
        return read_artefact(key, self.folder(key)).manifest

    def verified(self, key: str, emit: Emit) -> bool:
        """Whether a result is there and undamaged. A damaged one is moved to `damaged`, with a warning."""
        if key not in self:
            return False
        try:
            self.open(key)
        except DamagedArtefactError as error:
            self._quarantine(key, error, emit)
            return False
        return True

    def _quarantine(self, key: str, error: DamagedArtefactError, emit: Emit) -> None:
        target = self.root / "damaged" / f"{key}-{uuid4().hex[:8]}"
        with storage_errors(target):
            target.parent.mkdir(exist_ok=True)
            try:
                self.folder(key).rename(target)
            except FileNotFoundError:
                return  # another process has moved it already
        emit(Event("warning", key[:12], f"{error}; moved to {target}; it will be made again"))

    @contextmanager
    def publish(
        self, key: str, kind: str, name: str, spec: Mapping[str, Json], meter: Meter | None = None
    ) -> Iterator[Path]:
        """A new folder to write a result into. It is published when the body ends without an error.

        Args:
            key: of the result.
            kind: of the task that makes it.
            name: for people.
            spec: of the task.
            meter: measures what making it takes; None for this process from now on.

        Raises:
            StorageError: the store cannot be written.
        """
        incoming, meter = self.root / "incoming" / uuid4().hex, meter or Meter()
        with storage_errors(incoming):
            incoming.mkdir(parents=True)
        try:
            yield incoming
            with storage_errors(incoming):
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
            # Another process published the same result first. Results of one key are equal.

    def workspace(self, key: str, emit: Emit) -> Workspace:
        """The files by which an unfinished task can continue."""
        return Workspace(self.files(f"partial/{key}"), emit)

    def files(self, folder: str) -> Files:
        """Small files that belong to no result, such as the state of runs."""
        return FolderFiles(self.root / folder)

    def keys(self) -> list[str]:
        """The keys of all results, sorted."""
        return sorted(path.name for path in (self.root / "objects").glob("[0-9a-f][0-9a-f]/*") if path.is_dir())

    def memory_by_kind(self) -> dict[str, int]:
        """The peak memory in bytes of a task of each kind, from the results on this machine."""
        peaks: dict[str, int] = {}
        for path in (self.root / "objects").glob("[0-9a-f][0-9a-f]/*"):
            try:
                manifest = read_artefact(path.name, path).manifest
            except DamagedArtefactError:
                continue  # reported when it is needed
            if memory := manifest.get("memory"):
                peaks[str(manifest["kind"])] = max(peaks.get(str(manifest["kind"]), 0), int(memory))
        return peaks

    def find(self, prefix: str) -> str:
        """The one key that starts with a prefix.

        Raises:
            InputError: no key starts with it, or several do.
        """
        keys = [key for key in self.keys() if key.startswith(prefix)]
        if len(keys) == 1:
            return keys[0]
        if keys:
            raise InputError("SF066", f"{len(keys)} keys start with {prefix!r}", fix="give more characters")
        short = [key[:12] for key in self.keys()]
        advice = suggest(prefix, short) if short and len(short) <= 20 else "`samefn ls` lists the keys"
        raise InputError("SF067", f"no result has a key that starts with {prefix!r}", where=self.location, fix=advice)

    def remove_leftovers(self) -> None:
        """Remove what dead processes left: unpublished folders after a day, and checkpoints of finished tasks."""
        now = time.time()
        for path in (self.root / "incoming").glob("*"):
            if now - path.stat().st_mtime > _LEFTOVER_AGE:
                shutil.rmtree(path, ignore_errors=True)
        for path in (self.root / "partial").glob("*"):
            if path.name in self:
                shutil.rmtree(path, ignore_errors=True)
