"""Download one file with a published MD5: interrupted downloads go on, and the MD5 is checked at the end."""

from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

import requests
from filelock import FileLock, Timeout
from pooch import file_hash

from samefn.core.errors import InputError, StorageError
from samefn.core.events import Emit, Event

ATTEMPTS = 3
DOWNLOAD_CHUNK = 1 << 17
MAX_DOWNLOAD_BYTES = 1 << 28
# Seconds to connect, between two parts of a response, and for another process that downloads the same file.
CONNECT_SECONDS, READ_SECONDS, LOCK_SECONDS = 10, 30, 600
CONNECTION_ERRORS = (requests.ConnectionError, requests.Timeout, requests.exceptions.ChunkedEncodingError)


@dataclass(frozen=True)
class Remote:
    """A file that others publish.

    Attributes:
        name: of the downloaded file.
        urls: http or https addresses of the same file.
        md5: its published MD5, 32 hexadecimal digits.
    """

    name: str
    urls: tuple[str, ...]
    md5: str


class _TooLargeError(requests.RequestException):
    """A server sends more bytes than allowed."""


def download(remote: Remote, folder: Path, emit: Emit, max_bytes: int = MAX_DOWNLOAD_BYTES) -> Path:
    """A published file, from the folder or else from the first of its addresses that sends it.

    Bytes are written to `name.part`. An interrupted download, of this run or an earlier one, goes on from there if
    the server allows it.

    Args:
        remote: the file.
        folder: where to keep it; made when missing.
        emit: where events go: `stored`, or `started`, `progress` in bytes, `finished`; a `warning` for each
            failure.
        max_bytes: the most bytes that an address may send.

    Returns:
        The path of the file; its MD5 is the published one.

    Raises:
        InputError: no address sent the file; the message names the reason for each.
        StorageError: the folder cannot be written.
    """
    target, part = folder / remote.name, folder / f"{remote.name}.part"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(folder / f"{remote.name}.lock", timeout=LOCK_SECONDS):
            if target.is_file():
                if _md5(target) == remote.md5:
                    emit(Event("stored", remote.name))
                    return target
                emit(Event("warning", remote.name, f"{target} does not have the published MD5; downloading it again"))
            _fetch(remote, part, emit, max_bytes)
            part.replace(target)
    except Timeout as error:
        raise StorageError(
            "SF215",
            f"another process has held this lock for {LOCK_SECONDS} seconds",
            where=error.lock_file,
            fix="wait for its download, or end that process",
        ) from error
    except OSError as error:
        raise StorageError("SF216", f"cannot be written ({error.strerror or error})", where=str(folder)) from error
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
                reason, retry = _reason(error), _is_temporary(error)
            else:
                if (md5 := _md5(part)) == remote.md5:
                    return
                part.unlink()
                # After a resumed download the parts may not fit together: try this address again from the start.
                reason, retry = f"its MD5 is {md5}, not the published {remote.md5}", resumed
            emit(Event("warning", remote.name, f"{url}: {reason}"))
            if not retry:
                break
        failures.append(f"{url}: {reason}")
    raise InputError(
        "SF214",
        f"cannot be downloaded ({'; '.join(failures)})",
        where=remote.name,
        fix="check the network, or name a folder that holds the files with --data-dir",
    )


def _stream(name: str, url: str, part: Path, emit: Emit, max_bytes: int) -> bool:
    """Append the missing bytes to `part`, or write it from the start; True when it was appended to."""
    have = part.stat().st_size if part.exists() else 0
    # No compression by the server: the file is a gzip file itself, and ranges count its own bytes.
    headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={have}-"} if have else {})
    with requests.get(url, headers=headers, stream=True, timeout=(CONNECT_SECONDS, READ_SECONDS)) as response:
        if have and response.status_code == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
            return True  # there are no more bytes: `part` is complete or wrong, and its MD5 is checked next
        response.raise_for_status()
        resumed = have > 0 and response.headers.get("Content-Range", "").startswith(f"bytes {have}-")
        if have:
            emit(Event("note", name, f"continues after {have} bytes" if resumed else "the server starts again"))
        done = have if resumed else 0
        length = response.headers.get("Content-Length", "")
        total = done + int(length) if length.isdecimal() else 0
        with part.open("ab" if resumed else "wb") as file:
            for chunk in response.iter_content(DOWNLOAD_CHUNK):
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


def _is_temporary(error: requests.RequestException) -> bool:
    """Whether another try at the same address may succeed."""
    status = error.response.status_code if error.response is not None else 0
    return isinstance(error, CONNECTION_ERRORS) or status >= HTTPStatus.INTERNAL_SERVER_ERROR


def _reason(error: requests.RequestException) -> str:
    # The library's own messages are long and repeat what a server sends.
    if isinstance(error, requests.HTTPError) and error.response is not None:
        return f"HTTP status {error.response.status_code}"
    if isinstance(error, requests.exceptions.InvalidSchema):
        return "leads to an address that is neither http nor https"
    return str(error) if isinstance(error, _TooLargeError) else type(error).__name__
