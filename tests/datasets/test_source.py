import hashlib
from pathlib import Path
from typing import Any

import pytest

from samefn.core.errors import InputError
from samefn.core.events import Emit
from samefn.core.plain_files import file_sha256
from samefn.datasets import source as module
from samefn.datasets.dataset import Dataset
from samefn.datasets.source import Source, file_md5


def never(emit: Emit) -> Dataset:
    raise AssertionError("a key needs no decoding")


def source(*files: Path, name: str = "pets", **settings: Any) -> Source:
    return Source(name, files, never, settings)


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, ...]:
    paths = (tmp_path / "here" / "a", tmp_path / "here" / "more" / "b")
    for path in paths:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(path.name.encode() * 100)
    return paths


def test_the_key_does_not_hold_where_the_files_lie(tmp_path: Path, files: tuple[Path, ...]) -> None:
    key = source(*files).key()
    assert key is not None
    assert len(key) == 64
    (tmp_path / "here").rename(tmp_path / "there")
    moved = [tmp_path / "there" / path.relative_to(tmp_path / "here") for path in files]
    assert source(*moved[::-1]).key() == key


def test_the_key_changes_with_everything_that_decides(files: tuple[Path, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    keys = [
        source(*files).key(),
        source(*files, name="other").key(),
        source(*files, label="kind").key(),
        source(*files[:1]).key(),
    ]
    with monkeypatch.context() as patch:
        patch.setattr(module, "DECODER", module.DECODER + 1)
        keys.append(source(*files).key())
    with monkeypatch.context() as patch:
        patch.setattr(module.PIL, "__version__", "0")
        keys.append(source(*files).key())
    renamed = files[0].rename(files[0].with_name("c"))
    keys.append(source(renamed, files[1]).key())
    renamed.write_bytes(b"A" + renamed.read_bytes()[1:])
    keys.append(source(renamed, files[1]).key())
    assert len(set(keys)) == len(keys)


def test_without_files_there_is_no_key() -> None:
    assert source().key() is None


def test_sums_are_the_usual_ones(files: tuple[Path, ...]) -> None:
    assert file_sha256(files[0]) == hashlib.sha256(b"a" * 100).hexdigest()
    assert file_md5(files[0]) == hashlib.md5(b"a" * 100, usedforsecurity=False).hexdigest()


def test_a_file_that_is_gone_is_named(files: tuple[Path, ...]) -> None:
    files[0].unlink()
    with pytest.raises(InputError) as caught:
        source(*files).key()
    assert caught.value.where == str(files[0])
