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


def refused(path: Path, content: bytes, limits: ArchiveLimits | None = None) -> str:
    path.write_bytes(content)
    with pytest.raises(InputError) as caught:
        read_members(path, lambda name: True, limits or ArchiveLimits())
    assert caught.value.where is not None
    assert caught.value.where.startswith(str(path))
    assert "\n" not in str(caught.value)
    return str(caught.value)


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
    assert "leads out of the archive" in refused(path, pack({"good.png": b"", name: b"evil"}))


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE])
def test_links_and_devices_in_a_tar_are_refused(path: Path, kind: bytes) -> None:
    def link(info: tarfile.TarInfo) -> None:
        info.type, info.linkname, info.size = kind, "/etc/passwd", 0

    assert "links are not followed" in refused(path, tarred({"train/a/1.png": b""}, link))


def test_links_in_a_zip_are_refused(path: Path) -> None:
    def link(info: zipfile.ZipInfo) -> None:
        info.create_system, info.external_attr = 3, (stat.S_IFLNK | 0o777) << 16

    assert "is a link; links are not followed" in refused(path, zipped({"train/a/1.png": b"/etc/passwd"}, link))


def test_an_encrypted_file_is_refused(path: Path) -> None:
    content = bytearray(zipped({"a.png": b"abc"}))
    for magic, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(magic) + flags] |= 1
    assert "is encrypted" in refused(path, bytes(content))


def test_a_name_that_occurs_twice_is_refused(path: Path) -> None:
    twice = zipped({"a.png": b"one", "b.png": b"two"}).replace(b"b.png", b"a.png")
    assert "holds 'a.png' twice" in refused(path, twice)
    assert "holds 'a.png' twice" in refused(path, tarred({"a.png": b"one", "./a.png": b"two"}))


@pytest.mark.parametrize("pack", PACKERS.values(), ids=PACKERS.keys())
def test_what_unpacks_to_too_much_is_refused(path: Path, pack: Callable[[Mapping[str, bytes]], bytes]) -> None:
    """A million zeros are a thousand bytes in the archive; the limits count them unpacked."""
    content = pack({"a.png": bytes(1_000_000), "b.png": bytes(1_000_000)})
    assert "more than the 999999 that one file may have" in refused(path, content, ArchiveLimits(member=999_999))
    assert "holds more than 1999999 bytes" in refused(path, content, ArchiveLimits(total=1_999_999))
    assert "holds more than 1 files" in refused(path, content, ArchiveLimits(members=1))
    path.write_bytes(content)
    assert len(read_members(path, lambda name: True, ArchiveLimits(2, 1_000_000, 2_000_000))) == 2


def test_files_that_are_not_wanted_count_as_well(path: Path) -> None:
    path.write_bytes(gzip.compress(tarred({"junk": bytes(1_000_000), "a.png": b"one"})))
    with pytest.raises(InputError, match="holds more than"):
        read_members(path, "a.png".__eq__, ArchiveLimits(total=999_999))


def test_a_tar_header_that_promises_much_is_refused_unread(path: Path) -> None:
    """A pax header, which tarfile reads whole, of 8 GB: size in octal, 11 digits, and its checksum."""
    info = tarfile.TarInfo("a.png")
    info.type, info.size = tarfile.XHDTYPE, 8 << 30
    assert "a header promises" in refused(path, info.tobuf(tarfile.GNU_FORMAT) + bytes(2048))


def test_a_zip_that_hides_its_size_gives_no_more_than_it_promises(path: Path) -> None:
    content = zipped({"a.png": bytes(100_000)})
    lying = content.replace((100_000).to_bytes(4, "little"), (10).to_bytes(4, "little"))
    assert lying != content
    assert "damaged" in refused(path, lying)


DAMAGES: dict[str, tuple[bytes, str]] = {
    "a cut tar": (tarred()[:2000], "damaged"),
    "a tar cut between two files": (tarred()[:1024], "cut short"),
    "a tar with a header that is none": (
        tarred()[:1024] + b"x" * 512 + tarred()[1536:],
        "no end where its last file ends",
    ),
    "a cut gzip": (gzip.compress(tarred())[:-200], "damaged"),
    "a gzip with another sum": (gzip.compress(tarred())[:-8] + bytes(8), "damaged"),
    "a cut zip": (zipped()[:-100], "damaged"),
    "a zip with another byte": (stored().replace(b"read me", b"dead me"), "Bad CRC-32"),
    "nothing": (b"", "not a zip or tar archive"),
    "text": (b"text" * 1000, "not a zip or tar archive"),
}


@pytest.mark.parametrize(("content", "message"), DAMAGES.values(), ids=DAMAGES.keys())
def test_what_is_damaged_is_refused_in_one_line(path: Path, content: bytes, message: str) -> None:
    assert message in refused(path, content)


def test_a_missing_archive_is_named(path: Path) -> None:
    with pytest.raises(InputError, match="No such file"):
        read_members(path, lambda name: True)
