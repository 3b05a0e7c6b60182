"""The changed inputs that a page holds: as a plain list, and as data for the script that browses them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from samefn.reports.page.page import safe_image
from samefn.reports.view import ReportView
from samefn.reports.wording.escaping import printable
from samefn.reports.wording.numbers import format_with_interval
from samefn.schema.changed import ChangedExample, ClassProbability

LISTED = 12
"""So many are listed where no script runs."""

PICTURE_BYTES = 2_300_000
"""Pictures beyond so many bytes in all are left out of the page."""


@dataclass(frozen=True)
class ProbabilityRow:
    """One class of one changed input with what base and candidate give it, in percent; `None` is not known."""

    name: str
    base: float | None
    candidate: float | None
    is_label: bool

    @property
    def base_text(self) -> str:
        """The base's probability for people."""
        return _percent(self.base)

    @property
    def candidate_text(self) -> str:
        """The candidate's probability for people."""
        return _percent(self.candidate)


@dataclass(frozen=True)
class ChangedCount:
    """How many inputs one candidate changed, and how many of them are on the page.

    Attributes:
        name: of the candidate.
        changed: all of them; none where that is not known.
        shown: those on the page.
    """

    name: str
    changed: int | None
    shown: int


@dataclass(frozen=True)
class ChangedInputs:
    """The changed inputs of a report, in the order of its answers.

    Attributes:
        examples: all that the page has.
        counts: by candidate, in the same order.
        pictures: data URIs by the id of the input.
        without_picture: how many inputs have no picture on the page although the report has one.
    """

    examples: tuple[ChangedExample, ...]
    counts: tuple[ChangedCount, ...]
    pictures: dict[str, str]
    without_picture: int

    @property
    def listed(self) -> tuple[ChangedExample, ...]:
        """The first of them, for the list without script."""
        return self.examples[:LISTED]

    @property
    def confidences(self) -> bool:
        """Whether any of them has confidences to sort by."""
        return any(example.confidence is not None for example in self.examples)

    @property
    def directions(self) -> tuple[str, ...]:
        """Which directions there are, in the order of their first input."""
        return tuple(dict.fromkeys(example.direction for example in self.examples))

    @property
    def classes(self) -> tuple[str, ...]:
        """The classes that anything changed from or to, or that are the true ones; in alphabetical order."""
        return tuple(sorted({name for one in self.examples for name in _classes_of(one)}, key=_natural))

    @property
    def slices(self) -> tuple[str, ...]:
        """`column: value` of every slice."""
        found = {f"{column}: {value}" for one in self.examples for column, value in one.slices.items()}
        return tuple(sorted(found, key=_natural))


def changed_inputs(view: ReportView, order: Sequence[str]) -> ChangedInputs:
    """The changed inputs that the page shows.

    Args:
        view: the report.
        order: ids of candidates in the order of the answers; models that are not in it follow, independents last.
    """
    known = {model.id: model for model in view.models}
    ranks = {model_id: rank for rank, model_id in enumerate(order)}

    def place(model_id: str) -> tuple[bool, int]:
        return known[model_id].role == "independent", ranks.get(model_id, len(ranks))

    by_model: dict[str, list[ChangedExample]] = {}
    for example in view.report.changed:
        if example.candidate in known:
            by_model.setdefault(example.candidate, []).append(example)
    models = sorted(by_model, key=place)
    examples = tuple(example for model in models for example in by_model[model])
    pictures, left_out = _pictures(examples)
    counts = tuple(ChangedCount(view.name(one), _changed(view, one), len(by_model[one])) for one in models)
    return ChangedInputs(examples, counts, pictures, left_out)


def probability_rows(example: ChangedExample) -> tuple[ProbabilityRow, ...]:
    """The most probable classes of base and candidate side by side, the base's first."""
    base = _probabilities(example.base_classes, example.base_top, example.base_confidence)
    candidate = _probabilities(example.classes, example.top, example.confidence)
    names = dict.fromkeys([*base, *candidate])
    return tuple(ProbabilityRow(name, base.get(name), candidate.get(name), name == example.label) for name in names)


