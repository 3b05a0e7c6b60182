import io
import re
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from PIL import Image

from samefn.core.errors import InputError
from samefn.core.events import silent
from samefn.datasets.formats.parquet import columns
from samefn.datasets.formats.parquet import read as reading
from samefn.datasets.formats.parquet.columns import LABEL_COLUMNS
from samefn.datasets.formats.parquet.find import find_parquet
from samefn.datasets.formats.parquet.read import read_parquet_splits
from samefn.datasets.formats.splits import Splits

PIXELS = np.random.default_rng(0).integers(0, 256, (9, 4, 6, 3), dtype=np.uint8)


def encoded(pixels: np.ndarray, form: str = "PNG", **options: Any) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, form, **options)
    return buffer.getvalue()


def frame(
    rows: slice, image: str = "img", label: str = "label", labels: list[Any] | None = None, nested: bool = True
) -> pl.DataFrame:
    contents = [encoded(pixels, "WEBP", lossless=True) for pixels in PIXELS[rows]]
    labels = labels or [place % 3 for place in range(9)[rows]]
    images = [{"bytes": content, "path": "elsewhere.png"} for content in contents] if nested else contents
    return pl.DataFrame({image: images, label: labels})


def read(folder: Path, labels: tuple[str, ...] = LABEL_COLUMNS) -> Splits:
    files = find_parquet(folder)
    assert files is not None
    return read_parquet_splits(files, labels, "test", silent)


def write(folder: Path, **files: pl.DataFrame) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, each in files.items():
        each.write_parquet(folder / f"{name}.parquet")
    return folder


def expect(splits: Splits) -> None:
    """The first six images to train, the others to test, in this order, with their place modulo 3 as labels."""
    np.testing.assert_array_equal(splits.train.pixels, PIXELS[:6].transpose(0, 3, 1, 2))
    np.testing.assert_array_equal(splits.test.pixels, PIXELS[6:].transpose(0, 3, 1, 2))
    assert splits.train.labels.tolist() == [0, 1, 2, 0, 1, 2]
    assert splits.test.labels.tolist() == [0, 1, 2]


def test_one_file_a_split(tmp_path: Path) -> None:
    splits = read(write(tmp_path, train=frame(slice(6)), test=frame(slice(6, 9))))
    expect(splits)
    assert splits.class_names is None
    assert splits.notes == ()


@pytest.mark.parametrize("batch", [1, 2, 4, 100])
def test_shards_are_read_in_the_order_of_their_numbers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, batch: int
) -> None:
    monkeypatch.setattr(reading, "ROWS_AT_A_TIME", batch)
    shards = {"train-00001-of-00002": slice(4, 6), "train-00000-of-00002": slice(4), "test-00000-of-00001": slice(6, 9)}
    splits = read(write(tmp_path, **{name: frame(rows) for name, rows in shards.items()}))
    expect(splits)
    assert splits.notes == ()


def test_a_folder_a_split(tmp_path: Path) -> None:
    write(tmp_path / "train", **{"0000": frame(slice(2)), "0001": frame(slice(2, 6))})
    write(tmp_path / "test", **{"0000": frame(slice(6, 9))})
    expect(read(tmp_path))


@pytest.mark.parametrize("image", ["img", "image", "picture"])
@pytest.mark.parametrize("label", ["label", "fine_label"])
@pytest.mark.parametrize("nested", [True, False])
def test_columns_by_their_usual_names(tmp_path: Path, image: str, label: str, nested: bool) -> None:
    frames = (frame(rows, image, label, nested=nested) for rows in (slice(6), slice(6, 9)))
    train, test = (each.with_columns(coarse_label=pl.lit(7)) for each in frames)
    expect(read(write(tmp_path, train=train, test=test)))


def test_a_label_column_as_named(tmp_path: Path) -> None:
    train, test = (frame(rows).with_columns(other=2 - pl.col("label")) for rows in (slice(6), slice(6, 9)))
    write(tmp_path, train=train, test=test)
    assert read(tmp_path, ("other",)).test.labels.tolist() == [2, 1, 0]
    with pytest.raises(InputError, match="SF208") as caught:
        read(tmp_path, ("othr",))
    assert "othr" in caught.value.what
    assert str(caught.value.fix).endswith("mean other?")


