import gzip
import io
import stat
import tarfile
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from samefn.core.errors import InputError
from samefn.datasets.formats.archives import ArchiveLimits, is_archive, read_members

FILES = {"train/a/1.png": b"one", "train/b/2.png": b"two" * 500, "readme.txt": b"read me"}


def zipped(files: Mapping[str, bytes] = FILES, change: Callable[[zipfile.ZipInfo], None] = lambda info: None) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            info = zipfile.ZipInfo(name)
            change(info)
            archive.writestr(info, content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def stored() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("a.png", b"read me")
    return buffer.getvalue()


def tarred(files: Mapping[str, bytes] = FILES, change: Callable[[tarfile.TarInfo], None] = lambda info: None) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            change(info)
            archive.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


PACKERS: dict[str, Callable[[Mapping[str, bytes]], bytes]] = {
    "zip": zipped,
    "tar": tarred,
    "tar.gz": lambda files: gzip.compress(tarred(files)),
}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "archive"


def refused(path: Path, content: bytes, limits: ArchiveLimits | None = None) -> InputError:
    path.write_bytes(content)
    with pytest.raises(InputError) as caught:
        read_members(path, lambda name: True, limits or ArchiveLimits())
    assert caught.value.where == str(path)
    assert "\n" not in str(caught.value)
    return caught.value


@pytest.mark.parametrize("pack", PACKERS.values(), ids=PACKERS.keys())
def test_the_wanted_files_are_read_whatever_the_archive_is_called(
    path: Path, pack: Callable[[Mapping[str, bytes]], bytes]
) -> None:
    path.write_bytes(pack(FILES))
    assert is_archive(path)
    assert read_members(path, lambda name: True) == FILES
    assert read_members(path, "train/a/1.png".__eq__) == {"train/a/1.png": b"one"}
    assert not [other for other in path.parent.iterdir() if other != path]


def test_a_leading_dot_is_no_part_of_a_name(path: Path) -> None:
    path.write_bytes(tarred({"./train/a/1.png": b"one"}))
    assert read_members(path, lambda name: True) == {"train/a/1.png": b"one"}


@pytest.mark.parametrize("pack", PACKERS.values(), ids=PACKERS.keys())
@pytest.mark.parametrize(
    "name", ["../out.png", "/etc/passwd", "train/../../out.png", "C:/out.png", "train\\..\\out.png", "a\nb.png"]
)
def test_names_that_lead_out_are_refused(path: Path, pack: Callable[[Mapping[str, bytes]], bytes], name: str) -> None:
    error = refused(path, pack({"good.png": b"", name: b"evil"}))
    assert error.code == "SF250"
    assert repr(name) in error.what


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE])
def test_links_and_devices_in_a_tar_are_refused(path: Path, kind: bytes) -> None:
    def link(info: tarfile.TarInfo) -> None:
        info.type, info.linkname, info.size = kind, "/etc/passwd", 0

    error = refused(path, tarred({"train/a/1.png": b""}, link))
    assert error.code == "SF250"
    assert "'train/a/1.png'" in error.what


def test_links_in_a_zip_are_refused(path: Path) -> None:
    def link(info: zipfile.ZipInfo) -> None:
        info.create_system, info.external_attr = 3, (stat.S_IFLNK | 0o777) << 16

    error = refused(path, zipped({"train/a/1.png": b"/etc/passwd"}, link))
    assert (error.code, "link" in error.what) == ("SF250", True)


def test_an_encrypted_file_is_refused(path: Path) -> None:
    content = bytearray(zipped({"a.png": b"abc"}))
    for magic, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(magic) + flags] |= 1
    error = refused(path, bytes(content))
    assert (error.code, "encrypted" in error.what) == ("SF250", True)


def test_a_name_that_occurs_twice_is_refused(path: Path) -> None:
    twice = zipped({"a.png": b"one", "b.png": b"two"}).replace(b"b.png", b"a.png")
    for content in (twice, tarred({"a.png": b"one", "./a.png": b"two"})):
        error = refused(path, content)
        assert (error.code, "'a.png' twice" in error.what) == ("SF250", True)


@pytest.mark.parametrize("pack", PACKERS.values(), ids=PACKERS.keys())
def test_what_unpacks_to_too_much_is_refused(path: Path, pack: Callable[[Mapping[str, bytes]], bytes]) -> None:
    """A million zeros are a thousand bytes in the archive; the limits count them unpacked."""
    content = pack({"a.png": bytes(1_000_000), "b.png": bytes(1_000_000)})
    for limits, figure in (
        (ArchiveLimits(member=999_999), "999999"),
        (ArchiveLimits(total=1_999_999), "1999999 bytes"),
        (ArchiveLimits(members=1), "1 files"),
    ):
        error = refused(path, content, limits)
        assert error.code == "SF251"
        assert figure in error.what
    path.write_bytes(content)
    assert len(read_members(path, lambda name: True, ArchiveLimits(2, 1_000_000, 2_000_000))) == 2


def test_files_that_are_not_wanted_count_as_well(path: Path) -> None:
    path.write_bytes(gzip.compress(tarred({"junk": bytes(1_000_000), "a.png": b"one"})))
    with pytest.raises(InputError, match="SF251"):
        read_members(path, "a.png".__eq__, ArchiveLimits(total=999_999))


def test_a_tar_header_that_promises_much_is_refused_unread(path: Path) -> None:
    """A pax header, which tarfile reads whole, of 8 GB: size in octal, 11 digits, and its checksum."""
    info = tarfile.TarInfo("a.png")
    info.type, info.size = tarfile.XHDTYPE, 8 << 30
    error = refused(path, info.tobuf(tarfile.GNU_FORMAT) + bytes(2048))
    assert error.code == "SF251"
    assert str(8 << 30) in error.what


def test_a_zip_that_hides_its_size_gives_no_more_than_it_promises(path: Path) -> None:
    content = zipped({"a.png": bytes(100_000)})
    lying = content.replace((100_000).to_bytes(4, "little"), (10).to_bytes(4, "little"))
    assert lying != content
    assert refused(path, lying).code == "SF203"


DAMAGES: dict[str, bytes] = {
    "a cut tar": tarred()[:2000],
    "a tar cut between two files": tarred()[:1024],
    "a tar with a header that is none": tarred()[:1024] + b"x" * 512 + tarred()[1536:],
    "a cut gzip": gzip.compress(tarred())[:-200],
    "a gzip with another sum": gzip.compress(tarred())[:-8] + bytes(8),
    "a cut zip": zipped()[:-100],
    "a zip with another byte": stored().replace(b"read me", b"dead me"),
    "nothing": b"",
    "text": b"text" * 1000,
}


@pytest.mark.parametrize("content", DAMAGES.values(), ids=DAMAGES.keys())
def test_what_is_damaged_is_refused_in_one_line(path: Path, content: bytes) -> None:
    assert refused(path, content).code == "SF203"


def test_a_missing_archive_is_named(path: Path) -> None:
    with pytest.raises(InputError, match="SF201") as caught:
        read_members(path, lambda name: True)
    assert caught.value.where == str(path)