def script_data(view: ReportView, inputs: ChangedInputs) -> dict[str, Any]:
    """The same for the script: every text as it is to be shown, every class, picture and candidate once."""
    names = {model.id: printable(model.name) for model in view.models}
    candidates = list(dict.fromkeys(example.candidate for example in inputs.examples))
    classes = {name: at for at, name in enumerate(dict.fromkeys(_all_classes(inputs.examples)))}
    pictures = {example_id: at for at, example_id in enumerate(inputs.pictures)}
    return {
        "candidates": [names[one] for one in candidates],
        "classes": [printable(name) for name in classes],
        "pictures": list(inputs.pictures.values()),
        "inputs": [
            {
                "candidate": candidates.index(example.candidate),
                "id": printable(example.id),
                "label": None if example.label is None else classes[example.label],
                "from": classes[example.base_top],
                "to": classes[example.top],
                "confidence": [_width(example.base_confidence), _width(example.confidence)],
                "direction": example.direction,
                "picture": pictures.get(example.id),
                "stretched": example.picture_scale == "stretched",
                "facts": [[printable(name), printable(text)] for name, text in example_facts(example)],
                "slices": [printable(f"{column}: {value}") for column, value in example.slices.items()],
                "rows": [
                    [classes[row.name], _width(row.base), row.base_text, _width(row.candidate), row.candidate_text]
                    for row in probability_rows(example)
                ],
            }
            for example in inputs.examples
        ],
    }


def example_facts(example: ChangedExample) -> list[tuple[str, str]]:
    """What else is known of an input: its slices, its group, its text, its first values."""
    facts = list(example.slices.items())
    if example.group is not None:
        facts.append(("group", example.group))
    if example.text:
        facts.append(("text", example.text))
    for one in example.values:
        shown = ", ".join(_value(value) for value in one.values)
        more = one.count - len(one.values)
        facts.append((one.array, f"{shown} and {more:,} more" if more > 0 else shown))
    return facts


def _value(value: float | None) -> str:
    """A value; whole numbers, such as those of tokens, in full."""
    if value is None:
        return "not a number"
    return str(value) if isinstance(value, int) else f"{value:.4g}"


def _classes_of(example: ChangedExample) -> Iterable[str]:
    return (name for name in (example.label, example.base_top, example.top) if name is not None)


def _all_classes(examples: Iterable[ChangedExample]) -> Iterable[str]:
    for example in examples:
        yield from _classes_of(example)
        yield from (one.name for one in (*example.base_classes, *example.classes))


def _probabilities(
    classes: tuple[ClassProbability, ...], top: str, confidence: float | None
) -> dict[str, float | None]:
    """By class; of an older report only the top class."""
    return {one.name: one.probability for one in classes} if classes else {top: confidence}


def _pictures(examples: Iterable[ChangedExample]) -> tuple[dict[str, str], int]:
    """Each input's picture once, as many as the page has room for, and how many more there are."""
    pictures: dict[str, str] = {}
    left_out: set[str] = set()
    room = PICTURE_BYTES
    for example in examples:
        image = safe_image(example.image)
        if image is None or example.id in pictures:
            continue
        if len(image) > room:
            left_out.add(example.id)
        else:
            pictures[example.id] = image
            room -= len(image)
    return pictures, len(left_out)


def _changed(view: ReportView, model_id: str) -> int | None:
    """How many inputs a model changed; in reports of older versions from its disagreement, a share of whole inputs."""
    for one in view.report.changed_counts:
        if one.candidate == model_id and one.evaluation == view.evaluation:
            return one.changed
    found = next((one for one in view.comparisons if one.model.id == model_id), None)
    return None if found is None else round(found.value * found.entry.examples)


def _width(probability: float | None) -> float | None:
    """As exact as a bar and an order need it; what is read is the text beside it."""
    return None if probability is None else round(probability, 4)


def _percent(probability: float | None) -> str:
    return "" if probability is None else f"{format_with_interval(probability, percent=True).text} %"


def _natural(name: str) -> tuple[bool, float, str]:
    """Numbers by their value, before words."""
    return (False, float(name), "") if name.isdecimal() else (True, 0.0, name)
