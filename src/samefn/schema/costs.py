"""The part of report.json about what a model takes: its size in numbers, time and memory."""

from samefn.schema.base import Count, Part


class Latency(Part):
    """How long one batch takes.

    Attributes:
        batch: examples in it.
        median: seconds.
        low: the lower quartile, seconds; null in a report of version 1.
        high: the upper quartile, seconds; likewise.
        runs: how many runs that is over; likewise.
    """

    batch: int
    median: float
    low: float | None = None
    high: float | None = None
    runs: int | None = None


class CostEntry(Part):
    """What a model takes. Null is what could not be measured.

    Attributes:
        parameters: how many numbers it stores as weights.
        nonzero: how many of them are not zero.
        one: latency of one input alone.
        whole: latency of a batch.
        memory: bytes by which its process grew at most, from before it was loaded until it had answered a batch.
        notes: what limits the figures, a sentence each.
    """

    parameters: Count | None = None
    nonzero: Count | None = None
    one: Latency | None = None
    whole: Latency | None = None
    memory: int | None = None
    notes: tuple[str, ...] = ()
