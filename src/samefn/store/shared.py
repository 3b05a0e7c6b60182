"""A store in object storage, with a folder of this machine before it."""

import json
import shutil
from pathlib import Path
from uuid import uuid4

from samefn.core.atomic_files import storage_errors
from samefn.core.errors import DamagedArtefactError, InputError
from samefn.core.events import Emit, Event
from samefn.store.artefact import MANIFEST, Artefact, Manifest, parse_manifest, read_artefact
from samefn.store.bucket import Bucket, BucketFiles
from samefn.store.files import Files
from samefn.store.store import STORE_FORMAT, Store


class SharedStore(Store):
    """Results of any number of machines: all of them in the bucket, and copies of those used here in the folder.

    Args:
        root: the folder of this machine; for this bucket alone.
        bucket: where the results are.

    Raises:
        InputError: the bucket holds a store of another version, or other files.
        StorageError: it cannot be written.
    """

    def __init__(self, root: Path, bucket: Bucket) -> None:
        super().__init__(root)
        self._bucket = bucket
        mark = bucket.read("format")
        if mark is None and bucket.names():
            raise InputError("SF062", "holds other files", where=bucket.url, fix="name an empty folder of the bucket")
        if mark is None:
            bucket.write("format", STORE_FORMAT.encode())
        elif mark != STORE_FORMAT.encode():
            raise InputError(
                "SF063", "is a store of another version of samefn", where=bucket.url, fix="name another with --store"
            )

    @property
    def location(self) -> str:
        """The URL; it opens this store in another process, on any machine."""
        return self._bucket.url

    def __contains__(self, key: str) -> bool:
        return self._bucket.has(key)

    def open(self, key: str) -> Artefact:
        """Open a result, downloaded if need be; every file is checked.

        Raises:
            DamagedArtefactError: it was changed or removed since it was published.
        """
        if not self.folder(key).is_dir():
            self._fetch(key)
        return self._local(key)

    def manifest(self, key: str) -> Manifest:
        """A result's manifest; its files are neither checked nor downloaded.

        Raises:
            DamagedArtefactError: the manifest cannot be read.
        """
        if self.folder(key).is_dir():
            return read_artefact(key, self.folder(key)).manifest
        data = self._bucket.read_manifest(key)
        if data is None:
            raise DamagedArtefactError("SF061", "is not in the store any more", where=self._bucket.where(key))
        return parse_manifest(key, data, self._bucket.where(key))

    def verified(self, key: str, emit: Emit) -> bool:
        """Whether a result is there and undamaged. A result that a dead worker made and did not upload is uploaded."""
        if self.folder(key).is_dir():
            try:
                artefact = self._local(key)
            except DamagedArtefactError as error:
                self._quarantine(key, error, emit)
            else:
                if key not in self:
                    self._bucket.send(artefact)
                return True
        if key not in self:
            return False
        try:
            self.open(key)
        except DamagedArtefactError as error:
            self._bucket.forget(key)
            emit(Event("warning", key[:12], f"{error}; it will be made again"))
            return False
        return True

    def keys(self) -> list[str]:
        """The keys of all results, sorted."""
        return self._bucket.keys()

    def files(self, folder: str) -> Files:
        """Small files that belong to no result, seen by all machines."""
        return BucketFiles(self._bucket, folder)

    def _local(self, key: str) -> Artefact:
        artefact = read_artefact(key, self.folder(key))
        artefact.verify()
        return artefact

    def _move_in(self, incoming: Path, key: str) -> None:
        super()._move_in(incoming, key)
        self._bucket.send(read_artefact(key, self.folder(key)))

    def _fetch(self, key: str) -> None:
        """Download a result to this machine, completely or not at all."""
        manifest = self.manifest(key)
        incoming = self.root / "incoming" / uuid4().hex
        with storage_errors(incoming):
            incoming.mkdir(parents=True)
        try:
            self._bucket.fetch(key, manifest, incoming)
            with storage_errors(incoming):
                (incoming / MANIFEST).write_text(json.dumps(manifest, indent=1, sort_keys=True))
                super()._move_in(incoming, key)
        finally:
            shutil.rmtree(incoming, ignore_errors=True)
