"""What differs between two runs, in lines that fit into a terminal of 80 columns."""

import json
import textwrap
from collections.abc import Iterator

from pydantic import JsonValue

from samefn.measures.language import LANGUAGE_FIGURES
from samefn.reports.styles import COMPRESSED
from samefn.reports.wording.escaping import printable
from samefn.reports.wording.measures import DISTANCE_SOURCES, measure_title
from samefn.reports.wording.numbers import (
    NumberText,
    format_count,
    format_size,
    format_two_decimals,
    format_with_interval,
)
from samefn.schema.difference import Difference, FigureDifference, FigureUnit, ModelDifference, SettingDifference

WIDTH = 80
SHOWN = 4  # figures of one model, and settings of one group, that have a place in lines
TITLE = 24  # characters of a figure's title that stand beside its values
LONGEST_VALUE = 24  # characters of a setting's value
MOST_FOLDED = 400  # characters of a name that are folded onto more lines
_TITLES = {
    "accuracy": "Accuracy",
    "bytes": "Size",
    "parameters": "Weights",
    "latency": "Latency of a batch",
    "latency_one": "Latency of one input",
} | {one.name: one.title for one in LANGUAGE_FIGURES}
_UNITS: dict[FigureUnit, str] = {"share": " %", "percent": " %", "nats": " nats", "seconds": " s"}


def difference_lines(difference: Difference) -> list[str]:
    """The answers that changed, the figures that moved, and what else the two runs do not have in common."""
    lines = [difference_headline(difference)]
    for model in difference.models:
        lines += _folded(f"{model.name}: {answers}" for answers in [answers_text(model)] if answers)
    lines += [f"claim {claim.question}: {claim.before} -> {claim.after}" for claim in difference.claims]
    for model in difference.models:
        lines += _figures(model)
    for when, models in (("before", difference.only_before), ("after", difference.only_after)):
        texts = [f"{one.name} ({one.error})" if one.error else one.name for one in models]
        lines += _folded([f"only {when}: {'; '.join(texts)}"] if texts else [])
    lines += [pairing_sentence(difference)]
    lines += _folded(
        f"{model.name}: {format_count(model.predictions)} predictions differ between the runs"
        for model in difference.models
        if model.predictions
    )
    for group in dict.fromkeys(one.group for one in difference.settings):
        lines += _folded([f"{group}: {settings_text([one for one in difference.settings if one.group == group])}"])
    return lines


def difference_headline(difference: Difference) -> str:
    """How many figures moved, and how many answers changed."""
    if not any(model.role in COMPRESSED for model in difference.models):
        return "no candidate in common: only the base was compared; candidates are matched by their names"
    changed = difference.changed_answers
    answers = f"{changed or 'no'} answer{'s' if changed > 1 else ''} changed"
    return f"{difference.moved} of {difference.tested} figures moved; {answers}"


def answers_text(model: ModelDifference) -> str:
    """The answers of one model that changed, and whether figures show it; empty where none did."""
    changes = ", ".join(f"{answer.before} -> {answer.after}" for answer in model.answers)
    moved = any(figure.counted and figure.moved for figure in model.figures)
    return f"{changes} (no figure moved)" if changes and not moved else changes


def figure_title(name: str) -> str:
    """What people call a figure.

    >>> figure_title("relative_distance[disagreement]"), figure_title("kl_divergence")
    ('Relative distance by predictions', 'KL divergence, base to candidate')
    """
    quantity, _, argument = name.removesuffix("]").partition("[")
    if argument:
        return f"Relative distance by {DISTANCE_SOURCES.get(argument, measure_title(argument))}"
    return _TITLES.get(quantity) or measure_title(quantity)


def figure_values(figure: FigureDifference) -> tuple[str, str]:
    """The two values with their intervals."""
    return (
        _value(figure, figure.before, figure.before_low, figure.before_high),
        _value(figure, figure.after, figure.after_low, figure.after_high),
    )


def direction_text(figure: FigureDifference) -> str:
    """In which direction a figure moved, and whether for better or worse; a latency is not counted."""
    if figure.before is None or figure.after is None:
        return ""
    counted = "" if figure.counted else ", not counted"
    return f"{'up' if figure.after > figure.before else 'down'}, {figure.towards}{counted}"


def pairing_sentence(difference: Difference) -> str:
    """Whether the runs are over the same inputs, and so how figures were compared."""
    before, after = map(format_count, difference.examples)
    match difference.pairing:
        case "paired":
            return f"inputs: the same {after}, compared row by row"
        case "no rows":
            return f"inputs: the same {after}; not both runs have rows, so compared by intervals"
        case "groups":
            return f"inputs: the same {after}, in groups, so compared by intervals"
    return f"inputs: others ({before} before, {after} after), so compared by intervals"


def settings_text(settings: list[SettingDifference]) -> str:
    """The first settings that differ, and how many more."""
    texts = [f"{one.name} {_values(_short(one.before), _short(one.after))}" for one in settings[:SHOWN]]
    more = [f"{len(settings) - SHOWN} more"] if len(settings) > SHOWN else []
    return "; ".join([*texts, *more])


def _figures(model: ModelDifference) -> Iterator[str]:
    """The figures of one model that moved, a line each."""
    moved = [figure for figure in model.figures if figure.moved]
    shown = [(figure_title(figure.name), *figure_values(figure), direction_text(figure)) for figure in moved[:SHOWN]]
    if not shown:
        return
    yield from _folded([model.name])
    width = min(TITLE, max(len(title) for title, *_ in shown))
    for title, before, after, direction in shown:
        line = f"  {title:{width}} {before} -> {after} {direction}"
        yield from [line] if len(line) <= WIDTH else [f"  {title}", f"    {before} -> {after} {direction}"]
    if more := moved[SHOWN:]:
        yield from _folded([f"and {len(more)} more: {'; '.join(figure_title(figure.name) for figure in more)}"], "  ")


def _folded(texts: "list[str] | Iterator[str]", indent: str = "") -> Iterator[str]:
    """Each text on lines that fit; an endless name is cut, and says so."""
    for text in texts:
        shown = printable(text)
        shown = shown if len(shown) <= MOST_FOLDED else f"{shown[:MOST_FOLDED]} ..."
        yield from textwrap.wrap(shown, WIDTH, initial_indent=indent, subsequent_indent=f"{indent}  ")


def _value(figure: FigureDifference, value: float | None, low: float | None, high: float | None) -> str:
    shown = _number(figure, value, low, high)
    return f"{shown.text}{_UNITS.get(figure.unit, '')} {shown.interval}".rstrip()


def _number(figure: FigureDifference, value: float | None, low: float | None, high: float | None) -> NumberText:
    if figure.unit in ("bytes", "count") and value is not None:
        return NumberText(format_size(round(value)) if figure.unit == "bytes" else format_count(round(value)))
    if figure.unit == "percent" or figure.name.startswith("relative_distance"):
        return format_two_decimals(value, low, high)
    return format_with_interval(value, low, high, percent=figure.unit == "share")


def _values(before: str, after: str) -> str:
    return f"{before} -> {after}" if before != after else "differs"


def _short(value: JsonValue) -> str:
    text = "none" if value is None else value if isinstance(value, str) else json.dumps(value)
    return text if len(text) <= LONGEST_VALUE else f"{text[: LONGEST_VALUE - 3]}..."
