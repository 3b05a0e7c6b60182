"""The quantities and questions that requirements can be about, as data."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from samefn.measures.language import LANGUAGE_FIGURES
from samefn.measures.table import MEASURES
from samefn.schema.quantities import MissingReason
from samefn.schema.upgrade.upgrade import RENAMED_MEASURES
from samefn.schema.verdicts import FROM_BEST

_DISTANCES = tuple(
    name for name, measure in MEASURES.items() if measure.direction == "distance" and measure.columns == (name,)
)
_SHARE = {"%": 0.01}
_SIZE = {"kB": 1e3, "MB": 1e6, "GB": 1e9, "KiB": 2.0**10, "MiB": 2.0**20, "GiB": 2.0**30}
_TIME = {"us": 1e-6, "ms": 1e-3, "s": 1.0}


@dataclass(frozen=True)
class QuantityKind:
    """One quantity.

    Attributes:
        meaning: what it is, for people.
        units: what may follow a number, and what it multiplies the number by; a bare number may always stand alone.
        arguments: what may stand in its brackets, one of which must; empty where it has none.
        low: the least value that it can take.
        high: the greatest.
    """

    meaning: str
    units: Mapping[str, float] = field(default_factory=dict)
    arguments: tuple[str, ...] = ()
    low: float = -math.inf
    high: float = math.inf


@dataclass(frozen=True)
class AnswerKind:
    """A question that is answered in words.

    Attributes:
        meaning: what is asked, for people.
        answers: all words that may be the answer.
        undecided: those of them that decide nothing, so that a requirement is inconclusive unless it lists them.
    """

    meaning: str
    answers: tuple[str, ...]
    undecided: tuple[str, ...] = ()


ANSWERS: dict[str, AnswerKind] = {
    "verdict": AnswerKind("Is it the same function?", FROM_BEST, ("inconclusive",)),
    "quality": AnswerKind(
        "Is it better or worse?", ("better", "no difference shown", "worse"), ("no difference shown",)
    ),
    "distance": AnswerKind("How far is it?", ("near", "between", "independent", "not shown"), ("not shown",)),
    "loss": AnswerKind("Is the net loss of accuracy within its limit?", ("within", "open", "over"), ("open",)),
    "probabilities": AnswerKind("Have all probabilities moved?", ("moved", "not moved")),
}


@dataclass(frozen=True)
class Flag:
    """A short requirement without a comparison, such as `same`; `not` before it asks for the opposite.

    Attributes:
        of: the question.
        yes: the answers that meet it.
        no: those that meet the opposite.
    """

    of: str
    yes: tuple[str, ...]
    no: tuple[str, ...]


FLAGS: dict[str, Flag] = {
    "same": Flag("verdict", ("same",), ("changed", "broken")),
    # A loss that is not shown to be over its limit is no reason to fail: that may be a trivial loss.
    "worse": Flag("loss", ("over",), ("within", "open")),
    "near": Flag("distance", ("near",), ("between", "independent")),
    "probabilities_moved": Flag("probabilities", ("moved",), ("not moved",)),
}


def _of_measures() -> dict[str, QuantityKind]:
    """Every measure; shares, and what is percent already, may be written in percent."""
    return {
        name: QuantityKind(
            measure.title,
            _SHARE if measure.unit.startswith("share") else {"%": 1.0} if measure.unit.startswith("percent") else {},
            low=measure.low,
            high=measure.high,
        )
        for name, measure in MEASURES.items()
    }


def _of_language() -> dict[str, QuantityKind]:
    return {
        figure.name: QuantityKind(figure.title, _SHARE, low=0.0, high=1.0)
        if figure.share
        else QuantityKind(figure.title)
        for figure in LANGUAGE_FIGURES
    }


QUANTITIES: dict[str, QuantityKind] = {
    "relative_distance": QuantityKind(
        "Relative distance: 0 is the base's own noise, 1 an independent model", arguments=_DISTANCES
    ),
    **_of_measures(),
    "worst_part": QuantityKind("Disagreement on the class or slice that changed most", _SHARE, low=0.0, high=1.0),
    "net_loss": QuantityKind("Accuracy of the base less the candidate's", _SHARE, low=-1.0, high=1.0),
    "accuracy": QuantityKind("Share of examples predicted right", _SHARE, low=0.0, high=1.0),
    "bytes": QuantityKind("Size of the model's files", _SIZE, low=0.0),
    "bytes_ratio": QuantityKind("Its size over the base's", _SHARE, low=0.0),
    "parameters": QuantityKind("Number of weights", low=0.0),
    "nonzero_share": QuantityKind("Share of its weights that are not zero", _SHARE, low=0.0, high=1.0),
    "latency": QuantityKind("Median seconds for a batch", _TIME, low=0.0),
    "latency_ratio": QuantityKind("Its latency of a batch over the base's", _SHARE, low=0.0),
    "latency_one": QuantityKind("Median seconds for one input", _TIME, low=0.0),
    "latency_one_ratio": QuantityKind("Its latency of one input over the base's", _SHARE, low=0.0),
    "memory": QuantityKind("Peak memory", _SIZE, low=0.0),
    "memory_ratio": QuantityKind("Its peak memory over the base's", _SHARE, low=0.0),
    **_of_language(),
}

NEEDS_INDEPENDENTS = frozenset({"relative_distance", "distance", "probabilities"})
"""The quantities and questions that nothing decides without independents."""

NOT_MEASURED: frozenset[MissingReason] = frozenset(
    {"not measured", "base not measured", "no labels", "no verdict", "no language model"}
)
"""The reasons for a missing figure that more inputs would not mend."""

# Other names of some quantities, as tables and papers have them.
OTHER_NAMES = {
    **RENAMED_MEASURES,
    "scale": "relative_distance[disagreement]",
    "size": "bytes",
    "deviation": "accuracy_deviation",
    "worst": "worst_part",
    "worst_class": "worst_part",
}
