import gzip
import hashlib
import io
import tarfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import numpy as np
import pytest

from samefn.core.errors import InputError, StorageError
from samefn.core.events import Emit, Event
from samefn.datasets.formats.idx import idx_bytes
from samefn.datasets.reference.cifar import find_cifar
from samefn.datasets.reference.cifar_binary import BinaryFiles
from samefn.datasets.reference.download import ATTEMPTS, Remote, download
from samefn.datasets.reference.idx_set import IdxFile, IdxSplit, find_idx_set
from samefn.datasets.reference.mnist import MNIST
from samefn.datasets.reference.reference_data import ReferenceData
from samefn.datasets.source import Source

CONTENT = np.random.default_rng(0).bytes(500_000)


def md5(content: bytes) -> str:
    return hashlib.md5(content, usedforsecurity=False).hexdigest()


@dataclass
class Site:
    """A web site on this machine, and its ways.

    Attributes:
        address: where it is.
        files: what it serves, by path.
        ranges: whether it answers a Range.
        cuts: for the next requests, in turn: after how many bytes of the body it drops the connection.
        statuses: paths it answers with an error.
        redirects: paths it sends elsewhere.
        asked: the path and the Range of every request so far.
    """

    address: str
    files: dict[str, bytes] = field(default_factory=dict)
    ranges: bool = True
    cuts: list[int] = field(default_factory=list)
    statuses: dict[str, int] = field(default_factory=dict)
    redirects: dict[str, str] = field(default_factory=dict)
    asked: list[tuple[str, str | None]] = field(default_factory=list)


