"""Rows that version 0.1 stored are read with the names of today, and keys keep the names of then."""

import polars as pl
import pytest

from samefn.measures.stored_rows import measures_in_keys, scan_rows
from samefn.measures.table import MEASURES
from samefn.statistics.shards import summary
from samefn.store.store import Store


@pytest.fixture
def shards(old_store):
    return sorted(old_store.rglob("*.parquet"))


def test_columns_of_old_rows_have_the_names_of_today(shards):
    assert shards
    for shard in shards:
        old, new = pl.read_parquet(shard), scan_rows(shard).collect()
        assert [name for name, measure in MEASURES.items() if measure.per_example and name not in new.columns] == []
        assert new["negative_flips"].equals(old["flips_harm"])
        assert new["positive_flips"].equals(old["flips_recovery"])
        assert new.width == old.width


def test_old_rows_give_the_figures_of_todays_rows(shards, tmp_path):
    written = tmp_path / "new.parquet"
    pl.concat([scan_rows(shard).collect() for shard in shards]).write_parquet(written)
    assert "negative_flips" in pl.read_parquet_schema(written)
    assert summary(shards) == summary([written])


def test_keys_name_measures_as_the_stored_ones_do(old_store):
    artefacts = [Store(old_store).open(key) for key in sorted(Store(old_store).keys())]
    specs = [one.manifest["spec"] for one in artefacts if one.kind == "shard"]
    assert [spec["measures"] for spec in specs] == 2 * [measures_in_keys()]
