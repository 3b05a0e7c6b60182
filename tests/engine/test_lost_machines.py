"""Machines of a Ray cluster that go: tasks are tried elsewhere, and a cluster without any is said and waited for."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from samefn.config.identity import task_key
from samefn.engine.run import run_tasks
from samefn.engine.task import Task
from samefn.store.store import Store

ray = pytest.importorskip("ray", reason="Ray is not installed: pip install 'samefn[ray]'")

from ray.cluster_utils import Cluster  # noqa: E402

from samefn.engine.ray import RayEngine  # noqa: E402


@pytest.mark.usefixtures("_jobs_can_be_imported")
def test_a_task_whose_machine_goes_is_made_on_another(tmp_path, monkeypatch):
    monkeypatch.setattr("samefn.engine.ray._POLL_SECONDS", 0.5)
    ray.shutdown()  # another test's
    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 0, "include_dashboard": False})
    node = cluster.add_node(num_cpus=1, include_dashboard=False)
    engine, store, events = RayEngine(None, cluster.address), Store(tmp_path / "s"), []
    spec = {"log": str(tmp_path / "begun")}
    slow = Task(task_key("test", 1, spec), "test", "slow", "jobs:slow", spec)

    with ThreadPoolExecutor(1) as thread:  # machines come and go in the main thread
        made = thread.submit(run_tasks, [slow], [slow.key], store, engine, events.append)
        wait_for((tmp_path / "begun").exists)
        cluster.remove_node(node, allow_graceful=False)
        wait_for(lambda: any("no machine left" in event.text for event in events))
        cluster.add_node(num_cpus=1, include_dashboard=False)
        outcome = made.result(timeout=120)
    ray.shutdown()
    cluster.shutdown()
    assert outcome.failed == {}
    assert slow.key in store
    assert "warning" in [event.kind for event in events if event.name == "slow"]  # it is tried again


def wait_for(condition):
    deadline = time.monotonic() + 120
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.1)