def test_names_as_labels_are_numbered_in_order_of_their_letters(tmp_path: Path) -> None:
    train = frame(slice(6), labels=["dog", "cat", "owl", "dog", "cat", "owl"])
    splits = read(write(tmp_path, train=train, test=frame(slice(6, 9), labels=["owl", "cat", "ant"])))
    assert splits.class_names == ("ant", "cat", "dog", "owl")
    assert splits.train.labels.tolist() == [2, 1, 3, 2, 1, 3]
    assert splits.test.labels.tolist() == [3, 1, 0]


def test_names_that_the_hub_writes_are_taken(tmp_path: Path) -> None:
    text = '{"info": {"features": {"label": {"names": ["cat", "dog", "owl"], "_type": "ClassLabel"}}}}'
    for name, rows in (("train", slice(6)), ("test", slice(6, 9))):
        frame(rows).write_parquet(tmp_path / f"{name}.parquet", metadata={"huggingface": text})
    splits = read(tmp_path)
    expect(splits)
    assert splits.class_names == ("cat", "dog", "owl")


@pytest.mark.parametrize("text", ["", "{", "[]", '{"info": 3}', '{"info": {"features": {"label": {"names": [1]}}}}'])
def test_names_that_make_no_sense_are_none(tmp_path: Path, text: str) -> None:
    for name, rows in (("train", slice(6)), ("test", slice(6, 9))):
        frame(rows).write_parquet(tmp_path / f"{name}.parquet", metadata={"huggingface": text})
    assert read(tmp_path).class_names is None


def test_a_missing_shard_is_told(tmp_path: Path) -> None:
    write(tmp_path, **{"train-00000-of-00003": frame(slice(2)), "train-00002-of-00003": frame(slice(2, 6))})
    splits = read(write(tmp_path, **{"test-00000-of-00001": frame(slice(6, 9))}))
    expect(splits)
    (note,) = splits.notes
    assert re.findall(r"\d+", note) == ["2", "3"]
    assert "train" in note


def test_a_validation_split_serves_where_there_is_no_other(tmp_path: Path) -> None:
    splits = read(write(tmp_path, train=frame(slice(6)), validation=frame(slice(6, 9))))
    expect(splits)
    (note,) = splits.notes
    assert "validation split" in note
    write(tmp_path, test=frame(slice(6, 8)))
    assert len(read(tmp_path).test.labels) == 2


def test_loss_in_storage_is_told(tmp_path: Path) -> None:
    lossy = [{"bytes": encoded(pixels, "JPEG"), "path": None} for pixels in PIXELS[6:]]
    test = pl.DataFrame({"img": lossy, "label": [0, 1, 2]})
    splits = read(write(tmp_path, train=frame(slice(6)), test=test))
    (note,) = splits.notes
    assert note.startswith("3 images stored with loss")


def test_one_split_is_not_enough(tmp_path: Path) -> None:
    assert find_parquet(tmp_path) is None
    write(tmp_path, data=frame(slice(6)))
    for _ in range(2):
        with pytest.raises(InputError, match="SF209"):
            find_parquet(tmp_path)
        write(tmp_path, train=frame(slice(6)))


def test_names_with_stars_are_only_names(tmp_path: Path) -> None:
    """Polars would take a folder called [ab]* for a pattern of folders."""
    write(tmp_path / "a", train=frame(slice(3)), test=frame(slice(3)))
    expect(read(write(tmp_path / "[ab]*", train=frame(slice(6)), test=frame(slice(6, 9)))))


