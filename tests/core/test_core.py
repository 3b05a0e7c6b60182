"""Errors, hashing, loading and naming."""

import gc
import json
import os
import shutil
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samefn.core.atomic_files import write_atomically
from samefn.core.canonical import canonical_json, digest
from samefn.core.errors import InputError, SamefnError
from samefn.core.loading import load
from samefn.core.naming import lookup

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
)


@given(VALUES)
def test_canonical_json_keeps_the_value(value):
    assert json.loads(canonical_json(value)) == json.loads(json.dumps(value))


@given(st.dictionaries(st.text(), st.integers(), min_size=2))
def test_the_order_of_keys_does_not_count(table):
    assert digest(table) == digest(dict(reversed(table.items())))


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_what_json_cannot_say_is_refused(value):
    with pytest.raises(ValueError, match="JSON"):
        digest({"x": value})


def test_a_digest_is_the_sha256_of_the_canonical_text():
    # printf '{"a":1}' | sha256sum
    assert digest({"a": 1}) == "015abd7f5cc57a2dd94b7590f04ad8084273905ee33ec5cebeae62276a97f862"


def test_an_error_is_one_line():
    assert str(SamefnError("SF101", "is\nwrong", where="x", fix="do\ty")) == "x: is wrong; do y [SF101]"


@pytest.mark.parametrize(
    ("name", "code", "where"),
    [("math", "SF020", None), ("nosuchmodule:x", "SF021", "nosuchmodule:x"), ("math:nosuch", "SF021", "math:nosuch")],
)
def test_loading_what_does_not_exist(name, code, where):
    with pytest.raises(InputError, match=code) as error:
        load(name)
    assert error.value.where == where


@pytest.mark.parametrize("collecting", [True, False])
def test_the_collector_is_after_loading_as_it_was_before(collecting):
    set_it = {True: gc.enable, False: gc.disable}
    before = gc.isenabled()
    set_it[collecting]()
    try:
        load("json:dumps")
        with pytest.raises(InputError):
            load("samefn.nothing:there")
        assert gc.isenabled() is collecting
    finally:
        set_it[before]()


def test_near_names_are_offered():
    with pytest.raises(InputError, match="SF023") as error:
        lookup({"mnist": 1, "digits": 2}, "mnits", "data set")
    assert "mnist" in error.value.fix
    assert "digits" not in error.value.fix


def test_the_onnx_runtime_records_nothing_of_the_user(tmp_path):
    code = "import samefn.runtimes.onnx.session"
    environment = {**os.environ, "XDG_CACHE_HOME": str(tmp_path / "cache"), "HOME": str(tmp_path)}
    environment.pop("ORT_DISABLE_TELEMETRY", None)
    subprocess.run([sys.executable, "-c", code], env=environment, check=True)
    assert not list(tmp_path.rglob("*onnxruntime*"))


@pytest.mark.parametrize("module", ["samefn", "samefn.cli.main"])
def test_nothing_heavy_is_imported_at_the_door(module):
    heavy = "{'torch', 'numpy', 'polars', 'pydantic', 'altair', 'vl_convert', 'onnx', 'sklearn', 'scipy'}"
    code = f"import sys, {module}; print(sorted({heavy} & set(sys.modules)))"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


def test_an_error_that_quotes_another_ends_in_that_ones_code():
    inner = InputError("SF301", "no runtime reads it", where="m.bin")
    outer = InputError("SF508", f"no candidate can be run: {inner}")
    assert str(outer) == "no candidate can be run: m.bin: no runtime reads it [SF301]"
    assert outer.code == "SF508"


def test_a_folder_that_another_process_removes_meanwhile_is_made_again(tmp_path):
    removals = []

    def write(file):
        file.write(b"whole")
        if not removals:
            shutil.rmtree(tmp_path / "partial")
            removals.append(True)

    write_atomically(tmp_path / "partial" / "state", write)
    assert (tmp_path / "partial" / "state").read_bytes() == b"whole"
