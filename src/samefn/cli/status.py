"""`samefn status`."""

import time
from typing import Annotated

from cyclopts import Parameter

from samefn.cli.options import store_location
from samefn.core.paths import cache_folder
from samefn.engine.status import KindCost, RunStatus, cost_by_kind, run_statuses
from samefn.reports.wording.escaping import printable
from samefn.store.opening import existing_store
from samefn.store.store import Store

# Seconds between two reads of the store, as often as runs and tasks write to it.
_REFRESH_SECONDS = 5.0
# The most ended runs that are listed.
_MAX_ENDED = 5


def status(
    store: str | None = None,
    /,
    *,
    watch: Annotated[
        bool, Parameter(show_default=False, help="Repeat every five seconds until no run is running.")
    ] = False,
) -> None:
    """Show the progress and the cost of the runs of a store.

    Args:
        store: Folder or URL of the store. Default: as for --store of the other commands.
    """
    opened = existing_store(store_location(store), cache_folder())
    while True:
        runs = run_statuses(opened)
        print("\n".join(printable(line) for line in _lines(runs)), flush=True)
        if not watch or not any(run.state == "running" for run in runs):
            break
        time.sleep(_REFRESH_SECONDS)
        print()
    for line in _costs(opened):
        print(printable(line))


def _lines(runs: list[RunStatus]) -> list[str]:
    if not runs:
        return ["this store has no runs"]
    lines: list[str] = []
    for run in [run for run in runs if run.state != "ended"]:
        lines += [_headline(run), *_details(run)]
    ended = [run for run in runs if run.state == "ended"]
    lines += [_headline(run) for run in ended[:_MAX_ENDED]]
    if len(ended) > _MAX_ENDED:
        lines.append(f"and {len(ended) - _MAX_ENDED} more that ended")
    return lines


def _headline(run: RunStatus) -> str:
    counts = f"{run.done} done, {len(run.running)} running, {run.waiting} waiting, {len(run.failed)} failed"
    when = time.strftime("%Y-%m-%d %H:%M", time.localtime(run.started))
    state = {
        "running": f"about {_duration(run.left)} left" if run.left is not None else "running",
        "stopped": "stopped; run the same command to continue",
        "ended": "ended",
    }[run.state]
    return f"{run.title} ({run.engine}, {when}): {counts}; {state}"


def _details(run: RunStatus) -> list[str]:
    lines = []
    for task in run.running:
        count = f"{task.done}/{task.total} " if task.total else ""
        progress = f"{task.name}: {count}{task.text}".rstrip()
        lines.append(f"  running  {progress}  [{task.host}, {_duration(max(0.0, time.time() - task.started))}]")
    return lines + [f"  failed   {name}: {error}" for name, error in run.failed]


def _costs(store: Store) -> list[str]:
    """A table of the cost by kind of task."""
    costs = cost_by_kind(store)
    if not costs:
        return []
    rows = [("kind", "results", "elapsed s", "CPU s", "GPU s", "peak memory"), *(_row(cost) for cost in costs)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return ["", *(_cells(row, widths) for row in rows)]


def _row(cost: KindCost) -> tuple[str, ...]:
    cpu = "?" if cost.cpu_seconds is None else f"{cost.cpu_seconds:,.1f}"
    memory = "?" if cost.memory is None else f"{cost.memory / 2**20:,.0f} MiB"
    return cost.kind, f"{cost.results:,}", f"{cost.seconds:,.1f}", cpu, f"{cost.gpu_seconds:,.1f}", memory


def _cells(row: tuple[str, ...], widths: list[int]) -> str:
    numbers = (cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))
    return "  ".join([row[0].ljust(widths[0]), *numbers])


def _duration(seconds: float) -> str:
    """Seconds in hours, minutes and seconds.

    >>> _duration(42), _duration(3700), _duration(200_000)
    ('42 s', '1 h 1 min', '55 h 33 min')
    """
    minutes = int(seconds // 60)
    if minutes >= 60:
        return f"{minutes // 60} h {minutes % 60} min"
    return f"{minutes} min {int(seconds % 60)} s" if minutes else f"{int(seconds)} s"
