"""The machines of the fault run: two Ray machines of a core each and an S3 server, and what can happen to them."""

import os
import random
import signal
import time
from pathlib import Path
from typing import Any

from ray.cluster_utils import Cluster

from faulty.s3_server import Server

# Seconds that the object store's server is away.
AWAY = 10.0
# How often it is tried to start a machine.
JOINS = 3


class Machines:
    """A cluster whose head does no work, so that work can be lost with a machine and the cluster goes on."""

    def __init__(self, folder: Path) -> None:
        self.server = Server(folder / "served")
        self.server.start()
        os.environ.update(self.server.environment)  # for every process that is started from here on
        self._cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 0, "include_dashboard": False})
        self._nodes: list[Any] = []
        self._join()
        self._join()

    @property
    def address(self) -> str:
        """Where drivers join the cluster."""
        return str(self._cluster.address)

    def kill_worker(self, draw: random.Random) -> bool:
        """SIGKILL to a process that runs a task; False where none does."""
        found = _workers()
        if not found:
            return False
        os.kill(draw.choice(found), signal.SIGKILL)
        return True

    def kill_machine(self, draw: random.Random) -> bool:
        """A machine goes with everything on it, and another joins."""
        node = self._nodes.pop(draw.randrange(len(self._nodes)))
        self._cluster.remove_node(node, allow_graceful=False)
        self._join()
        return True

    def lose_server(self, draw: random.Random) -> bool:
        """The object store's server is killed and comes back after a while."""
        del draw
        self.server.stop()
        time.sleep(AWAY)
        self.server.start()
        return True

    def end(self) -> None:
        """Stop everything."""
        self._cluster.shutdown()
        self.server.stop()

    def _join(self) -> None:
        """Another machine; on a busy one it may take longer to start than Ray waits."""
        for tried in range(1, JOINS + 1):
            try:
                self._nodes.append(self._cluster.add_node(num_cpus=1, include_dashboard=False))
            except Exception:
                if tried == JOINS:
                    raise
            else:
                return


def _workers() -> list[int]:
    """Processes that Ray has named after the task they run, of this benchmark's own machines."""
    parents: dict[int, int] = {}
    working = []
    for path in Path("/proc").glob("[0-9]*"):
        try:
            words = (path / "cmdline").read_bytes()
            parents[int(path.name)] = int((path / "stat").read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
        if words.startswith(b"ray::") and not words.startswith(b"ray::IDLE"):
            working.append(int(path.name))
    return [one for one in working if os.getpid() in _ancestors(one, parents)]


def _ancestors(process: int, parents: dict[int, int]) -> set[int]:
    found: set[int] = set()
    while process in parents and process not in found:
        found.add(process)
        process = parents[process]
    return found