class Handler(BaseHTTPRequestHandler):
    site: Site

    def do_GET(self) -> None:
        site, wanted = self.site, self.headers.get("Range")
        site.asked.append((self.path, wanted))
        if self.path in site.redirects:
            self.send_response(302)
            self.send_header("Location", site.redirects[self.path])
            self.end_headers()
            return
        body = site.files.get(self.path, b"")
        status = site.statuses.get(self.path, 200 if body else 404)
        start = int(wanted.removeprefix("bytes=").removesuffix("-")) if wanted and site.ranges else 0
        if status == 200 and start >= len(body):
            status = 416
        if status != 200:
            self.send_error(status)
            return
        self.send_response(206 if start else 200)
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(body) - 1}/{len(body)}")
        self.send_header("Content-Length", str(len(body) - start))
        self.end_headers()
        # Less than promised, and then the connection closes: a cut download.
        self.wfile.write(body[start:][: site.cuts.pop(0) if site.cuts else None])

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  (the base class's name)
        """Nothing on the terminal."""


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Handler.site = Site(f"http://127.0.0.1:{server.server_port}", files={"/file": CONTENT})
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield Handler.site
        server.shutdown()
        thread.join()


@pytest.fixture
def remote(site: Site) -> Remote:
    return Remote("file", (f"{site.address}/file",), md5(CONTENT))


@pytest.fixture
def events() -> list[Event]:
    return []


def kinds(events: list[Event]) -> list[str]:
    """The kinds of events in order, repeats left out."""
    return [event.kind for i, event in enumerate(events) if i == 0 or events[i - 1].kind != event.kind]


def left(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir() if path.suffix != ".lock"}


def test_fetches_once(tmp_path: Path, site: Site, remote: Remote, events: list[Event]) -> None:
    folder = tmp_path / "not" / "yet"
    path = download(remote, folder, events.append)
    assert path.read_bytes() == CONTENT
    assert left(folder) == {"file"}
    assert kinds(events) == ["started", "progress", "finished"]
    progress = [event for event in events if event.kind == "progress"]
    assert [event.total for event in progress] == [len(CONTENT)] * len(progress)
    assert [event.done for event in progress] == sorted({event.done for event in progress})
    assert progress[-1].done == len(CONTENT)
    events.clear()
    assert download(remote, folder, events.append) == path
    assert kinds(events) == ["stored"]
    assert len(site.asked) == 1


def test_a_stored_file_that_was_damaged_is_fetched_again(tmp_path: Path, remote: Remote, events: list[Event]) -> None:
    (tmp_path / "file").write_bytes(CONTENT[:-1])
    assert download(remote, tmp_path, events.append).read_bytes() == CONTENT
    assert kinds(events) == ["warning", "started", "progress", "finished"]


def test_wrong_content_is_refused_and_not_kept(tmp_path: Path, site: Site, remote: Remote, events: list[Event]) -> None:
    site.files["/file"] = b"something else"
    with pytest.raises(InputError, match="SF214") as caught:
        download(remote, tmp_path, events.append)
    for each in (md5(b"something else"), remote.md5):
        assert each in caught.value.what
    assert left(tmp_path) == set()
    assert len(site.asked) == 1  # the whole of it came at once: asking again would bring the same


def test_a_cut_download_goes_on_where_it_was_cut(
    tmp_path: Path, site: Site, remote: Remote, events: list[Event]
) -> None:
    site.cuts = [300_000]
    assert download(remote, tmp_path, events.append).read_bytes() == CONTENT
    assert kinds(events) == ["started", "progress", "warning", "note", "progress", "finished"]
    cut = next(i for i, event in enumerate(events) if event.kind == "warning")
    had = events[cut - 1].done
    assert 0 < had <= 300_000
    assert site.asked == [("/file", None), ("/file", f"bytes={had}-")]
    assert events[cut + 2].done > had
    assert all(event.total == len(CONTENT) for event in events if event.kind == "progress")


def test_a_download_cut_in_an_earlier_run_goes_on(tmp_path: Path, site: Site, remote: Remote) -> None:
    site.cuts = [300_000, 0, 0]
    with pytest.raises(InputError, match=r"ChunkedEncodingError.*SF214"):
        download(remote, tmp_path, lambda event: None)
    assert len(site.asked) == ATTEMPTS
    (name,) = left(tmp_path)
    assert CONTENT.startswith((tmp_path / name).read_bytes())
    had = (tmp_path / name).stat().st_size
    assert had > 0
    assert download(remote, tmp_path, lambda event: None).read_bytes() == CONTENT
    assert site.asked[-1] == ("/file", f"bytes={had}-")
    assert left(tmp_path) == {"file"}


def test_a_server_without_ranges_starts_again(tmp_path: Path, site: Site, remote: Remote, events: list[Event]) -> None:
    site.cuts, site.ranges = [300_000], False
    assert download(remote, tmp_path, events.append).read_bytes() == CONTENT
    assert kinds(events) == ["started", "progress", "warning", "note", "progress", "finished"]
    assert not any(str(300_000) in event.text for event in events if event.kind == "note")


@pytest.mark.parametrize("leftover", [b"not how it begins", bytes(len(CONTENT)), CONTENT + b"more"])
def test_leftovers_of_something_else_are_dropped(tmp_path: Path, site: Site, remote: Remote, leftover: bytes) -> None:
    (tmp_path / "file.part").write_bytes(leftover)
    assert download(remote, tmp_path, lambda event: None).read_bytes() == CONTENT
    assert site.asked == [("/file", f"bytes={len(leftover)}-"), ("/file", None)]


def test_a_leftover_that_is_whole_is_kept(tmp_path: Path, site: Site, remote: Remote, events: list[Event]) -> None:
    (tmp_path / "file.part").write_bytes(CONTENT)
    assert download(remote, tmp_path, events.append).read_bytes() == CONTENT
    assert kinds(events) == ["started", "finished"]
    assert len(site.asked) == 1


def test_a_redirect_is_followed_over_http_only(tmp_path: Path, site: Site, remote: Remote) -> None:
    secret = tmp_path / "secret"
    secret.write_bytes(CONTENT)
    site.redirects = {"/good": "/file", "/bad": secret.as_uri()}
    bad, good = (replace(remote, urls=(f"{site.address}/{name}",)) for name in ("bad", "good"))
    with pytest.raises(InputError, match="SF214") as caught:
        download(bad, tmp_path / "bad", lambda event: None)
    assert bad.urls[0] in caught.value.what
    assert left(tmp_path / "bad") == set()
    assert download(good, tmp_path / "good", lambda event: None).read_bytes() == CONTENT


def test_an_address_that_is_not_http_is_refused(tmp_path: Path, remote: Remote) -> None:
    with pytest.raises(InputError, match="SF214"):
        download(replace(remote, urls=(Path("/etc/hostname").as_uri(),)), tmp_path, lambda event: None)


def test_the_next_mirror_is_asked_when_one_fails(
    tmp_path: Path, site: Site, remote: Remote, events: list[Event]
) -> None:
    mirrors = (f"{site.address}/gone", *remote.urls)
    assert download(replace(remote, urls=mirrors), tmp_path, events.append).read_bytes() == CONTENT
    assert Event("warning", "file", f"{mirrors[0]}: HTTP status 404") in events
    assert [path for path, _ in site.asked] == ["/gone", "/file"]


def test_every_mirror_and_its_failure_is_named(tmp_path: Path, site: Site, remote: Remote) -> None:
    site.statuses["/file"] = 503
    site.redirects["/round"] = "/round"
    paths = ("gone", "file", "round")
    with pytest.raises(InputError, match=r"--data-dir.*SF214") as caught:
        download(
            replace(remote, urls=tuple(f"{site.address}/{path}" for path in paths)),
            tmp_path,
            lambda event: None,
        )
    for failure in ("/gone: HTTP status 404", "/file: HTTP status 503", "/round: TooManyRedirects"):
        assert f"{site.address}{failure}" in str(caught.value)
    # A server that is busy is asked again, one that lacks the file is not.
    assert [path for path, _ in site.asked].count("/file") == ATTEMPTS
    assert [path for path, _ in site.asked].count("/gone") == 1


def test_nobody_answers(tmp_path: Path, remote: Remote) -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        address = f"http://127.0.0.1:{server.server_port}/file"
    with pytest.raises(InputError, match=r"ConnectionError.*SF214"):
        download(replace(remote, urls=(address,)), tmp_path, lambda event: None)


def test_a_server_that_sends_without_end_is_left(tmp_path: Path, site: Site, remote: Remote) -> None:
    with pytest.raises(InputError, match=r"499999.*SF214"):
        download(remote, tmp_path, lambda event: None, max_bytes=len(CONTENT) - 1)
    assert left(tmp_path) == set()
    download(remote, tmp_path, lambda event: None, max_bytes=len(CONTENT))


def test_a_folder_that_cannot_be_made(tmp_path: Path, remote: Remote) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(StorageError, match="SF216"):
        download(remote, tmp_path / "file" / "folder", lambda event: None)


@dataclass
class Published:
    """A data set of whose files the site is the publisher.

    Attributes:
        paths: where the site has them, in the order in which they are asked for.
        find: the way to it, downloads included.
        classes: the names of its classes.
    """

    paths: list[str]
    find: Callable[[Path, Emit], Source]
    classes: tuple[str, ...]


def publish_mnist(site: Site) -> Published:
    """Four gzip files of idx, the first of them several pieces of a download long."""
    splits, paths = [], []
    for name, count in (("train", 500), ("t10k", 10)):
        arrays = {
            f"{name}-images-idx3-ubyte": np.random.default_rng(count).integers(0, 256, (count, 28, 28), np.uint8),
            f"{name}-labels-idx1-ubyte": (np.arange(count) % 10).astype(np.uint8),
        }
        files = []
        for stem, array in arrays.items():
            raw = idx_bytes(array)
            paths.append(f"/mnist/{stem}.gz")
            site.files[paths[-1]] = packed = gzip.compress(raw)
            files.append(IdxFile(stem, array.ndim, gzip_md5=md5(packed), raw_md5=md5(raw)))
        splits.append(IdxSplit(*files))
    train, test = splits
    wanted = replace(MNIST, train=train, test=test, mirrors=(f"{site.address}/mnist/",), never_counts=None)
    return Published(
        paths, lambda cache, emit: find_idx_set(wanted, None, cache, emit, None), MNIST.reference.class_names
    )


def publish_cifar(site: Site) -> Published:
    """An archive of binary records, several pieces of a download long."""
    names, records = b"cat\ndog\n", np.random.default_rng(0).integers(0, 256, (60, 3073), np.uint8)
    records[:, 0] = [0, 1, 1] * 20
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for name, content in (("a.bin", records.tobytes()), ("t.bin", records.tobytes()), ("names.txt", names)):
            info = tarfile.TarInfo(f"bin/{name}")
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    site.files["/cifar.tar.gz"] = packed = buffer.getvalue()
    layout = BinaryFiles(
        Remote("cifar.tar.gz", (f"{site.address}/cifar.tar.gz",), md5(packed)),
        folder="bin",
        train={"a.bin": ""},
        test={"t.bin": ""},
        names="names.txt",
        labels=1,
    )
    known = ReferenceData("cifar", "CIFAR", ("cat", "dog"), (3, 32, 32))
    find = partial(find_cifar, None, reference=known, layout=layout, subfolders=())
    return Published(["/cifar.tar.gz"], find, known.class_names)


@pytest.fixture(params=[publish_mnist, publish_cifar])
def published(request: pytest.FixtureRequest, site: Site) -> Published:
    made: Published = request.param(site)
    return made


def test_a_data_set_from_its_publisher(tmp_path: Path, site: Site, published: Published, events: list[Event]) -> None:
    # The first file has moved to another address of its site.
    first = published.paths[0]
    site.redirects, site.files["/moved"] = {first: "/moved"}, site.files.pop(first)
    source = published.find(tmp_path, events.append)
    assert [path.name for path in source.files] == [path.rpartition("/")[2] for path in published.paths]
    assert {path.parent.parent for path in source.files} == {tmp_path / "downloads"}
    dataset = source.decode(events.append)
    assert (dataset.official, dataset.class_names) == (True, published.classes)
    assert dataset.test.labels.tolist() == ([0, 1, 1] * 20 if len(published.classes) == 2 else list(range(10)))
    assert {event.kind for event in events} == {"started", "progress", "finished"}
    # All is there now: the site may go.
    site.files.clear()
    assert published.find(tmp_path, events.append).decode(events.append).fingerprint == dataset.fingerprint


def test_a_file_of_a_data_set_with_another_md5_is_refused(tmp_path: Path, site: Site, published: Published) -> None:
    last = published.paths[-1]
    right = site.files[last]
    site.files[last] = right[:-1] + bytes([right[-1] ^ 1])
    with pytest.raises(InputError, match="SF214") as caught:
        published.find(tmp_path, lambda event: None)
    for each in (md5(site.files[last]), md5(right)):
        assert each in caught.value.what
    assert not list(tmp_path.rglob(f"{last.rpartition('/')[2]}*[!k]"))  # but for the lock
    site.files[last] = right
    assert published.find(tmp_path, lambda event: None).decode(lambda event: None).official


def test_a_data_set_whose_download_is_cut_goes_on(
    tmp_path: Path, site: Site, published: Published, events: list[Event]
) -> None:
    first = published.paths[0]
    site.cuts = [300_000, 0, 0]
    with pytest.raises(InputError, match=r"ChunkedEncodingError.*SF214"):
        published.find(tmp_path, lambda event: None)
    (part,) = tmp_path.rglob("*.part")
    assert site.files[first].startswith(part.read_bytes())
    had = part.stat().st_size
    assert had > 0
    site.asked.clear()
    site.cuts = [20_000]
    dataset = published.find(tmp_path, events.append).decode(events.append)
    assert dataset.official
    assert (events[1].kind, events[1].name) == ("note", part.stem)
    assert f"{had} bytes" in events[1].text
    # A run that is cut goes on itself, too.
    asked = [wanted for path, wanted in site.asked if path == first]
    assert len(asked) == 2
    assert asked[0] == f"bytes={had}-"
    assert asked[1] is not None


def test_a_data_set_is_not_read_from_where_a_redirect_to_a_file_leads(
    tmp_path: Path, site: Site, published: Published
) -> None:
    first = published.paths[0]
    here = tmp_path / "here"
    here.write_bytes(site.files[first])
    site.redirects = {first: here.as_uri()}
    with pytest.raises(InputError, match=f"{first}: .*SF214"):
        published.find(tmp_path, lambda event: None)
    assert [path for path, _ in site.asked] == [first]
    assert not [path for path in (tmp_path / "downloads").rglob("*") if path.is_file() and path.suffix != ".lock"]
