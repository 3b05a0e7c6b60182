"""The engines that one suite of tests holds to the same: this process, local ones, Ray, and Ray on two machines."""

import os
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from samefn.engine.in_process import InProcessEngine
from samefn.engine.local import LocalEngine

RAY = find_spec("ray") is not None
HERE = str(Path(__file__).parent)


@pytest.fixture(scope="session")
def _jobs_can_be_imported():
    """The tests' jobs, by every process that is started from now on."""
    before = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = HERE if before is None else f"{HERE}{os.pathsep}{before}"
    sys.path.insert(0, HERE)  # spawned processes take it from here
    yield
    sys.path.remove(HERE)
    os.environ.pop("PYTHONPATH")
    if before is not None:
        os.environ["PYTHONPATH"] = before


@pytest.fixture(scope="session", params=["in-process", "local", *(["ray", "ray on two machines"] if RAY else [])])
def engine(request, _jobs_can_be_imported):
    """One engine after the other, with two workers."""
    if request.param in ("in-process", "local"):
        yield InProcessEngine() if request.param == "in-process" else LocalEngine(2)
        return
    import ray  # noqa: PLC0415  (an extra)
    from ray.cluster_utils import Cluster  # noqa: PLC0415

    from samefn.engine.ray import RayEngine  # noqa: PLC0415

    cluster = Cluster() if "machines" in request.param else None
    if cluster is not None:
        for _ in range(2):
            cluster.add_node(num_cpus=1, include_dashboard=False)
    yield RayEngine(2) if cluster is None else RayEngine(None, cluster.address)
    ray.shutdown()
    if cluster is not None:
        cluster.shutdown()
