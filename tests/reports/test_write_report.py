"""The folder of a report: what is in it, that it comes back, that equal reports give equal bytes."""

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from PIL import Image

from samefn.core.atomic_files import write_atomically
from samefn.core.errors import InputError, StorageError
from samefn.core.events import Event, silent
from samefn.reports.read import read_report, read_rows
from samefn.reports.write import report_json, write_report
from samefn.schema.environment import Times
from samefn.schema.report import Report

MakeReport = Callable[..., Report]


@pytest.fixture(scope="module")
def folder(report: Report, rows: pl.DataFrame, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out: Path = tmp_path_factory.mktemp("run")
    write_report(one_map(report), rows, out, silent, figures=True)
    return out


def one_map(report: Report) -> Report:
    return report.model_copy(update={"landscape": report.landscape[:1]})


def no_figures(report: Report) -> Report:
    models = tuple(model.model_copy(update={"history": ()}) for model in report.models)
    return report.model_copy(update={"landscape": (), "measures": report.measures[:1], "models": models})


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_folder_holds_every_part_and_nothing_else(folder: Path) -> None:
    held = ("models", "verdicts", "noise-floor", "transfer", "claims", "claims-figures", "paper", "measures")
    tables = {f"tables/{name}.{form}" for name in held for form in ("csv", "md", "tex")}
    names = (
        "candidates",
        "landscape-tsne",
        "landscape-panels",
        "distances",
        "transfer",
        "accuracy-disagreement",
        "error-curves",
        "loss-curves",
    )
    figures = {f"figures/{name}{width}.{form}" for name in names for width in ("", "-85mm") for form in ("svg", "png")}
    assert set(files(folder)) == {"report.html", "report.json", "rows.parquet"} | tables | figures


def test_report_json_comes_back_equal_from_folder_and_file(folder: Path, report: Report) -> None:
    assert read_report(folder) == one_map(report)
    assert read_report(folder / "report.json") == one_map(report)


def test_infinite_figures_survive_the_round_trip(report: Report, tmp_path: Path) -> None:
    endless = report.measures[0].model_copy(update={"value": float("inf"), "high": float("inf")})
    report = report.model_copy(update={"measures": (endless, *report.measures[1:])})
    write_atomically(tmp_path / "report.json", report_json(report))
    assert read_report(tmp_path) == report
    assert read_report(tmp_path).measures[0].value == float("inf")


def test_two_runs_differ_in_nothing_but_times(
    folder: Path, make_report: MakeReport, rows: pl.DataFrame, tmp_path: Path
) -> None:
    write_report(one_map(make_report(times=Times(seconds=1.0))), rows, tmp_path, silent, figures=True)
    first, second = files(folder), files(tmp_path)
    assert set(first) == set(second)
    assert [name for name in first if first[name] != second[name]] == ["report.json"]
    one, two = json.loads(first["report.json"]), json.loads(second["report.json"])
    assert one.pop("times") != two.pop("times")
    assert one == two


def test_rows_come_back(folder: Path, rows: pl.DataFrame) -> None:
    assert pl.read_parquet(folder / "rows.parquet").equals(rows)


@pytest.mark.parametrize("pieces", [1, 3])
def test_rows_that_are_written_as_they_are_read_give_the_same_bytes(
    report: Report, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pieces: int
) -> None:
    monkeypatch.setattr("samefn.reports.write.ROW_GROUP", 100)
    rows = pl.DataFrame({"id": list(map(str, range(1000))), "total_variation": np.random.default_rng(0).random(1000)})
    size = 1000 // pieces + 1
    paths = [tmp_path / f"{start}.parquet" for start in range(0, 1000, size)]
    for number, path in enumerate(paths):
        rows.slice(number * size, size).write_parquet(path)
    write_report(no_figures(report), rows, tmp_path / "whole", silent)
    write_report(no_figures(report), pl.scan_parquet(paths), tmp_path / "lazy", silent)
    whole, lazy = ((tmp_path / name / "rows.parquet").read_bytes() for name in ("whole", "lazy"))
    assert whole == lazy


def test_rows_written_again_from_their_own_file_stay_as_they_are(report: Report, tmp_path: Path) -> None:
    rows = pl.DataFrame({"id": list(map(str, range(1000))), "total_variation": np.random.default_rng(0).random(1000)})
    write_report(no_figures(report), rows, tmp_path, silent)
    before = (tmp_path / "rows.parquet").read_bytes()
    write_report(no_figures(report), read_rows(tmp_path), tmp_path, silent)
    assert (tmp_path / "rows.parquet").read_bytes() == before
    middle = len(before) // 3
    for damaged in (b"no Parquet", before[:middle] + bytes(64) + before[middle + 64 :]):
        (tmp_path / "rows.parquet").write_bytes(damaged)
        with pytest.raises(InputError, match="SF663"):
            write_report(no_figures(report), read_rows(tmp_path), tmp_path, silent)
        assert (tmp_path / "rows.parquet").read_bytes() == damaged


def test_figures_are_as_wide_as_one_or_two_columns_and_their_text_is_text(folder: Path) -> None:
    for path in (folder / "figures").glob("*.png"):
        picture = Image.open(io.BytesIO(path.read_bytes()))
        millimetres = picture.width / 300 * 25.4
        wide = 85 if path.stem.endswith("85mm") else 122 if path.stem == "landscape-tsne" else 175
        assert millimetres == pytest.approx(wide, abs=1)
        assert picture.info["dpi"] == pytest.approx((300, 300), abs=0.1)
    for path in (folder / "figures").glob("*.svg"):
        text = path.read_text("utf-8")
        assert "<text" in text
        assert "<image" not in text


def test_still_figures_are_written_only_when_asked_for(report: Report, tmp_path: Path) -> None:
    write_report(report, None, tmp_path, silent)
    assert not (tmp_path / "figures").exists()


def test_what_an_earlier_report_left_is_removed(report: Report, tmp_path: Path) -> None:
    old = (
        "figures/landscape-pca.svg",
        "figures/distance.png",
        "tables/old.csv",
        "rows.parquet",
        "report.json",
    )
    for name in (*old, "mine.txt"):
        write_atomically(tmp_path / name, b"old")
    write_report(no_figures(report), None, tmp_path, silent)
    left = files(tmp_path)
    assert "figures/landscape-pca.svg" not in left
    assert "tables/old.csv" not in left
    assert "rows.parquet" not in left
    assert left["report.json"] != b"old"
    assert left["mine.txt"] == b"old"


def test_each_file_has_an_event(report: Report, rows: pl.DataFrame, tmp_path: Path) -> None:
    events: list[Event] = []
    write_report(no_figures(report), rows, tmp_path, events.append)
    names = [event.text for event in events if event.kind == "progress"]
    assert sorted(names) == sorted(files(tmp_path))
    assert names[-1] == "report.json"
    assert events[-1].kind == "finished"


def test_an_unwritable_place_is_one_line_and_leaves_no_report_behind(report: Report, tmp_path: Path) -> None:
    (tmp_path / "tables").write_text("a file where a folder must be", "utf-8")
    with pytest.raises(StorageError) as caught:
        write_report(report, None, tmp_path, silent)
    assert str(caught.value).count("\n") == 0
    assert "tables" in str(caught.value)
    assert not (tmp_path / "report.json").exists()


def test_a_write_that_fails_keeps_the_old_file_and_leaves_no_draft(tmp_path: Path) -> None:
    write_atomically(tmp_path / "a.txt", b"old")

    def full(file: Any) -> None:
        file.write(b"ne")
        raise OSError(28, "No space left on device")

    with pytest.raises(StorageError, match="SF005"):
        write_atomically(tmp_path / "a.txt", full)
    assert files(tmp_path) == {"a.txt": b"old"}


@pytest.mark.parametrize(
    ("content", "code", "figure"),
    [
        (None, "SF660", ""),
        (b"{", "SF661", "JSON"),
        (b"\xff\xfe", "SF661", "JSON"),
        (b"[" * 200_000, "SF661", "JSON"),
        (b"[]", "SF662", ""),
        (b'{"samefn": "0.1.0"}', "SF662", ""),
        (b'{"schema": 5}', "SF662", "version 5;"),
        (b'{"schema": true}', "SF662", "version True;"),
        (b'{"schema": [1]}', "SF662", "version [1];"),
        (b'{"schema": 4}', "SF661", ": samefn:"),
        (b'{"schema": 3}', "SF661", ": samefn:"),
        (b'{"schema": 2}', "SF661", ": samefn:"),
        (b'{"schema": 1}', "SF661", ": samefn:"),
    ],
)
def test_what_is_no_report_is_refused_in_one_line(
    content: bytes | None, code: str, figure: str, tmp_path: Path
) -> None:
    if content is not None:
        (tmp_path / "report.json").write_bytes(content)
    with pytest.raises(InputError) as caught:
        read_report(tmp_path)
    assert caught.value.code == code
    assert figure in str(caught.value)
    assert "report.json" in str(caught.value)
    assert "\n" not in str(caught.value)
