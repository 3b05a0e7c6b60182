"""A store's far half: results and small files in object storage, by fsspec."""

import time
from collections.abc import Callable
from pathlib import Path, PurePosixPath
from typing import Any, TypeVar

import fsspec
from fsspec.archive import AbstractArchiveFileSystem

from samefn.core.errors import DamagedArtefactError, InputError, StorageError
from samefn.store.artefact import MANIFEST, Artefact, Manifest, file_sha256

T = TypeVar("T")
# How long to wait for a server that does not answer: at the start, where an address may be wrong, and later.
FIRST_PATIENCE, PATIENCE = 10.0, 120.0


class Bucket:
    """Manifests by key and file contents by hash.

    An upload appears whole or not at all, as object storage has it. Contents go first, under their own hash, and the
    manifest that names them last: two who send the same result send files that do not mix.

    Args:
        url: where, as fsspec reads it: `s3://bucket/folder`.

    Raises:
        InputError: no such protocol, its package is missing, or the place cannot be reached.
    """

    def __init__(self, url: str) -> None:
        self.url, self._patience = url.rstrip("/"), FIRST_PATIENCE
        protocol = url.partition("://")[0]
        if protocol == "memory":
            raise InputError("SF0052", "is seen by one process only", where=url, fix="give a folder or object storage")
        try:
            # Listings are not kept: others write here at the same time.
            self._fs, self._root = fsspec.core.url_to_fs(self.url, use_listings_cache=False)
        except (ImportError, ValueError) as error:
            raise InputError(
                "SF0053",
                f"cannot be opened ({' '.join(str(error).split())})",
                where=url,
                fix="install fsspec's package for it",
            ) from error
        except Exception as error:  # (each storage has errors of its own)
            raise InputError(
                "SF0054", f"cannot be opened ({_line(error)})", where=url, fix="is the address right?"
            ) from error
        if isinstance(self._fs, AbstractArchiveFileSystem):
            raise InputError(
                "SF0055", "is an archive, which cannot be a store", where=url, fix="give a folder or object storage"
            )
        try:
            self.read("format")
        except StorageError as error:
            raise InputError(
                "SF0056", error.what, where=url, fix="are the address, the bucket and the keys right?"
            ) from error
        self._patience = PATIENCE

    def has(self, key: str) -> bool:
        """Whether a result is there, whole."""
        return bool(self._asked(self._fs.exists, self._path(_manifest(key))))

    def keys(self) -> list[str]:
        """The keys of all results, sorted."""
        return sorted(PurePosixPath(name).stem for name in self.names("objects/"))

    def send(self, artefact: Artefact) -> None:
        """Put a result here; what is here of it is not sent again.

        Raises:
            StorageError: it cannot be written.
        """
        for name, entry in artefact.manifest["files"].items():
            content = self._path(_content(entry["sha256"]))
            if self._size(content) != entry["bytes"]:
                self._asked(self._fs.put_file, str(artefact.path(name)), content)
        self.write(_manifest(artefact.key), artefact.path(MANIFEST).read_bytes())

    def fetch(self, key: str, manifest: Manifest, folder: Path) -> None:
        """Get a result's files, each hashed.

        Args:
            key: the result's.
            manifest: read and found whole.
            folder: an empty one.

        Raises:
            DamagedArtefactError: a file is not what the manifest says; it is removed here, to be sent again.
        """
        for name, entry in manifest["files"].items():
            path, content = folder / name, _content(entry["sha256"])
            if not path.resolve().is_relative_to(folder.resolve()):
                raise DamagedArtefactError(
                    "SF0057", f"names a file outside its folder: {name!r}", where=self.where(key)
                )
            path.parent.mkdir(parents=True, exist_ok=True)
            try:
                self._asked(self._fs.get_file, self._path(content), str(path))
            except FileNotFoundError as error:
                raise DamagedArtefactError("SF0058", "is missing", where=self.where(content)) from error
            if file_sha256(path) != entry["sha256"]:
                self.remove(content)
                raise DamagedArtefactError(
                    "SF0059", "does not have the content its hash names", where=self.where(content)
                )

    def read_manifest(self, key: str) -> bytes | None:
        """A result's manifest as it lies here; None where there is none."""
        return self.read(_manifest(key))

    def forget(self, key: str) -> None:
        """Take a damaged result's manifest away, so that the result is made again."""
        self.remove(_manifest(key))

    def where(self, name: str) -> str:
        """What errors call a file."""
        return f"{self.url}/{name}"

    def names(self, start: str = "") -> list[str]:
        """The names that start so, sorted."""
        folder = start.rpartition("/")[0]
        root = self._path(folder) if folder else self._root
        try:
            found = self._asked(self._fs.find, root)
        except FileNotFoundError:
            return []
        names = (str(path).removeprefix(self._root).lstrip("/") for path in found)
        return sorted(name for name in names if name.startswith(start))

    def read(self, name: str) -> bytes | None:
        """A small file's content; None where there is none."""
        try:
            return bytes(self._asked(self._fs.cat_file, self._path(name)))
        except FileNotFoundError:
            return None

    def write(self, name: str, data: bytes) -> None:
        """Write a small file, whole or not at all.

        Raises:
            StorageError: it cannot be written.
        """
        try:
            self._asked(self._fs.pipe_file, self._path(name), data)
        except FileNotFoundError as error:
            fix = "make it, or name another --store"
            raise StorageError("SF0060", f"cannot be written ({_line(error)})", where=self.url, fix=fix) from error

    def remove(self, name: str) -> None:
        """Remove a file, if it is there."""
        try:
            self._asked(self._fs.rm_file, self._path(name))
        except FileNotFoundError:
            return

    def _path(self, name: str) -> str:
        return f"{self._root}/{name}"

    def _size(self, path: str) -> int | None:
        try:
            return int(self._asked(self._fs.info, path)["size"])
        except FileNotFoundError:
            return None

    def _asked(self, call: Callable[..., T], *arguments: Any) -> T:
        """Ask the storage; a server that does not answer is asked again for a while, after longer and longer pauses.

        Raises:
            FileNotFoundError: there is no such file.
            StorageError: it refuses, or does not answer for too long.
        """
        deadline, pause = time.monotonic() + self._patience, 0.2
        while True:
            try:
                return call(*arguments)
            except FileNotFoundError:
                raise
            except Exception as error:  # (each storage has errors of its own)
                if isinstance(error, PermissionError) or time.monotonic() + pause > deadline:
                    raise StorageError(
                        "SF0061",
                        f"the storage does not do what it is asked ({type(error).__name__}: {_line(error)})",
                        where=self.url,
                        fix="what is stored is safe; the same command goes on from it",
                    ) from error
                time.sleep(pause)
                pause = min(2 * pause, 5.0)


