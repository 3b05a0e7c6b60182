"""The figures that requirements can be about, as data."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from samefn.measures.language import LANGUAGE_FIGURES
from samefn.measures.table import MEASURES
from samefn.schema.upgrade import RENAMED_MEASURES
from samefn.schema.verdicts import FROM_BEST

VERDICT = "verdict"
DISTANCES = tuple(
    name for name, measure in MEASURES.items() if measure.direction == "distance" and measure.columns == (name,)
)
OUTCOMES = FROM_BEST
_SHARE = {"%": 0.01}
_SIZE = {"kB": 1e3, "MB": 1e6, "GB": 1e9, "KiB": 2.0**10, "MiB": 2.0**20, "GiB": 2.0**30}
_TIME = {"us": 1e-6, "ms": 1e-3, "s": 1.0}


@dataclass(frozen=True)
class FigureName:
    """One figure.

    Attributes:
        says: what it is.
        units: what may follow a number, and what it multiplies the number by; a bare number may always stand alone.
        arguments: what may stand in its brackets, one of which must; empty where it has none.
        low: the least value that it can take.
        high: the greatest.
    """

    says: str
    units: Mapping[str, float] = field(default_factory=dict)
    arguments: tuple[str, ...] = ()
    low: float = -math.inf
    high: float = math.inf


def _of_measures() -> dict[str, FigureName]:
    """Every measure; those that are shares, or percent already, may be written in percent."""
    return {
        name: FigureName(
            measure.title,
            _SHARE if measure.unit.startswith("share") else {"%": 1.0} if measure.unit.startswith("percent") else {},
            low=measure.low,
            high=measure.high,
        )
        for name, measure in MEASURES.items()
    }


def _of_language() -> dict[str, FigureName]:
    return {
        one.name: FigureName(one.title, _SHARE, low=0.0, high=1.0) if one.share else FigureName(one.title)
        for one in LANGUAGE_FIGURES
    }


FIGURES: dict[str, FigureName] = {
    "scale": FigureName("Place between the base's own noise (0) and an independent model (1)", arguments=DISTANCES),
    VERDICT: FigureName("The verdict in a word"),
    **_of_measures(),
    "worst_class": FigureName(
        "Disagreement on the class that changed most", _SHARE, arguments=("disagreement",), low=0.0, high=1.0
    ),
    "accuracy": FigureName("Share of examples answered right", _SHARE, low=0.0, high=1.0),
    "bytes": FigureName("Size of the model's files", _SIZE, low=0.0),
    "bytes_ratio": FigureName("Its size over the base's", _SHARE, low=0.0),
    "parameters": FigureName("How many numbers it stores as weights", low=0.0),
    "nonzero_share": FigureName("Share of its weights that are not zero", _SHARE, low=0.0, high=1.0),
    "latency": FigureName("Median seconds for a batch", _TIME, low=0.0),
    "latency_ratio": FigureName("Its latency of a batch over the base's", _SHARE, low=0.0),
    "latency_one": FigureName("Median seconds for one input", _TIME, low=0.0),
    "latency_one_ratio": FigureName("Its latency of one input over the base's", _SHARE, low=0.0),
    "memory": FigureName("Peak memory", _SIZE, low=0.0),
    "memory_ratio": FigureName("Its peak memory over the base's", _SHARE, low=0.0),
    **_of_language(),
}

# What tables and earlier versions call some of them.
TITLES = {
    **RENAMED_MEASURES,
    "size": "bytes",
    "deviation": "accuracy_deviation",
    "worst": "worst_class[disagreement]",
}
