"""Predictions from Parquet and CSV: which columns are what, and what is refused."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from samefn.config.comparison import ModelSource
from samefn.core import temp_array
from samefn.core.errors import InputError
from samefn.predictions.saved import tables
from samefn.predictions.saved.read import SavedPredictions, read_saved

LOGITS = np.random.default_rng(0).normal(size=(6, 3))
IDS = list("abcdef")
WRITERS = {"parquet": pl.DataFrame.write_parquet, "csv": pl.DataFrame.write_csv}


def read(path: Path, **settings: Any) -> SavedPredictions:
    return read_saved(ModelSource(path=str(path), **settings))


def refused(path: Path, **settings: Any) -> InputError:
    with pytest.raises(InputError) as caught:
        read(path, **settings)
    assert "\n" not in str(caught.value)
    return caught.value


@pytest.fixture(params=WRITERS)
def written(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    path = tmp_path / f"x.{request.param}"

    def write(columns: dict[str, Any]) -> Path:
        WRITERS[request.param](pl.DataFrame(columns), path)
        return path

    return write


def test_a_column_a_class_in_the_order_of_their_numbers(written: Any) -> None:
    columns = {f"logit_{i}": LOGITS[:, i] for i in (2, 0, 1)}
    found = read(written({"id": IDS, **columns, "label": [0, 1, 2, 0, 1, 2]}))
    np.testing.assert_array_equal(found.values, LOGITS)
    assert (found.returns, found.class_names) == ("logits", ())
    assert found.ids is not None and found.ids.tolist() == IDS  # noqa: PT018
    assert found.true is not None and found.true.tolist() == [0, 1, 2, 0, 1, 2]  # noqa: PT018


def test_columns_name_the_classes(written: Any) -> None:
    columns = {f"log_prob_{name}": LOGITS[:, i] for i, name in enumerate(["eel", "cat", "big dog"])}
    found = read(written({**columns, "label": ["cat", "eel", "cat", "eel", "big dog", "cat"]}))
    np.testing.assert_array_equal(found.values, LOGITS)
    assert (found.returns, found.class_names) == ("log-probabilities", ("eel", "cat", "big dog"))
    assert found.true is not None and found.true.tolist() == [1, 0, 1, 0, 2, 1]  # noqa: PT018


def test_answers(written: Any) -> None:
    found = read(written({"id": [3, 1, 2], "answer": ["dog", "cat", "dog"]}))
    assert (found.values.tolist(), found.returns) == (["dog", "cat", "dog"], "labels")
    assert found.class_names == ("cat", "dog")
    assert found.ids is not None and found.ids.tolist() == ["3", "1", "2"]  # noqa: PT018
    assert read(written({"top": [2, 0, 1]})).values.tolist() == [2, 0, 1]


def test_columns_of_floats_without_a_known_name_are_classes(written: Any) -> None:
    found = read(written({"id": IDS, "cat": LOGITS[:, 0], "dog": LOGITS[:, 1]}))
    np.testing.assert_array_equal(found.values, LOGITS[:, :2])
    assert (found.class_names, found.returns) == (("cat", "dog"), None)
    assert len(found.notes) == 1
    assert found.notes[0].endswith("cat, dog")


def test_output_chooses_columns(written: Any) -> None:
    mine = {f"mine_{i}": LOGITS[:, i] for i in range(3)}
    path = written({**mine, "logit_0": LOGITS[:, 0], "logit_1": LOGITS[:, 1], "score": [1, 0, 1, 0, 1, 0]})
    assert refused(path).code == "SF423"
    assert "logit, score" in refused(path).what
    np.testing.assert_array_equal(read(path, output="mine").values, LOGITS)
    np.testing.assert_array_equal(read(path, output="logit").values, LOGITS[:, :2])
    assert read(path, output="score").values.tolist() == [1, 0, 1, 0, 1, 0]
    assert refused(path, output="yours").code == "SF422"


@pytest.mark.parametrize("dtype", [pl.List(pl.Float32), pl.Array(pl.Float32, 3), pl.List(pl.Float64)])
def test_a_column_of_lists(tmp_path: Path, dtype: Any) -> None:
    pl.DataFrame({"id": IDS, "probabilities": pl.Series(LOGITS.tolist(), dtype=dtype)}).write_parquet(tmp_path / "x")
    found = read(tmp_path / "x")
    np.testing.assert_allclose(found.values, LOGITS, rtol=1e-6)
    assert found.returns == "probabilities"
    assert found.values.dtype == (np.float64 if dtype == pl.List(pl.Float64) else np.float32)


def test_tables_are_read_in_chunks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "CHUNK_CELLS", 7)  # two rows
    monkeypatch.setattr(temp_array, "MEMORY_LIMIT", 10)
    pl.DataFrame({f"logit_{i}": LOGITS[:, i] for i in range(3)}).write_parquet(tmp_path / "wide")
    pl.DataFrame({"logits": LOGITS.tolist()}).write_parquet(tmp_path / "lists")
    for name in ("wide", "lists"):
        found = read(tmp_path / name)
        np.testing.assert_array_equal(found.values, LOGITS)
        assert isinstance(found.values.base, np.memmap)


def test_a_missing_score_is_nan_and_a_missing_name_refused(written: Any) -> None:
    found = read(written({"logit_0": [1.0, None], "logit_1": [0.5, 2.5]}))
    assert np.isnan(found.values[1, 0])  # refused by example when predictions are made of it
    missing = refused(written({"id": ["a", None], "answer": [0, 1]}))
    assert missing.code == "SF428"
    assert "row 1" in missing.what
    assert refused(written({"logit_0": [1, None], "logit_1": [2, 3]})).code == "SF428"


BAD: dict[str, tuple[dict[str, Any], str, str]] = {
    "gaps": ({"logit_0": [0.5], "logit_2": [1.5]}, "SF427", "0 to 2"),
    "text": ({"logit_0": [0.5], "logit_1": ["x"]}, "SF428", "logit_1 holds String"),
    "nothing": ({"id": ["a"], "name": ["b"], "place": ["c"]}, "SF420", "id, name, place"),
    "ids twice": ({"id": ["a", "a"], "answer": [0, 1]}, "SF403", "'a' occurs 2 times"),
    "ids that are floats": ({"id": [0.5, 1.5], "answer": [0, 1]}, "SF430", "float64"),
    "a label without class": ({"prob_a": [0.5], "prob_b": [0.5], "label": ["c"]}, "SF409", "'c'"),
    "one class": ({"logit_0": [0.5, 1.5]}, "SF430", "float"),
    "numbers for names": ({"0.25": [1.5], "0.75": [2.5]}, "SF427", "header"),
}


@pytest.mark.parametrize(("columns", "code", "part"), BAD.values(), ids=BAD.keys())
def test_what_is_refused(written: Any, columns: dict[str, Any], code: str, part: str) -> None:
    error = refused(written(columns))
    assert part in error.what
    assert error.code == code


def test_lists_of_different_lengths(tmp_path: Path) -> None:
    pl.DataFrame({"logits": [[1.0, 2.0], [1.0, 2.0, 3.0]]}).write_parquet(tmp_path / "x")
    assert refused(tmp_path / "x").code == "SF428"
    assert "2 to 3 scores" in refused(tmp_path / "x").what
    pl.DataFrame({"logits": [[1.0, 2.0], None]}).write_parquet(tmp_path / "x")
    assert refused(tmp_path / "x").code == "SF428"
    assert "1 are missing" in refused(tmp_path / "x").what


@pytest.mark.parametrize(
    "content",
    [b"PAR1xxxxPAR1", b"PAR1", b"PAR1" + bytes(1000)],
)
def test_damaged_parquet(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x").write_bytes(content)
    assert refused(tmp_path / "x").code == "SF424"


@pytest.mark.parametrize(
    ("content", "code", "part"),
    [
        (b"logit_0,logit_1\n1,2\n3,4,5\n", "SF424", "CSV"),
        (b"logit_0,logit_1\n", "SF429", "0 rows"),
        (b"logit_0,logit_0\n1,2\n", "SF427", "'logit_0'"),
        (b'logit_0,logit_1\n"1,2\n', "SF424", "CSV"),
        (bytes(100), "SF424", "NUL bytes"),
        ("logit_0,logit_1\n1,2\n".encode("utf-16"), "SF424", "UTF-16"),
    ],
)
def test_odd_csv(tmp_path: Path, content: bytes, code: str, part: str) -> None:
    (tmp_path / "x.csv").write_bytes(content)
    error = refused(tmp_path / "x.csv")
    assert part in error.what
    assert error.code == code


def test_too_many_cells(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "MAX_CELLS", 10)
    pl.DataFrame({f"logit_{i}": LOGITS[:, i] for i in range(3)}).write_parquet(tmp_path / "x")
    assert refused(tmp_path / "x").code == "SF429"
    assert "6 rows" in refused(tmp_path / "x").what
    pl.DataFrame({"logits": LOGITS.tolist()}).write_parquet(tmp_path / "x")
    assert refused(tmp_path / "x").code == "SF429"
    assert "3 classes" in refused(tmp_path / "x").what


@pytest.mark.parametrize("inner", [None, pl.List(pl.Decimal(10, 4)), pl.Array(pl.Decimal(10, 4), 3)])
def test_decimals_are_numbers(tmp_path: Path, inner: Any) -> None:
    """As databases export them: scores with digits behind the point, ids and labels without."""
    scores = [[Decimal(part) for part in row] for row in (("0.5", "0.25", "0.25"), ("0.1", "0.2", "0.7"))]
    named: dict[str, Any] = (
        {f"prob_{n}": pl.Series([row[n] for row in scores], dtype=pl.Decimal(10, 4)) for n in range(3)}
        if inner is None
        else {"probs": pl.Series(scores, dtype=inner)}
    )
    whole = {name: pl.Series([Decimal(n), Decimal(2)], dtype=pl.Decimal(38, 0)) for n, name in enumerate(("id", "y"))}
    pl.DataFrame(named | whole).write_parquet(tmp_path / "x.parquet")
    found = read(tmp_path / "x.parquet")
    assert found.values.dtype == np.float64
    assert found.values.tolist() == [[0.5, 0.25, 0.25], [0.1, 0.2, 0.7]]
    assert found.ids is not None
    assert found.true is not None
    assert (found.ids.tolist(), found.true.tolist()) == (["0", "2"], [1, 2])
