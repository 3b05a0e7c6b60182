"""Break a study on a Ray cluster at random moments, and see that nothing is lost, nothing done twice, all the same.

    python benchmarks/faults.py --faults 60 --json results/faults/faults.json
    python benchmarks/faults.py --markdown results/faults/faults.json

The first line measures (some ten minutes on two cores; it needs samefn[dev-cluster]), the second shows results that
were measured. What is broken, and what is checked, stands in docs/evidence/faults.md.
"""

import argparse
import json
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from samefn.core.errors import SamefnError
from samefn.store.opening import open_store
from samefn.store.store import Store

STUDY = Path(__file__).parent / "faulty" / "study.toml"
URL = "s3://bucket/store"
# Faults of each kind in the order of their names, and their weights.
WEIGHTS = {"worker": 6, "machine": 3, "driver": 2, "server": 2}


def main() -> None:
    """Measure, or show what was measured."""
    arguments = _arguments()
    if arguments.markdown:
        print(markdown(json.loads(arguments.markdown.read_text(encoding="utf-8"))))
        return
    results = measure(arguments.faults, arguments.seed, arguments.pause)
    if arguments.json:
        arguments.json.parent.mkdir(parents=True, exist_ok=True)
        arguments.json.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    print(markdown(results))


def measure(faults: int, seed: int, pause: float) -> dict[str, Any]:
    """Run the study undisturbed on this machine, then on the cluster with faults, and compare.

    Args:
        faults: how many.
        seed: of their kinds and moments.
        pause: mean seconds between two.
    """
    from faulty.driver import SAMEFN, Driver  # noqa: PLC0415  (an extra: results are shown without it)
    from faulty.machines import Machines  # noqa: PLC0415

    draw, started = random.Random(seed), time.monotonic()  # noqa: S311  (no secret)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        alone = [str(SAMEFN), "study", str(STUDY), "--store", "alone", "--out", "expected", "--workers", "2"]
        subprocess.run(alone, cwd=folder, check=True, capture_output=True)
        machines = Machines(folder)
        options = [str(STUDY), "--store", URL, "--out", "out", "--engine", "ray", "--address", machines.address]
        driver = Driver(folder, options)
        kinds: dict[str, Callable[[random.Random], bool]] = {
            "worker": machines.kill_worker,
            "machine": machines.kill_machine,
            "driver": driver.kill,
            "server": machines.lose_server,
        }
        done: Counter[str] = Counter()
        made: dict[str, float] = {}
        twice: set[str] = set()
        clock, during = time.monotonic(), 0
        driver.keep_going()
        store = open_store(URL, folder / "watcher")
        while driver.keep_going():
            time.sleep(draw.uniform(0.5, 1.5) * pause)
            if done.total() < faults:
                kind = draw.choices(list(WEIGHTS), list(WEIGHTS.values()))[0]
                if kinds[kind](draw):
                    done[kind] += 1
                    _say(f"fault {done.total()} of {faults}: {kind}")
            _watch(store, made, twice)
            if done.total() < faults:
                during = len(made)
        seconds = time.monotonic() - clock
        _watch(store, made, twice)
        keys = set(store.keys())
        fresh = open_store(URL, folder / "verifier")
        results = {
            "faults": dict(done),
            "seconds": round(seconds, 1),
            "all_seconds": round(time.monotonic() - started, 1),
            "starts": driver.starts,
            "ended_alone": driver.ended_alone,
            "tries_again": driver.tries_again(),
            "results": len(keys),
            "during": during,
            "lost": len(set(made) - keys),
            "twice": len(twice),
            "damaged": sum(not _whole(fresh, key) for key in keys),
            "same_report": _report(folder / "expected") == _report(folder / "out"),
            "seed": seed,
            "pause": pause,
            "command": " ".join(["python", "benchmarks/faults.py", *sys.argv[1:]]),
        }
        machines.end()
    return results


def markdown(results: dict[str, Any]) -> str:
    """What docs/evidence/faults.md shows."""
    faults = results["faults"]
    rows = [
        ("faults", sum(faults.values())),
        ("of them a worker process killed", faults.get("worker", 0)),
        ("of them a machine killed, another joins", faults.get("machine", 0)),
        ("of them the driver killed, the same command again", faults.get("driver", 0)),
        ("of them the object store's server killed for 10 s", faults.get("server", 0)),
        ("seconds from the first start to the report", results["seconds"]),
        ("starts of the command", results["starts"]),
        ("of them after an end with another exit code than 0", results["ended_alone"]),
        ("tasks tried again within a start", results["tries_again"]),
        ("results in the store at the end", results["results"]),
        ("of them made before the last fault", results["during"]),
        ("results seen once and lost", results["lost"]),
        ("results made twice", results["twice"]),
        ("results damaged", results["damaged"]),
        ("report equal to that of an undisturbed run on local processes", "yes" if results["same_report"] else "no"),
    ]
    lines = [f"`{results['command']}`", "", "| | |", "|---|---:|", *(f"| {name} | {value} |" for name, value in rows)]
    return "\n".join(lines)


def _watch(store: Store, made: dict[str, float], twice: set[str]) -> None:
    """Note when each result was made; one that was made later than it was seen first was made twice."""
    for key in store.keys():  # noqa: SIM118  (a store is no dict)
        when = float(store.manifest(key)["made"])
        if made.setdefault(key, when) != when:
            twice.add(key)


def _whole(store: Store, key: str) -> bool:
    try:
        store.open(key)
    except SamefnError:
        return False
    return True


def _report(out: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((out / "report.json").read_text(encoding="utf-8"))
    del found["times"]
    return found


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--faults", type=int, default=60, help="how many (60)")
    parser.add_argument("--seed", type=int, default=0, help="of their kinds and moments (0)")
    parser.add_argument("--pause", type=float, default=9.0, help="mean seconds between two (9)")
    parser.add_argument("--json", type=Path, help="write the results here")
    parser.add_argument("--markdown", type=Path, help="measure nothing: show the results in this file")
    return parser.parse_args()


if __name__ == "__main__":
    main()
