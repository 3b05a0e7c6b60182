"""Open the store that a path or a URL names."""

import os
from pathlib import Path

from samefn.core.canonical import digest
from samefn.core.errors import InputError
from samefn.core.loading import load
from samefn.core.plain_files import stands
from samefn.store.store import Store


def open_store(location: str, cache: Path) -> Store:
    """A store in a folder, or in object storage where the location is a URL.

    Args:
        location: a path, or a URL that fsspec reads, such as `s3://bucket/folder`.
        cache: where this machine keeps copies of what it uses of a store in object storage.

    Raises:
        InputError: no store can be there, or it cannot be reached.
        StorageError: it cannot be written.
    """
    if not is_url(location):
        return Store(_folder(location))
    # Loaded late: few stores are far, and fsspec's packages take time.
    bucket = load("samefn.store.bucket:Bucket")(location)
    shared: Store = load("samefn.store.shared:SharedStore")(cache / "shared" / digest(bucket.url)[:16], bucket)
    return shared


def existing_store(location: str, cache: Path) -> Store:
    """A store that is there; nothing is made.

    Raises:
        InputError: there is none.
    """
    missing = InputError("SF0062", "is not a samefn store", where=location, fix="name one with --store")
    if not is_url(location):
        if not stands(_folder(location) / "format"):
            raise missing
    elif load("samefn.store.bucket:Bucket")(location).read("format") is None:
        raise missing
    return open_store(location, cache)


def _folder(location: str) -> Path:
    try:
        return Path(location.removeprefix("file://")).expanduser()
    except RuntimeError as error:
        raise InputError("SF0063", f"names no folder ({error})", where=location, fix="name one with --store") from error


def is_url(location: str) -> bool:
    """Whether a store lies elsewhere than in a folder of this machine.

    >>> is_url("s3://bucket/store"), is_url("/data/store"), is_url("file:///data/store")
    (True, False, False)
    """
    return "://" in location and not location.startswith("file://")


def default_location(cache: Path) -> str:
    """`SAMEFN_STORE`, or a folder in the user's cache where that is unset or empty."""
    return os.environ.get("SAMEFN_STORE") or str(cache / "store")
