"""A real S3-compatible server, started by the tests."""

from importlib.util import find_spec
from pathlib import Path

import pytest

BENCHMARKS = str(Path(__file__).parents[2] / "benchmarks")


@pytest.fixture
def server(tmp_path, monkeypatch):
    """The server, and the environment in which fsspec finds it."""
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