no_image = pl.DataFrame({"img": ["a.png"], "label": [0]})
outside = pl.DataFrame({"img": [{"bytes": None, "path": "/etc/passwd"}], "label": [0]}).cast(
    {"img": pl.Struct({"bytes": pl.Binary, "path": pl.String})}
)
# The training images, the code, and what the message names.
BAD: dict[str, tuple[pl.DataFrame, str, str]] = {
    "no image column": (no_image, "SF254", "among img, label"),
    "no label column": (frame(slice(3), label="target"), "SF208", "target"),
    "a path in place of an image": (outside, "SF243", "rows from 0"),
    "a label missing": (frame(slice(2), labels=[0, None]), "SF243", "rows from 0"),
    "a real label": (frame(slice(2), labels=[0.0, 1.0]), "SF208", "'label' are Float64"),
    "a negative label": (frame(slice(2), labels=[0, -1]), "SF227", "-1 at index 1"),
    "a label beyond all": (frame(slice(2), labels=[0, 2**40]), "SF227", f"{2**40} at index 1"),
    "no rows": (frame(slice(2)).clear(), "SF251", "0 rows"),
    "no image": (
        pl.DataFrame({"img": [{"bytes": b"text", "path": None}], "label": [0]}),
        "SF240",
        "train.parquet, row 0",
    ),
}


@pytest.mark.parametrize(("train", "code", "fact"), BAD.values(), ids=BAD.keys())
def test_what_cannot_be_used_is_refused_in_one_line(tmp_path: Path, train: pl.DataFrame, code: str, fact: str) -> None:
    test = train if "img" in train.columns and train["img"].dtype == pl.String else frame(slice(6, 9))
    if "target" in train.columns:
        test = train
    with pytest.raises(InputError, match=code) as caught:
        read(write(tmp_path, train=train, test=test))
    assert fact in str(caught.value)
    assert str(tmp_path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_one_coloured_image_among_grey_ones_is_named_by_its_row(tmp_path: Path) -> None:
    grey = [{"bytes": encoded(image[:, :, 0].copy()), "path": ""} for image in PIXELS[:3]]
    train = pl.DataFrame({"img": [*grey[:2], {"bytes": encoded(PIXELS[3]), "path": ""}], "label": [0, 1, 0]})
    write(tmp_path, train=train, test=pl.DataFrame({"img": grey, "label": [0, 1, 0]}))
    with pytest.raises(InputError, match="SF232") as caught:
        read(tmp_path)
    path = tmp_path / "train.parquet"
    assert caught.value.where == f"{path}, row 2"
    assert f"{path}, row 0" in caught.value.what


def test_files_that_do_not_fit_are_refused(tmp_path: Path) -> None:
    write(tmp_path, train=frame(slice(6)), test=frame(slice(6, 9), label="fine_label"))
    with pytest.raises(InputError, match="SF255") as caught:
        read(tmp_path)
    assert caught.value.where == str(tmp_path / "test.parquet")
    assert "train.parquet" in caught.value.what


def test_damaged_files_are_refused(tmp_path: Path) -> None:
    write(tmp_path, train=frame(slice(6)), test=frame(slice(6, 9)))
    path = tmp_path / "train.parquet"
    whole = path.read_bytes()
    for damaged in (whole[:-100], whole[:50], b"", b"PAR1" + bytes(100), whole[:4] + bytes(400) + whole[404:]):
        path.write_bytes(damaged)
        with pytest.raises(InputError, match="SF203") as caught:
            read(tmp_path)
        assert str(tmp_path) in str(caught.value.where)


def test_too_much_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, train=frame(slice(6)), test=frame(slice(6, 9)))
    for module, limit, code in (
        (columns, "MAX_ROWS", "SF251"),
        (reading, "MAX_IMAGE_BYTES", "SF241"),
        (reading, "MAX_SPLIT_BYTES", "SF241"),
    ):
        with monkeypatch.context() as patch:
            patch.setattr(module, limit, 5)
            with pytest.raises(InputError, match=code) as caught:
                read(tmp_path)
        assert "5" in caught.value.what


def test_labels_that_are_decimals_are_numbers(tmp_path: Path) -> None:
    train, test = (frame(rows).cast({"label": pl.Decimal(38, 0)}) for rows in (slice(6), slice(6, 9)))
    assert read(write(tmp_path, train=train, test=test)).test.labels.tolist() == [0, 1, 2]
