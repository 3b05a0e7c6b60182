"""What confined processes share, and what they may read."""

import json
import os
import subprocess
import sys

import pytest

from samefn.comparison.confinement import confined_models
from samefn.config.comparison import ModelSource
from samefn.runtimes.adapters import ADAPTERS
from samefn.runtimes.model_files import model_files

THREADS = """
import json, os, sys
from importlib import import_module
import samefn
found = {}
for name in sys.argv[1:]:
    try:
        import_module(name)
    except ImportError:
        continue
    found[name] = len(os.listdir("/proc/self/task"))
print(json.dumps(found))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere nothing is imported before the fork")
def test_what_is_imported_for_all_starts_no_thread():
    models = [(ModelSource(path="m"), adapter) for adapter in ADAPTERS.values() if adapter.kind != "predictions"]
    modules = confined_models(models, "scipy.special", "samefn.measures.compiled.single_pass").preload
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
    command = [sys.executable, "-c", THREADS, *modules]
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=environment)
    found = json.loads(done.stdout)
    assert set(found.values()) == {1}, found
    assert "samefn.runtimes.onnx.model" in found


def test_a_model_may_read_its_own_files_and_those_that_its_options_name(tmp_path):
    for name in ("model.pt", "weights", "named", "other"):
        (tmp_path / name).write_text("x")
    options = {"vocabulary": str(tmp_path / "named"), "width": "3"}
    source = ModelSource(path="module:factory", weights=str(tmp_path / "weights"), options=options)
    assert model_files(source, ADAPTERS["torch"]) == (str(tmp_path / "weights"), str(tmp_path / "named"))
    assert model_files(ModelSource(path=str(tmp_path / "model.pt")), ADAPTERS["exported"]) == (
        str(tmp_path / "model.pt"),
    )


def test_links_out_of_a_folder_are_followed_into_the_cache_alone(tmp_path):
    folder, blobs = tmp_path / "snapshots" / "abc", tmp_path / "blobs"
    folder.mkdir(parents=True)
    blobs.mkdir()
    (blobs / "hash").write_text("weights")
    (tmp_path / "secret").write_text("key")
    (folder / "model.safetensors").symlink_to(blobs / "hash")
    (folder / "tokenizer.json").symlink_to(tmp_path / "secret")
    found = model_files(ModelSource(path=str(folder)), ADAPTERS["transformers"])
    assert found == (str(folder), str(blobs / "hash"))
