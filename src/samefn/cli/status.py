"""`samefn status`."""

import time
from typing import Annotated

from cyclopts import Parameter

from samefn.cli.options import store_location
from samefn.core.paths import cache_folder
from samefn.engine.status import RunStatus, Spent, run_statuses, spent_by_kind
from samefn.reports.wording.escaping import printable
from samefn.store.opening import existing_store
from samefn.store.store import Store

# Seconds between two looks; as often as drivers and workers say how far they are.
LOOK = 5.0
# Runs that ended are named, this many of them.
ENDED = 5


def status(
    store: str | None = None,
    /,
    *,
    watch: Annotated[
        bool, Parameter(negative="", help="Look again every few seconds until no run is at work.")
    ] = False,
) -> None:
    """Say how far the runs of a store are, and what its results have cost; works on any machine that sees the store.

    Args:
        store: The store, a folder or a URL; else $SAMEFN_STORE, else the one in your cache folder.
    """
    opened = existing_store(store_location(store), cache_folder())
    while True:
        runs = run_statuses(opened)
        print("\n".join(printable(line) for line in _lines(runs)), flush=True)
        if not watch or not any(run.state == "running" for run in runs):
            break
        time.sleep(LOOK)
        print()
    for line in _costs(opened):
        print(printable(line))


def _lines(runs: list[RunStatus]) -> list[str]:
    if not runs:
        return ["no run has been started with this store"]
    lines: list[str] = []
    for run in [run for run in runs if run.state != "ended"]:
        lines += [_headline(run), *_details(run)]
    ended = [run for run in runs if run.state == "ended"]
    lines += [_headline(run) for run in ended[:ENDED]]
    if len(ended) > ENDED:
        lines.append(f"and {len(ended) - ENDED} more that ended")
    return lines


def _headline(run: RunStatus) -> str:
    counts = f"{run.done} done, {len(run.running)} running, {run.waiting} waiting, {len(run.failed)} failed"
    when = time.strftime("%Y-%m-%d %H:%M", time.localtime(run.started))
    state = {
        "running": f"about {_duration(run.left)} left" if run.left is not None else "at work",
        "stopped": "stopped; the same command goes on",
        "ended": "ended",
    }[run.state]
    return f"{run.title} ({run.engine}, {when}): {counts}; {state}"


def _details(run: RunStatus) -> list[str]:
    lines = []
    for mark in run.running:
        how_far = f"{mark.done}/{mark.total} " if mark.total else ""
        what = f"{mark.name}: {how_far}{mark.text}".rstrip()
        lines.append(f"  running  {what}  [{mark.host}, {_since(mark.started)}]")
    return lines + [f"  failed   {name}: {error}" for name, error in run.failed]


def _costs(store: Store) -> list[str]:
    """A table of what was spent by kind of task."""
    spent = spent_by_kind(store)
    if not spent:
        return []
    rows = [("kind", "made", "clock s", "CPU s", "GPU s", "memory, at most"), *(_row(one) for one in spent)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return ["", *(_cells(row, widths) for row in rows)]


def _row(one: Spent) -> tuple[str, ...]:
    cpu = "?" if one.cpu_seconds is None else f"{one.cpu_seconds:,.1f}"
    memory = "?" if one.memory is None else f"{one.memory / 2**20:,.0f} MiB"
    return one.kind, f"{one.made:,}", f"{one.seconds:,.1f}", cpu, f"{one.gpu_seconds:,.1f}", memory


def _cells(row: tuple[str, ...], widths: list[int]) -> str:
    numbers = (cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))
    return "  ".join([row[0].ljust(widths[0]), *numbers])


def _since(started: float) -> str:
    return _duration(max(0.0, time.time() - started))


def _duration(seconds: float) -> str:
    """Seconds as people say them.

    >>> _duration(42), _duration(3700), _duration(200_000)
    ('42 s', '1 h 1 min', '55 h 33 min')
    """
    minutes = int(seconds // 60)
    if minutes >= 60:
        return f"{minutes // 60} h {minutes % 60} min"
    return f"{minutes} min {int(seconds % 60)} s" if minutes else f"{int(seconds)} s"
