"""The answer in plain words, made from the figures: who changed how many answers, by which yardstick."""

from dataclasses import dataclass

from samefn.reports.findings import Comparison, Findings, Side, names
from samefn.reports.numbers import count, figure, share

TITLES: dict[Side, str] = {
    "unchanged": "Changed no answer",
    "nearer": "Changed fewer answers than an independent model",
    "alike": "Cannot be told from an independent model",
    "farther": "Changed more answers than an independent model",
    "unjudged": "Changed some answers",
}


_YARDSTICK = "an independently trained model"
# In full where the yardstick is first spoken of, in short afterwards.
_PHRASES: dict[Side, tuple[str, str]] = {
    "unchanged": ("changed no answer", "changed no answer"),
    "nearer": (f"changed fewer answers than {_YARDSTICK}", "fewer"),
    "alike": (f"cannot be told from {_YARDSTICK} by the answers", "could not be told from one"),
    "farther": (f"changed more answers than {_YARDSTICK}", "more"),
    "unjudged": ("changed some answers", "changed some answers"),
}


@dataclass(frozen=True)
class Group:
    """Compressed models on one side of the yardstick, the least changed first."""

    side: Side
    title: str
    members: tuple[Comparison, ...]


def groups(findings: Findings) -> tuple[Group, ...]:
    """The sides that have members, nearest first."""
    found = [Group(side, title, findings.on(side)) for side, title in TITLES.items()]
    return tuple(group for group in found if group.members)


def headline(findings: Findings) -> str:
    """One sentence: how many compressed models are on which side."""
    if findings.base is None:
        return "The base could not be made, so nothing can be compared."
    total = len(findings.compressed)
    if not total:
        return "No compressed model was measured."
    subject = "one compressed model" if total == 1 else f"{total} compressed models"
    parts, compared = [], False
    for group in groups(findings):
        long, short = _PHRASES[group.side]
        parts.append(f"{len(group.members)} {short if compared else long}")
        compared = compared or long.endswith(_YARDSTICK)
    return f"Of {subject}, {names(parts)}."


def sentences(findings: Findings) -> tuple[tuple[str, str], ...]:
    """What the headline rests on, as (term, sentence): yardstick, floor, controls, what accuracy hides."""
    said = [("Yardstick", _yardstick(findings))]
    for role, term in (("replicate", "Measured again"), ("control", "No teacher")):
        found = [c for c in findings.comparisons if c.model.role == role]
        if found:
            said.append((term, "; ".join(f"{c.name}: {changed(c)}" for c in found) + "."))
    hidden = findings.concealed
    if hidden is not None and findings.base is not None:
        examples = hidden.entry.examples
        said.append(
            (
                "Accuracy misleads",
                f"{hidden.name} is right on {share(hidden.model.accuracy, examples)} % of the inputs, "
                f"the base on {share(findings.base.accuracy, examples)} %, yet {changed(hidden)}.",
            )
        )
    return tuple(said)


def _yardstick(findings: Findings) -> str:
    yardstick = findings.yardstick
    if yardstick is None:
        return "There is no independently trained model to compare with: the figures are absolute ones."
    values = sorted(c.value for c in yardstick.comparisons)
    shares = [f"{share(value, yardstick.comparisons[0].entry.examples)} %" for value in dict.fromkeys(values)]
    on = names(shares) if len(shares) < 3 else f"{shares[0]} to {shares[-1]}"
    who = "One independently trained model differs"
    if len(values) > 1:
        who = f"{len(values)} independently trained models differ"
    low, high = figure(values[0], yardstick.low, yardstick.high, percent=True).interval[1:-1].split(", ")
    return f"{who} from the base on {on} of the inputs, with intervals from {low} to {high} %."


def changed(comparison: Comparison) -> str:
    """How many answers changed, in words that carry the number of inputs.

    Counts are whole: a disagreement is a share of the examples.
    """
    examples = comparison.entry.examples
    if comparison.value == 0:
        return f"no input of {count(examples)} changed its answer"
    return (
        f"{count(round(comparison.value * examples))} of {count(examples)} inputs "
        f"({share(comparison.value, examples)} %) changed their answer"
    )
