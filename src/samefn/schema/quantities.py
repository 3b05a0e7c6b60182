"""A figure that a requirement is about, with the interval that decides."""

from samefn.schema.base import Part


class Quantity(Part):
    """A figure.

    Attributes:
        value: the figure; null where it has none, and for verdicts.
        low: lower end of its interval; the value where the figure is exact (bytes); null where there is none, or none
            that can be tested.
        high: upper end.
        verdict: of a verdict, which; empty for figures.
        note: why there is no figure or no interval, or what limits it; empty where nothing does.
    """

    value: float | None = None
    low: float | None = None
    high: float | None = None
    verdict: str = ""
    note: str = ""
