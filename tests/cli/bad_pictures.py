"""Pictures that must be refused: in Parquet files, folders and archives, spoilt."""

import gzip
import io
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path

import polars as pl
from bad_case import Bad, of_file, zipped
from bad_data import data
from PIL import Image


def columns(name: str, what: str, **named: object) -> Bad:
    """Examples in a Parquet file."""
    return data(name, "bad.parquet", lambda path: pl.DataFrame(named).write_parquet(path), what)


def pictures(name: str, what: str, *options: str, **files: bytes) -> Bad:
    """Examples in a folder; `cat__1` is cat/1.png."""

    def make(folder: Path) -> None:
        for place, content in files.items():
            path = folder / f"{place.replace('__', '/')}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)

    return data(name, "bad", make, what, options=options)


def members(name: str, what: str, content: Mapping[str, bytes]) -> Bad:
    """Examples in a zip archive."""
    return data(name, "bad.zip", zipped(content), what)


def png(width: int = 4, height: int = 4, mode: str = "L", colour: object = 0, form: str = "PNG") -> bytes:
    stream = io.BytesIO()
    Image.new(mode, (width, height), colour).save(stream, form)  # type: ignore[arg-type]
    return stream.getvalue()


def claiming(width: int, height: int) -> bytes:
    """A PNG whose header claims a size; its pixels are a few bytes."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(100))) + chunk(b"IEND", b"")
    )


def moving() -> bytes:
    stream = io.BytesIO()
    frames = [Image.new("L", (4, 4), level) for level in (0, 255)]
    frames[0].save(stream, "PNG", save_all=True, append_images=frames[1:])
    return stream.getvalue()


def tarred(*entries: tuple[tarfile.TarInfo, bytes]) -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        for info, content in entries:
            info.size = info.size or len(content)
            archive.addfile(info, io.BytesIO(content))
    return stream.getvalue()


def entry(name: str, kind: bytes = tarfile.REGTYPE, target: str = "") -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info


def zip_link(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        info = zipfile.ZipInfo("cat/1.png")
        info.external_attr = 0o120777 << 16
        archive.writestr(info, "/etc/passwd")


def zip_claim(path: Path) -> None:
    """A zip whose directory claims that a picture unpacks to 4 GB."""
    content = bytearray(zipped({"cat/1.png": png()}))
    at = content.rindex(b"PK\x01\x02")
    content[at + 24 : at + 28] = struct.pack("<I", 0xFFFFFFF0)
    path.write_bytes(content)


def tar_claim() -> bytes:
    """A tar whose header claims a picture of 2^32 bytes."""
    info = entry("cat/1.png")
    info.size = 2**32
    return info.tobuf() + bytes(1024)


def linked(folder: Path) -> None:
    (folder / "cat").mkdir(parents=True)
    (folder / "cat" / "1.png").symlink_to("/etc/passwd")


CASES = (
    # Tables.
    data(
        "Parquet cut short",
        "bad.parquet",
        of_file(lambda path: pl.DataFrame({"image": [png()] * 9}).write_parquet(path)),
        "as Parquet",
    ),
    columns("Parquet without pictures", "SF254", label=[0, 1]),
    columns("Parquet with a picture missing", "SF243", image=[png(), None], label=[0, 1]),
    columns("Parquet with a label missing", "SF243", image=[png(), png()], label=[0, None]),
    columns("Parquet with a label that is a float", "SF208", image=[png()], label=[0.5]),
    columns("Parquet with nested labels", "SF208", image=[png()], label=[{"a": 1}]),
    columns("Parquet with paths for pictures", "SF254", image=["/etc/passwd"], label=[0]),
    columns(
        "Parquet with a picture that is a path",
        "SF243",
        image=[{"bytes": None, "path": "/etc/passwd"}] * 2 + [{"bytes": png(), "path": ""}],
    ),
    columns("Parquet with text for pictures", "row 1", image=[png(), b"not a picture"], label=[0, 1]),
    columns("Parquet with a picture of 10^10 pixels", "row 0", image=[claiming(100_000, 100_000)], label=[0]),
    columns("Parquet without rows", "0 rows", image=pl.Series([], dtype=pl.Binary)),
    # Pictures.
    pictures("a picture of 10^10 pixels", "cat/1.png", cat__1=claiming(100_000, 100_000)),
    pictures("a picture cut short", "SF240", cat__1=png()[:40]),
    pictures("text for a picture", "SF240", cat__1=b"hello"),
    pictures("a GIF", "SF240", cat__1=png(form="GIF")),
    pictures("a picture that moves", "SF242", cat__1=moving()),
    pictures("a transparent picture", "transparent", cat__1=png(mode="RGBA", colour=(1, 2, 3, 0))),
    pictures("a picture of 16 bits", "SF242", cat__1=png(mode="I;16")),
    pictures("pictures of different sizes", "4x4", cat__1=png(), cat__2=png(5, 5)),
    pictures("pictures that lie too deep", "SF252", cat__big__1=png()),
    pictures("a picture in no class among others", "SF252", cat__1=png(), stray=png()),
    pictures("a split that no folder has", "SF209", train__cat__1=png()),
    pictures("a label column for pictures", "SF207", "--set", "data.label=y", cat__1=png()),
    data("a link for a picture", "bad", linked, "SF250"),
    # Archives.
    members("a zip that leaves its folder", "SF250", {"../../1.png": png()}),
    members("a zip with an absolute path", "SF250", {"/cat/1.png": png()}),
    members("a zip with a path of Windows", "SF250", {"C:1.png": png()}),
    members("a zip with a newline in a name", "SF250", {"cat/1\n.png": png()}),
    members("a zip of a zip", "SF240", {"cat/1.png": zipped({"x": b"x"})}),
    members(
        "a zip with a bomb for a picture", "1.png: ... 16777216 ... SF241", {"cat/1.png": claiming(100_000, 100_000)}
    ),
    data("a zip with a link", "bad.zip", zip_link, "SF250"),
    data("a zip that claims a picture of 4 GB", "bad.zip", zip_claim, "67108864 ... SF251"),
    data("a zip cut short", "bad.zip", zipped({"cat/1.png": png(), "cat/2.png": png()})[:-30], "damaged"),
    data("a tar that leaves its folder", "bad.tar", tarred((entry("../1.png"), png())), "SF250"),
    data(
        "a tar with a link",
        "bad.tar",
        tarred((entry("cat/1.png", tarfile.SYMTYPE, "/etc/passwd"), b"")),
        "SF250",
    ),
    data(
        "a tar with a hard link",
        "bad.tar",
        tarred((entry("cat/1.png", tarfile.LNKTYPE, "/etc/passwd"), b"")),
        "SF250",
    ),
    data(
        "a tar with a device",
        "bad.tar",
        tarred((entry("cat/1.png", tarfile.CHRTYPE), b"")),
        "SF250",
    ),
    data(
        "a tar with a pipe",
        "bad.tar",
        tarred((entry("cat/1.png", tarfile.FIFOTYPE), b"")),
        "SF250",
    ),
    data("a tar that claims a picture of 4 GB", "bad.tar", tar_claim(), "4294967296"),
    data(
        "a tar cut short", "bad.tar", tarred((entry("cat/1.png"), png()), (entry("cat/2.png"), png()))[:1100], "bad.tar"
    ),
    data("a gzip file cut short", "bad.tar.gz", gzip.compress(tarred((entry("cat/1.png"), png())))[:60], "bad.tar.gz"),
)
