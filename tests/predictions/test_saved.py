"""Predictions from arrays in files: what is read, and what is refused in one line."""

import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import save_file

from samefn.config.comparison import ModelSource
from samefn.core.errors import InputError
from samefn.predictions.saved.read import SavedPredictions, read_saved

LOGITS = np.random.default_rng(0).normal(size=(5, 3)).astype(np.float32)
PROBS = np.exp(LOGITS) / np.exp(LOGITS).sum(axis=1, keepdims=True)
TRUE = np.array([0, 1, 2, 0, 1])
IDS = np.array(list("abcde"))


def read(path: Path, **settings: Any) -> SavedPredictions:
    return read_saved(ModelSource(path=str(path), **settings))


def refused(path: Path, **settings: Any) -> InputError:
    with pytest.raises(InputError) as caught:
        read(path, **settings)
    assert caught.value.where == str(path)
    assert "\n" not in str(caught.value)
    return caught.value


def test_npy_is_mapped(tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", LOGITS)
    found = read(tmp_path / "x.npy")
    np.testing.assert_array_equal(found.values, LOGITS)
    assert isinstance(found.values.base, np.memmap)
    assert (found.returns, found.ids, found.true) == (None, None, None)


def test_npy_of_columns_first(tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", np.asfortranarray(LOGITS))
    np.testing.assert_array_equal(read(tmp_path / "x.npy").values, LOGITS)


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
@pytest.mark.parametrize(
    ("name", "returns"),
    [("logits", "logits"), ("log_probs", "log-probabilities"), ("probs", "probabilities"), ("predictions", None)],
)
def test_npz_says_what_it_holds(tmp_path: Path, save: Callable[..., None], name: str, returns: str | None) -> None:
    save(tmp_path / "x.npz", **{name: LOGITS, "ids": IDS, "labels": TRUE})
    found = read(tmp_path / "x.npz")
    np.testing.assert_array_equal(found.values, LOGITS)
    assert found.returns == returns
    assert found.ids is not None and found.ids.tolist() == list("abcde")  # noqa: PT018
    assert found.true is not None and found.true.tolist() == TRUE.tolist()  # noqa: PT018


def test_safetensors_are_mapped(tmp_path: Path) -> None:
    save_file({"logits": LOGITS, "labels": TRUE[:, None], "ids": np.arange(5)}, tmp_path / "x.safetensors")
    found = read(tmp_path / "x.safetensors")
    np.testing.assert_array_equal(found.values, LOGITS)
    assert isinstance(found.values.base, np.memmap)
    assert found.ids is not None and found.ids.tolist() == list("01234")  # noqa: PT018
    assert found.true is not None and found.true.tolist() == TRUE.tolist()  # noqa: PT018


def test_answers_by_name_are_numbered_with_the_true_classes(tmp_path: Path) -> None:
    np.savez(tmp_path / "x.npz", answers=np.array(["cat", "dog", "cat"]), labels=np.array(["cat", "eel", "dog"]))
    found = read(tmp_path / "x.npz")
    assert (found.returns, found.class_names) == ("labels", ("cat", "dog", "eel"))
    assert found.values.tolist() == ["cat", "dog", "cat"]
    assert found.true is not None and found.true.tolist() == [0, 2, 1]  # noqa: PT018


def test_one_example_is_enough(tmp_path: Path) -> None:
    np.savez(tmp_path / "x.npz", logits=LOGITS[:1], ids=IDS[:1], labels=TRUE[:1])
    assert read(tmp_path / "x.npz").values.shape == (1, 3)


def test_output_names_the_array(tmp_path: Path) -> None:
    np.savez(tmp_path / "x.npz", probs=PROBS, logits=LOGITS, other=LOGITS + 1)
    several = refused(tmp_path / "x.npz")
    assert several.code == "SF423"
    assert "probs, logits" in several.what
    assert read(tmp_path / "x.npz", output="probs").returns == "probabilities"
    assert read(tmp_path / "x.npz", output="other").returns is None
    unknown = refused(tmp_path / "x.npz", output="prob")
    assert unknown.code == "SF422"
    assert "'prob'" in unknown.what
    assert unknown.fix is not None and unknown.fix.endswith("probs, logits, other")  # noqa: PT018
    np.save(tmp_path / "x.npy", LOGITS)
    assert refused(tmp_path / "x.npy", output="probs").code == "SF422"


def test_an_array_of_any_name_may_be_alone(tmp_path: Path) -> None:
    np.savez(tmp_path / "x.npz", arr_0=LOGITS, y=TRUE)
    np.testing.assert_array_equal(read(tmp_path / "x.npz").values, LOGITS)


# The code, and a part of the message with the figures.
BAD: dict[str, tuple[dict[str, Any], str, str]] = {
    "labels only": ({"labels": TRUE}, "SF420", "labels"),
    "transposed": ({"logits": LOGITS.T, "ids": IDS}, "SF401", "[3, 5] for 5 examples"),
    "transposed by labels": ({"logits": LOGITS.T, "labels": TRUE}, "SF401", "[3, 5] for 5 examples"),
    "ids twice": ({"logits": LOGITS, "ids": np.array(list("abcda"))}, "SF403", "'a' occurs 2 times"),
    "labels of another length": ({"logits": LOGITS, "labels": TRUE[:3]}, "SF430", "3 labels"),
    "ids of another length": ({"logits": LOGITS, "ids": IDS[:4]}, "SF430", "4 ids"),
    "labels that are floats": ({"logits": LOGITS, "labels": TRUE + 0.5}, "SF430", "float64"),
    "a row a label": ({"logits": LOGITS, "labels": np.eye(5, dtype=int)}, "SF430", "[5, 5]"),
    "a label below 0": ({"logits": LOGITS, "labels": TRUE - 1}, "SF409", "label -1"),
    "an answer below 0": ({"answers": TRUE - 1}, "SF409", "-1"),
    "empty": ({"logits": LOGITS[:0]}, "SF420", "[0, 3]"),
    "no classes": ({"logits": LOGITS[:, :0]}, "SF420", "[5, 0]"),
    "one class": ({"logits": LOGITS[:, :1]}, "SF430", "one class"),
    "one number": ({"logits": np.float32(3)}, "SF430", "shape []"),
    "three axes": ({"logits": LOGITS[None]}, "SF430", "[1, 5, 3]"),
    "a float an example": ({"predictions": LOGITS[:, 0]}, "SF430", "float"),
    "names in two axes": ({"predictions": np.array([["a", "b"]])}, "SF430", "<U1"),
    "true or false": ({"predictions": LOGITS > 0}, "SF430", "bool"),
}


@pytest.mark.parametrize(("arrays", "code", "part"), BAD.values(), ids=BAD.keys())
def test_what_is_refused(tmp_path: Path, arrays: dict[str, Any], code: str, part: str) -> None:
    np.savez(tmp_path / "x.npz", **arrays, allow_pickle=True)
    error = refused(tmp_path / "x.npz")
    assert part in error.what
    assert error.code == code


OTHER_TYPES: dict[str, tuple[Any, str]] = {
    "complex": (LOGITS.astype(complex), "complex"),
    "objects": (np.array([{}], dtype=object), "Python objects"),
    "dates": (np.array(["2020-01-01"], dtype="datetime64[D]"), "datetime64"),
    "a record": (np.zeros(2, dtype=[("a", "f4")]), "f4"),
}


@pytest.mark.parametrize(("array", "part"), OTHER_TYPES.values(), ids=OTHER_TYPES.keys())
def test_arrays_of_other_types_are_refused(tmp_path: Path, array: Any, part: str) -> None:
    np.savez(tmp_path / "x.npz", logits=array, allow_pickle=True)
    assert part in refused(tmp_path / "x.npz").what


def header(shape: tuple[int, ...], descr: str = "<f4") -> bytes:
    stream = io.BytesIO()
    np.lib.format.write_array_header_1_0(stream, {"descr": descr, "fortran_order": False, "shape": shape})
    return stream.getvalue()


def zipped(path: Path, content: bytes, method: int = zipfile.ZIP_DEFLATED) -> None:
    with zipfile.ZipFile(path, "w", method) as archive:
        archive.writestr("logits.npy", content)


def test_headers_that_promise_too_much(tmp_path: Path) -> None:
    (tmp_path / "x.npy").write_bytes(header((2**31, 4)) + bytes(8))
    assert "34359738368" in refused(tmp_path / "x.npy").what
    (tmp_path / "x.npy").write_bytes(header((2**62, 2**62)))
    assert "header" in refused(tmp_path / "x.npy").what
    (tmp_path / "x.npy").write_bytes(header((-1, 4)))
    assert "[-1, 4]" in refused(tmp_path / "x.npy").what
    zipped(tmp_path / "x.npz", header((2**31, 4)))
    assert str(2**31) in refused(tmp_path / "x.npz").what
    zipped(tmp_path / "x.npz", header((1000, 4)))
    assert "16000 bytes" in refused(tmp_path / "x.npz").what


def test_a_zip_bomb_is_not_unpacked(tmp_path: Path) -> None:
    zipped(tmp_path / "x.npz", header((2, 2)) + bytes(20_000_000))
    assert "16 bytes" in refused(tmp_path / "x.npz").what


def test_cut_short_anywhere_is_one_line(tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", LOGITS)
    np.savez(tmp_path / "x.npz", logits=LOGITS)
    save_file({"logits": LOGITS}, tmp_path / "x.safetensors")
    for path in sorted(tmp_path.glob("x.*")):
        content = path.read_bytes()
        for size in {0, 3, 9, 40, len(content) // 2, len(content) - 1}:
            short = tmp_path / f"short{path.suffix}"
            short.write_bytes(content[:size])
            assert refused(short)


def test_neither_a_file_nor_a_form(tmp_path: Path) -> None:
    assert "folder" in refused(tmp_path).what
    assert "no such file" in refused(tmp_path / "none.npy").what
    (tmp_path / "x.bin").write_bytes(b"some other content")
    assert refused(tmp_path / "x.bin").code == "SF421"
    (tmp_path / "x.npy").write_bytes(b"")
    assert refused(tmp_path / "x.npy").code == "SF420"
