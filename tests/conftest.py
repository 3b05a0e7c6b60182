"""What every test relies on."""

from importlib.util import find_spec
from pathlib import Path

import pytest
import torch
from hypothesis import settings

BENCHMARKS = str(Path(__file__).parents[1] / "benchmarks")

# Machines differ in speed, and a test that a slow one fails is a defect.
settings.register_profile("samefn", deadline=None)
settings.load_profile("samefn")


@pytest.fixture(autouse=True, scope="session")
def _one_thread() -> None:
    """One thread, as samefn's own workers have: several processes of several threads would only wait."""
    torch.set_num_threads(1)


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
