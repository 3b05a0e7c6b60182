"""Fetch one file whose MD5 is published: resumed when cut, checked before it gets its name."""

from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

import requests
from filelock import FileLock, Timeout
from pooch import file_hash

from samefn.core.errors import InputError, StorageError
from samefn.core.events import Emit, Event

ATTEMPTS = 3
CHUNK = 1 << 17
MAX_BYTES = 1 << 28
# Seconds: to connect, between two pieces of an answer, for another process that fetches the same file.
CONNECT, READ, LOCK = 10, 30, 600
DROPPED = (requests.ConnectionError, requests.Timeout, requests.exceptions.ChunkedEncodingError)


@dataclass(frozen=True)
class Remote:
    """A file that others publish.

    Attributes:
        name: what to call it here.
        urls: http or https addresses of the same file.
        md5: its published MD5, 32 hexadecimal digits.
    """

    name: str
    urls: tuple[str, ...]
    md5: str


class _TooLargeError(requests.RequestException):
    """A server sends more than was asked for."""


def download(remote: Remote, folder: Path, emit: Emit, max_bytes: int = MAX_BYTES) -> Path:
    """A published file, from the folder or else from the first of its addresses that gives it.

    What arrives is kept as `name.part`; a download that was cut, now or in an earlier run, goes on from there
    where the server can do that.

    Args:
        remote: the file.
        folder: where to keep it; made when missing.
        emit: where events go: `stored`, or `started`, `progress` in bytes, `finished`; a `warning` for each
            failure.
        max_bytes: give an address up when it sends more.

    Returns:
        The path of the file; its MD5 is the published one.

    Raises:
        InputError: no address gave the file, each with its reason.
        StorageError: the folder cannot be written.
    """
    target, part = folder / remote.name, folder / f"{remote.name}.part"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(folder / f"{remote.name}.lock", timeout=LOCK):
            if target.is_file():
                if _md5(target) == remote.md5:
                    emit(Event("stored", remote.name))
                    return target
                emit(Event("warning", remote.name, f"{target} has lost its published MD5; fetching it again"))
            _fetch(remote, part, emit, max_bytes)
            part.replace(target)
    except Timeout as error:
        raise StorageError("SF2124", "another process has held this lock too long", where=error.lock_file) from error
    except OSError as error:
        raise StorageError("SF2125", f"cannot be written ({error.strerror or error})", where=str(folder)) from error
    emit(Event("finished", remote.name))
    return target


def _fetch(remote: Remote, part: Path, emit: Emit, max_bytes: int) -> None:
    """Fill `part` with the file, or raise InputError."""
    failures = []
    for url in remote.urls:
        emit(Event("started", remote.name, url))
        for _ in range(ATTEMPTS):
            try:
                resumed = _stream(remote.name, url, part, emit, max_bytes)
            except requests.RequestException as error:
                reason, again = _reason(error), _may_pass(error)
            else:
                if (found := _md5(part)) == remote.md5:
                    return
                part.unlink()
                # Pieces that do not fit together say nothing against this address: once more from the start.
                reason, again = f"its MD5 is {found}, not the published {remote.md5}", resumed
            emit(Event("warning", remote.name, f"{url}: {reason}"))
            if not again:
                break
        failures.append(f"{url}: {reason}")
    raise InputError(
        "SF2126",
        f"cannot be downloaded ({'; '.join(failures)})",
        where=remote.name,
        fix="check the network, or give a folder that holds the files as --data-dir",
    )


def _stream(name: str, url: str, part: Path, emit: Emit, max_bytes: int) -> bool:
    """Append to `part` what it lacks, or write it anew; True when it went on from what was there."""
    have = part.stat().st_size if part.exists() else 0
    # Not compressed on the way: the file is a gzip file itself, and ranges count its own bytes.
    headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={have}-"} if have else {})
    with requests.get(url, headers=headers, stream=True, timeout=(CONNECT, READ)) as response:
        if have and response.status_code == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
            return True  # nothing lies beyond what is there: it is whole, or it is wrong; the MD5 will say
        response.raise_for_status()
        resumed = have > 0 and response.headers.get("Content-Range", "").startswith(f"bytes {have}-")
        if have:
            emit(Event("note", name, f"going on after {have} bytes" if resumed else "this server starts again"))
        done = have if resumed else 0
        length = response.headers.get("Content-Length", "")
        total = done + int(length) if length.isdecimal() else 0
        with part.open("ab" if resumed else "wb") as file:
            for chunk in response.iter_content(CHUNK):
                done += len(chunk)
                if done > max_bytes:
                    break
                file.write(chunk)
                emit(Event("progress", name, done=done, total=total))
    if done > max_bytes:
        part.unlink()
        raise _TooLargeError(f"sends more than {max_bytes} bytes")
    return resumed


def _md5(path: Path) -> str:
    return str(file_hash(str(path), alg="md5"))


def _may_pass(error: requests.RequestException) -> bool:
    """Whether the same address may well answer next time."""
    status = error.response.status_code if error.response is not None else 0
    return isinstance(error, DROPPED) or status >= HTTPStatus.INTERNAL_SERVER_ERROR


def _reason(error: requests.RequestException) -> str:
    # In our words: the library's own are long and repeat what a server says.
    if isinstance(error, requests.HTTPError) and error.response is not None:
        return f"HTTP status {error.response.status_code}"
    if isinstance(error, requests.exceptions.InvalidSchema):
        return "leads to an address that is neither http nor https"
    return str(error) if isinstance(error, _TooLargeError) else type(error).__name__
