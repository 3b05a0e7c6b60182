"""What every test relies on."""

import importlib.metadata
import json
import os
import tarfile
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace

import onnxruntime
import PIL
import pytest
import torch
from hypothesis import settings

from samefn.core.loading import load
from samefn.core.process import Meter
from samefn.engine import execute
from samefn.engine.task import Job
from samefn.runtimes import host

BENCHMARKS = str(Path(__file__).parents[1] / "benchmarks")
STORE_V1 = Path(__file__).parent / "data" / "store-v1"

# Machines differ in speed, and a test that a slow one fails is a defect.
settings.register_profile("samefn", deadline=None)
settings.load_profile("samefn")


@pytest.fixture(autouse=True, scope="session")
def _one_thread() -> None:
    """One thread, as samefn's own workers have: several processes of several threads would only wait."""
    torch.set_num_threads(1)


@pytest.fixture
def unconfined(monkeypatch):
    """Tasks with models run in the process of the test, which may patch what they call."""

    def run_here(task, confined, inputs, out, workspace, limits):
        meter = Meter()
        load(task.run)(Job(task.name, {**task.spec, **task.unkept}, inputs, out, workspace, workspace.emit))
        return meter.used()

    monkeypatch.setattr(execute, "run_confined", run_here)


@pytest.fixture
def store_v1(monkeypatch, unconfined):
    """The folder with a store of version 0.1, on what looks like the machine that made it: what of it enters keys."""
    recorded = json.loads((STORE_V1 / "environment.json").read_text())
    packages, installed = recorded["packages"], importlib.metadata.distribution
    for package, name in ((torch, "torch"), (onnxruntime, "onnxruntime"), (PIL, "pillow")):
        monkeypatch.setattr(package, "__version__", packages[name])
    # Patched where Python looks them up, so that it does not matter who asks.
    monkeypatch.setattr(
        importlib.metadata,
        "distribution",
        lambda name: SimpleNamespace(version=packages[name]) if name in packages else installed(name),
    )
    monkeypatch.setattr(host, "CPUINFO", STORE_V1 / "cpuinfo")
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(recorded["cores"])), raising=False)
    monkeypatch.syspath_prepend(STORE_V1)
    return STORE_V1


@pytest.fixture
def old_store(store_v1, tmp_path):
    """A copy of that store."""
    with tarfile.open(store_v1 / "store.tar.xz") as archive:
        archive.extractall(tmp_path, filter="data")
    return tmp_path / "store"


@pytest.fixture
def server(tmp_path, monkeypatch):
    """A real S3-compatible server, started by the test, and the environment in which fsspec finds it."""
    monkeypatch.syspath_prepend(BENCHMARKS)
    from faulty.s3_server import Server, rclone  # noqa: PLC0415

    if find_spec("s3fs") is None or not rclone().exists():
        pytest.skip("s3fs and rclone are not installed: pip install 'samefn[dev-cluster]'")
    found = Server(tmp_path / "served")
    for name, value in found.environment.items():
        monkeypatch.setenv(name, value)
    import fsspec  # noqa: PLC0415
    import s3fs  # noqa: PLC0415

    fsspec.config.set_conf_env(fsspec.config.conf)  # read at import, before these were set
    s3fs.S3FileSystem.clear_instance_cache()
    found.start()
    yield found
    found.stop()
    fsspec.config.conf.pop("s3", None)
