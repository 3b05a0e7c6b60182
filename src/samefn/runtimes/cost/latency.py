"""How long models take: warm, in turns, so that a machine that slows down slows all of them."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np

from samefn.core.errors import InputError
from samefn.runtimes.model import Array, Model
from samefn.schema.costs import CostEntry, Latency

# Runs that are not counted: the first ones allocate, compile and fill the caches.
WARM = 3
MOST = 300

Feeds: TypeAlias = Callable[[int], Mapping[str, Array]]
Clock: TypeAlias = Callable[[], float]


@dataclass(eq=False)
class _Watch:
    """One model at one batch size, while it is being timed."""

    model: Model
    feeds: Mapping[str, Array]
    batch: int
    left: float
    first: list[float] = field(default_factory=list)
    counted: list[float] = field(default_factory=list)
    error: str = ""

    def due(self) -> bool:
        """Whether there is time for one more run, as long as the longest so far."""
        longest = max(self.counted or self.first, default=0.0)
        return not self.error and self.left > 0 and longest <= self.left and len(self.counted) < MOST

    def run(self, clock: Clock) -> None:
        started = clock()
        try:
            self.model.run(self.feeds)
        except InputError as error:
            self.error = error.what
            return
        took = clock() - started
        self.left -= took
        (self.first if len(self.first) < WARM else self.counted).append(took)

    def latency(self) -> Latency | None:
        times = self.counted or self.first[-1:]
        if self.error or not times:
            return None
        low, median, high = (float(value) for value in np.percentile(times, (25, 50, 75)))
        return Latency(batch=self.batch, median=median, low=low, high=high, runs=len(times))

    def note(self) -> str:
        if self.error:
            return f"no latency at batch {self.batch}: {self.error}"
        if not self.counted:
            return f"latency at batch {self.batch} is of one run that was not warm: no time for more"
        return ""


def measure_cost(
    models: Mapping[str, Model],
    feeds: Mapping[str, Feeds],
    batch: int,
    seconds: float,
    clock: Clock = time.perf_counter,
) -> dict[str, CostEntry]:
    """The latencies of models, one example at a time and in batches.

    The models take turns, one run each a round, and who begins changes from round to round. The first runs of each
    are not counted. What is measured is `Model.run`: without making the inputs.

    Args:
        models: by name.
        feeds: by the same names, a function from a number of examples to the model's inputs.
        batch: examples a batch; a model that takes another size only is timed at that.
        seconds: time for each model, both sizes and the first runs included. A run is begun only where one as long as
            the longest before still fits, so that only a first run can take longer.
        clock: seconds since some moment.

    Returns:
        By name, in the order given.

    Raises:
        InputError: a batch below 1, no time, or a model without feeds.
    """
    if batch < 1 or not seconds > 0:
        raise InputError("SF3005", f"cannot measure batches of {batch} in {seconds:g} seconds", where="cost")
    missing = [name for name in models if name not in feeds]
    if missing:
        raise InputError("SF3006", "there is nothing to feed it", where=missing[0])
    fixed = {name: next((p.batch for p in model.inputs if p.batch is not None), None) for name, model in models.items()}
    single = {name: model for name, model in models.items() if fixed[name] in (None, 1) and batch != 1}
    ones = _timed(single, feeds, dict.fromkeys(single, 1), seconds / 2, clock)
    sizes = {name: fixed[name] or batch for name in models}
    wholes = _timed(models, feeds, sizes, {name: seconds / 2 if name in ones else seconds for name in models}, clock)
    return {name: _cost(ones.get(name), wholes[name], fixed[name], batch) for name in models}


def _timed(
    models: Mapping[str, Model],
    feeds: Mapping[str, Feeds],
    sizes: Mapping[str, int],
    seconds: Mapping[str, float] | float,
    clock: Clock,
) -> dict[str, _Watch]:
    """Time models in turns until none has time left."""
    watches = {
        name: _Watch(
            model, feeds[name](sizes[name]), sizes[name], seconds if isinstance(seconds, float) else seconds[name]
        )
        for name, model in models.items()
    }
    turns, begins = list(watches.values()), 0
    while due := [watch for watch in turns[begins:] + turns[:begins] if watch.due()]:
        for watch in due:
            watch.run(clock)
        begins = (begins + 1) % len(turns)
    return watches


def _cost(one: _Watch | None, whole: _Watch, fixed: int | None, batch: int) -> CostEntry:
    notes = [watch.note() for watch in (one, whole) if watch is not None]
    if fixed is not None and fixed != 1:
        notes.append(f"no latency of one example: the model takes batches of {fixed} only")
    if fixed is not None and fixed != batch:
        notes.append(f"its latency is of batches of {fixed}, not {batch}")
    alone = one if one is not None else whole if whole.batch == 1 else None
    return CostEntry(
        one=alone.latency() if alone else None,
        whole=whole.latency(),
        notes=tuple(note for note in notes if note),
    )
