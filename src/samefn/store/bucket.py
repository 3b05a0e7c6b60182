"""Results and small files in object storage, read and written by fsspec."""

import time
from collections.abc import Callable
from pathlib import Path, PurePosixPath
from typing import Any, TypeVar

import fsspec
from fsspec.archive import AbstractArchiveFileSystem

from samefn.core.errors import DamagedArtefactError, InputError, StorageError, one_line
from samefn.core.plain_files import file_sha256
from samefn.store.artefact import MANIFEST, Artefact, Manifest

Response = TypeVar("Response")
# Seconds to wait for a server that does not respond: when a store is opened, as its address may be wrong, and later.
OPEN_PATIENCE, PATIENCE = 10.0, 120.0


class Bucket:
    """Manifests by key, and file contents by hash.

    Object storage shows an upload completely or not at all. Contents are sent first, under their own hash, and the
    manifest that lists them last: so two machines may send the same result at once.

    Args:
        url: of the store, as fsspec reads it: `s3://bucket/folder`.

    Raises:
        InputError: there is no such protocol, its package is missing, or the place cannot be reached.
    """

    def __init__(self, url: str) -> None:
        self.url, self._patience = url.rstrip("/"), OPEN_PATIENCE
        protocol = url.partition("://")[0]
        if protocol == "memory":
            raise InputError(
                "SF064", "is visible to one process only", where=url, fix="give a folder or object storage"
            )
        try:
            # No cache of listings: other machines write here at the same time.
            self._fs, self._root = fsspec.core.url_to_fs(self.url, use_listings_cache=False)
        except (ImportError, ValueError) as error:
            raise InputError(
                "SF064",
                f"cannot be opened ({one_line(error)})",
                where=url,
                fix="install fsspec's package for it",
            ) from error
        except Exception as error:  # (each storage has errors of its own)
            raise InputError(
                "SF064", f"cannot be opened ({one_line(error)})", where=url, fix="check the address"
            ) from error
        if isinstance(self._fs, AbstractArchiveFileSystem):
            raise InputError(
                "SF064", "is an archive, which cannot be a store", where=url, fix="give a folder or object storage"
            )
        try:
            self.read("format")
        except StorageError as error:
            raise InputError(
                "SF064", error.what, where=url, fix="check the address, the bucket and the keys"
            ) from error
        self._patience = PATIENCE

    def has(self, key: str) -> bool:
        """Whether a result is there."""
        return bool(self._call(self._fs.exists, self._path(_manifest_path(key))))

    def keys(self) -> list[str]:
        """The keys of all results, sorted."""
        return sorted(PurePosixPath(name).stem for name in self.names("objects/"))

    def send(self, artefact: Artefact) -> None:
        """Upload a result; files that are there already are not sent again.

        Raises:
            StorageError: it cannot be written.
        """
        for name, entry in artefact.manifest["files"].items():
            content = self._path(_content_path(entry["sha256"]))
            if self._size(content) != entry["bytes"]:
                self._call(self._fs.put_file, str(artefact.path(name)), content)
        self.write(_manifest_path(artefact.key), artefact.path(MANIFEST).read_bytes())

    def fetch(self, key: str, manifest: Manifest, folder: Path) -> None:
        """Download a result's files and check their hashes.

        Args:
            key: the result's.
            manifest: its manifest, checked.
            folder: an empty folder to write into.

        Raises:
            DamagedArtefactError: a file differs from the manifest; it is removed from the bucket, to be sent again.
        """
        for name, entry in manifest["files"].items():
            path, content = folder / name, _content_path(entry["sha256"])
            if not path.resolve().is_relative_to(folder.resolve()):
                raise DamagedArtefactError("SF060", f"lists a file outside its folder: {name!r}", where=self.where(key))
            path.parent.mkdir(parents=True, exist_ok=True)
            try:
                self._call(self._fs.get_file, self._path(content), str(path))
            except FileNotFoundError as error:
                raise DamagedArtefactError("SF060", "is missing from the store", where=self.where(content)) from error
            if file_sha256(path) != entry["sha256"]:
                self.remove(content)
                raise DamagedArtefactError("SF060", "was changed: its hash does not match", where=self.where(content))

    def read_manifest(self, key: str) -> bytes | None:
        """The bytes of a result's manifest; None where there is none."""
        return self.read(_manifest_path(key))

    def forget(self, key: str) -> None:
        """Remove a damaged result's manifest, so that the result is made again."""
        self.remove(_manifest_path(key))

    def where(self, name: str) -> str:
        """The URL of a file, for errors."""
        return f"{self.url}/{name}"

    def names(self, start: str = "") -> list[str]:
        """The names that start with this text, sorted."""
        folder = start.rpartition("/")[0]
        root = self._path(folder) if folder else self._root
        try:
            paths = self._call(self._fs.find, root)
        except FileNotFoundError:
            return []
        names = (str(path).removeprefix(self._root).lstrip("/") for path in paths)
        return sorted(name for name in names if name.startswith(start))

    def read(self, name: str) -> bytes | None:
        """A small file's content; None where there is none."""
        try:
            return bytes(self._call(self._fs.cat_file, self._path(name)))
        except FileNotFoundError:
            return None

    def write(self, name: str, data: bytes) -> None:
        """Write a small file completely or not at all.

        Raises:
            StorageError: it cannot be written.
        """
        try:
            self._call(self._fs.pipe_file, self._path(name), data)
        except FileNotFoundError as error:
            fix = "make the bucket, or name another with --store"
            raise StorageError("SF005", f"cannot be written ({one_line(error)})", where=self.url, fix=fix) from error

    def remove(self, name: str) -> None:
        """Remove a file, if it is there."""
        try:
            self._call(self._fs.rm_file, self._path(name))
        except FileNotFoundError:
            return

    def _path(self, name: str) -> str:
        return f"{self._root}/{name}"

    def _size(self, path: str) -> int | None:
        try:
            return int(self._call(self._fs.info, path)["size"])
        except FileNotFoundError:
            return None

    def _call(self, call: Callable[..., Response], *arguments: Any) -> Response:
        """Call the storage; a call that fails is repeated for a while, after longer and longer pauses.

        Raises:
            FileNotFoundError: there is no such file.
            StorageError: it refuses, or fails for too long.
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
                        "SF065",
                        f"the storage fails ({type(error).__name__}: {one_line(error)})",
                        where=self.url,
                        fix="run the same command again; finished results are kept",
                    ) from error
                time.sleep(pause)
                pause = min(2 * pause, 5.0)


class BucketFiles:
    """Files under one folder of a bucket."""

    def __init__(self, bucket: Bucket, folder: str) -> None:
        self._bucket, self._folder = bucket, folder

    def where(self, name: str) -> str:
        """The URL of a file, for errors."""
        return self._bucket.where(f"{self._folder}/{name}")

    def names(self, start: str = "") -> list[str]:
        """The names that start with this text, sorted."""
        return [name.removeprefix(f"{self._folder}/") for name in self._bucket.names(f"{self._folder}/{start}")]

    def read(self, name: str) -> bytes | None:
        """A file's content; None where there is none."""
        return self._bucket.read(f"{self._folder}/{name}")

    def write(self, name: str, data: bytes) -> None:
        """Write a file completely or not at all.

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


def _manifest_path(key: str) -> str:
    return f"objects/{key[:2]}/{key}.json"


def _content_path(sha256: str) -> str:
    return f"contents/{sha256[:2]}/{sha256}"