class BucketFiles:
    """Files under one folder of a bucket."""

    def __init__(self, bucket: Bucket, folder: str) -> None:
        self._bucket, self._folder = bucket, folder

    def where(self, name: str) -> str:
        """What errors call a file."""
        return self._bucket.where(f"{self._folder}/{name}")

    def names(self, start: str = "") -> list[str]:
        """The names that start so, sorted."""
        return [name.removeprefix(f"{self._folder}/") for name in self._bucket.names(f"{self._folder}/{start}")]

    def read(self, name: str) -> bytes | None:
        """A file's content; None where there is none."""
        return self._bucket.read(f"{self._folder}/{name}")

    def write(self, name: str, data: bytes) -> None:
        """Write a file, whole or not at all.

        Raises:
            StorageError: it cannot be written.
        """
        self._bucket.write(f"{self._folder}/{name}", data)

    def remove(self, name: str) -> None:
        """Remove a file, if it is there."""
        self._bucket.remove(f"{self._folder}/{name}")

    def clear(self) -> None:
        """Remove all files."""
        for name in self.names():
            self.remove(name)


def _manifest(key: str) -> str:
    return f"objects/{key[:2]}/{key}.json"


def _content(sha256: str) -> str:
    return f"contents/{sha256[:2]}/{sha256}"


def _line(error: Exception) -> str:
    return " ".join(str(error).split())[:200]
