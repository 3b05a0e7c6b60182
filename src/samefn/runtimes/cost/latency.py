"""How long models take: after warm-up runs, and in turns, so that a machine that slows down slows all of them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from time import perf_counter
from typing import TypeAlias

import numpy as np

from samefn.core.errors import InputError
from samefn.runtimes.model import Array, Model
from samefn.schema.costs import CostEntry, Latency

# Runs that are not counted: the first ones allocate, compile and fill the caches.
WARM_UP_RUNS = 3
MAX_RUNS = 300

Feeds: TypeAlias = Callable[[int], Mapping[str, Array]]


@dataclass(eq=False)
class _Timing:
    """One model at one batch size, while it is being timed; all in seconds."""

    model: Model
    feeds: Mapping[str, Array]
    batch: int
    left: float
    warm_up: list[float] = field(init=False, default_factory=list)
    counted: list[float] = field(init=False, default_factory=list)
    error: str = field(init=False, default="")

    def has_time(self) -> bool:
        """Whether there is time for one more run, as long as the longest so far."""
        longest = max(self.counted or self.warm_up, default=0.0)
        return not self.error and self.left > 0 and longest <= self.left and len(self.counted) < MAX_RUNS

    def run(self) -> None:
        started = perf_counter()
        try:
            self.model.run(self.feeds)
        except InputError as error:
            self.error = error.what
            return
        seconds = perf_counter() - started
        self.left -= seconds
        (self.warm_up if len(self.warm_up) < WARM_UP_RUNS else self.counted).append(seconds)

    def latency(self) -> Latency | None:
        times = self.counted or self.warm_up[-1:]
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
) -> dict[str, CostEntry]:
    """The latencies of models, one example at a time and in batches.

    The models take turns, one run each per round, and another one begins each round. The first runs of each model are
    not counted. `Model.run` alone is timed: making the inputs is not.

    Args:
        models: by name.
        feeds: by the same names, a function from a number of examples to the model's inputs.
        batch: examples per batch; a model with another fixed batch size is timed at that.
        seconds: time for each model, for both sizes and the first runs together. A run starts only where the longest
            run so far would still fit, so that only a first run can take longer.

    Returns:
        By name, in the order given.

    Raises:
        InputError: a batch below 1, no time, or a model without feeds.
    """
    if batch < 1 or not seconds > 0:
        raise InputError(
            "SF310",
            f"cannot measure batches of {batch} in {seconds:g} seconds",
            where="cost",
            fix="give batches of 1 or more, and more than 0 seconds",
        )
    missing = [name for name in models if name not in feeds]
    if missing:
        raise InputError("SF310", "there are no inputs to run it on", where=missing[0])
    fixed = {
        name: next((spec.batch for spec in model.inputs if spec.batch is not None), None)
        for name, model in models.items()
    }
    single = {name: model for name, model in models.items() if fixed[name] in (None, 1) and batch != 1}
    single_timings = _time_in_turns(single, feeds, dict.fromkeys(single, 1), dict.fromkeys(single, seconds / 2))
    sizes = {name: fixed[name] or batch for name in models}
    time_left = {name: seconds / 2 if name in single else seconds for name in models}
    batch_timings = _time_in_turns(models, feeds, sizes, time_left)
    return {name: _cost(single_timings.get(name), batch_timings[name], fixed[name], batch) for name in models}


def _time_in_turns(
    models: Mapping[str, Model],
    feeds: Mapping[str, Feeds],
    sizes: Mapping[str, int],
    seconds: Mapping[str, float],
) -> dict[str, _Timing]:
    """Time models in turns until none has time left."""
    timings = {
        name: _Timing(model, feeds[name](sizes[name]), sizes[name], seconds[name]) for name, model in models.items()
    }
    turns, first = list(timings.values()), 0
    while round_of_runs := [timing for timing in turns[first:] + turns[:first] if timing.has_time()]:
        for timing in round_of_runs:
            timing.run()
        first = (first + 1) % len(turns)
    return timings


def _cost(single: _Timing | None, batched: _Timing, fixed: int | None, batch: int) -> CostEntry:
    notes = [timing.note() for timing in (single, batched) if timing is not None]
    if fixed is not None and fixed != 1:
        notes.append(f"no latency of one example: the model takes batches of {fixed} only")
    if fixed is not None and fixed != batch:
        notes.append(f"its latency is of batches of {fixed}, not {batch}")
    if single is None and batched.batch == 1:
        single = batched
    return CostEntry(
        one=single.latency() if single else None,
        whole=batched.latency(),
        notes=tuple(note for note in notes if note),
    )
