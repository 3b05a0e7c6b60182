"""Open the store that a path or a URL names."""

import os
from pathlib import Path

from samefn.core.canonical import digest
from samefn.core.errors import InputError
from samefn.core.loading import load
from samefn.core.plain_files import path_exists
from samefn.store.store import Store


def open_store(location: str, cache: Path) -> Store:
    """Open or make the store in a folder, or in object storage where the location is a URL.

    Args:
        location: a path, or a URL that fsspec reads, such as `s3://bucket/folder`.
        cache: the folder for copies of what this machine uses from a store in object storage.

    Raises:
        InputError: the place cannot be a store, or cannot be reached.
        StorageError: it cannot be written.
    """
    if not is_url(location):
        return Store(_folder(location))
    # Imported only here: most stores are folders, and fsspec takes time to import.
    bucket = load("samefn.store.bucket:Bucket")(location)
    shared: Store = load("samefn.store.shared:SharedStore")(cache / "shared" / digest(bucket.url)[:16], bucket)
    return shared


def existing_store(location: str, cache: Path) -> Store:
    """Open a store that exists; nothing is created.

    Raises:
        InputError: there is no store at the location.
    """
    missing = InputError("SF062", "is not a samefn store", where=location, fix="name a store with --store")
    if not is_url(location):
        if not path_exists(_folder(location) / "format"):
            raise missing
    elif load("samefn.store.bucket:Bucket")(location).read("format") is None:
        raise missing
    return open_store(location, cache)


def _folder(location: str) -> Path:
    try:
        return Path(location.removeprefix("file://")).expanduser()
    except RuntimeError as error:
        raise InputError(
            "SF062", f"is not a folder's path ({error})", where=location, fix="name a store with --store"
        ) from error


def is_url(location: str) -> bool:
    """Whether a store lies in object storage, not in a folder of this machine.

    >>> is_url("s3://bucket/store"), is_url("/data/store"), is_url("file:///data/store")
    (True, False, False)
    """
    return "://" in location and not location.startswith("file://")


def default_location(cache: Path) -> str:
    """The value of `SAMEFN_STORE`; where it is unset or empty, a folder in the user's cache."""
    return os.environ.get("SAMEFN_STORE") or str(cache / "store")
