"""What the engine itself costs: tiny tasks on local processes and on Ray, and a study on one and two workers.

    python benchmarks/engine.py --json results/speed/engine.json
    python benchmarks/engine.py --markdown results/speed/engine.json

The first line measures, the second shows results that were measured. What it says stands in docs/evidence/scale.md.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from typing import Any

from samefn.config.identity import task_key
from samefn.core.events import silent
from samefn.engine.engines import find_engine
from samefn.engine.execute import execute
from samefn.engine.pool import Engine
from samefn.engine.run import run_tasks
from samefn.engine.task import Task
from samefn.runtimes.host import cpu_name, usable_cores
from samefn.sandbox.limits import default_limits
from samefn.store.store import Store

HERE = Path(__file__).parent
STUDY = HERE / "engines" / "study.toml"
FEW = 1000  # tasks of one round; once, all are run


def main() -> None:
    """Measure, or show what was measured."""
    arguments = _arguments()
    if arguments.markdown:
        print(markdown(json.loads(arguments.markdown.read_text(encoding="utf-8"))))
        return
    results = measure(arguments.tasks, arguments.rounds)
    if arguments.json:
        arguments.json.parent.mkdir(parents=True, exist_ok=True)
        arguments.json.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    print(markdown(results))


def measure(tasks: int, rounds: int) -> dict[str, Any]:
    """Every number that `markdown` reads.

    Args:
        tasks: of the long run on each engine.
        rounds: of the study on one and on two workers, in turns.
    """
    os.environ["PYTHONPATH"] = f"{HERE}{os.pathsep}{os.environ.get('PYTHONPATH', '')}"
    engines: dict[str, Engine] = {"local": find_engine("local", 2)}
    if find_spec("ray") is not None:
        engines["ray"] = find_engine("ray", 2)
    found: dict[str, Any] = {"store alone": _alone(FEW)}
    for name, engine in engines.items():
        _say(f"{name}: {tasks} tasks")
        _tasks(engine, 4)  # processes are there, libraries are imported
        found[name] = _tasks(engine, tasks)
    studies: dict[str, list[float]] = {"1": [], "2": []}
    for number in range(rounds):
        for workers, seconds in studies.items():
            _say(f"round {number + 1} of {rounds}: a study on {workers} workers")
            seconds.append(_study(workers))
    return {
        "machine": {"cpu": cpu_name(), "cores": usable_cores(), "load": round(os.getloadavg()[0], 1)},
        "engines": found,
        "studies": studies,
        "command": " ".join(["python", "benchmarks/engine.py", *sys.argv[1:]]),
    }


def markdown(results: dict[str, Any]) -> str:
    """What docs/evidence/scale.md shows."""
    machine, studies = results["machine"], results["studies"]
    lines = [
        f"`{results['command']}`; {machine['cpu']}, {machine['cores']} cores, load {machine['load']} at the end.",
        "",
        "| tiny tasks | how many | ms of the clock a task | ms of the driver's processor a task | tasks a second |",
        "|---|---:|---:|---:|---:|",
    ]
    for name, one in results["engines"].items():
        each, driver = one["seconds"] / one["tasks"], one["driver"] / one["tasks"]
        lines.append(f"| {name} | {one['tasks']:,} | {1e3 * each:.1f} | {1e3 * driver:.1f} | {1 / each:.0f} |")
    if studies["1"]:
        one, two = (median(studies[workers]) for workers in ("1", "2"))
        ratios = [alone / (2 * both) for alone, both in zip(studies["1"], studies["2"], strict=True)]
        lines += [
            "",
            "| a study of six equal trainings | seconds | efficiency |",
            "|---|---:|---:|",
            f"| one worker | {one:.1f} | 1 |",
            f"| two workers | {two:.1f} | {median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f}) |",
        ]
    return "\n".join(lines)


def _alone(count: int) -> dict[str, float]:
    """The same tasks in this process, one after the other: what the store takes."""
    with tempfile.TemporaryDirectory() as folder:
        store, tasks = Store(Path(folder)), _tiny(count)
        sys.path.insert(0, str(HERE))
        start, cpu = time.perf_counter(), _cpu()
        for task in tasks:
            execute(task, store, silent, default_limits())
        return {"tasks": count, "seconds": time.perf_counter() - start, "driver": _cpu() - cpu}


def _tasks(engine: Engine, count: int) -> dict[str, float]:
    """Seconds, and the driver's CPU seconds, of so many tiny tasks that need nothing of one another."""
    with tempfile.TemporaryDirectory() as folder:
        store, tasks = Store(Path(folder)), _tiny(count)
        start, cpu = time.perf_counter(), _cpu()
        outcome = run_tasks(tasks, [task.key for task in tasks], store, engine, silent)
        seconds = time.perf_counter() - start
        if outcome.failed:
            raise SystemExit(next(iter(outcome.failed.values())))
        return {"tasks": count, "seconds": seconds, "driver": _cpu() - cpu}


def _tiny(count: int) -> list[Task]:
    return [
        Task(task_key("tiny", 1, {"number": number}), "tiny", f"tiny {number}", "engines.jobs:tiny")
        for number in range(count)
    ]


def _study(workers: str) -> float:
    """Seconds of a study in a fresh store, its start-up and its report included."""
    with tempfile.TemporaryDirectory() as folder:
        samefn = str(Path(sys.executable).with_name("samefn"))
        command = [samefn, "study", str(STUDY), "--workers", workers, "--store", "store", "--out", "out"]
        start = time.perf_counter()
        subprocess.run(command, cwd=folder, check=True, capture_output=True)
        return time.perf_counter() - start


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--tasks", type=int, default=10_000, help="tiny tasks on each engine (10,000)")
    parser.add_argument("--rounds", type=int, default=3, help="of the study on one and on two workers (3)")
    parser.add_argument("--json", type=Path, help="write the results here")
    parser.add_argument("--markdown", type=Path, help="measure nothing: show the results in this file")
    return parser.parse_args()


if __name__ == "__main__":
    main()
