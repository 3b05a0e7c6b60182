"""Reports of an older version as today's: no number moves.

What version 1 kept in dictionaries, in names for people and in sentences has fields of its own since version 2, and the
notes beside figures are codes since version 3; sentences are made from these when they are shown. Version 4 has fewer
figures of relative distances.
"""

import re
from collections.abc import Callable, Mapping

from pydantic import JsonValue

from samefn.schema.report import SCHEMA
from samefn.schema.upgrade.models import Document, as_table, upgraded_model
from samefn.schema.upgrade.notes import upgraded_notes, upgraded_requirement_note

# Measures by their names in version 1: in reports, in columns of stored rows, and in keys of results.
RENAMED_MEASURES = {"flips_harm": "negative_flips", "flips_recovery": "positive_flips"}

_DEFAULT_CONFIDENCE = 0.95  # what version 1 left out of comparisons
# What is called otherwise since version 2.
_OUTCOMES = {
    "cannot tell": "inconclusive",
    "changed, perhaps a stranger": "changed",
    "stranger": "independent",
    "not asked": "not tested",
}
_SCALE = {
    "floor": "noise_floor",
    "floor_model": "noise_floor_model",
    "ceiling": "independent_distance",
    "strangers": "independents",
}
_VERDICT = {
    "margin": "limit",
    "stranger": "independent",
    "smallest_shown": "minimum_detectable_change",
    "smallest_disagreement": "minimum_detectable_share",
    "harm": "negative_flips",
    "recovery": "positive_flips",
}
# What version 1 kept as the start of a sentence, or a part of one.
_REFUSALS = {
    "there are no": "no independents",
    "some distances": "infinite",
    "one example": "one example",
    "one group": "one group",
    "the strangers are no": "independents like noise",
    "the independents are no": "independents like noise",
    "the strangers' distance": "uncertain",
    "the independents' distance": "uncertain",
}
_REASONS = {
    "always naming the most frequent": "accuracy",
    "on the scale from": "relative distance",
    "there is no scale": "refused",
    "without labels and without": "no reference",
}
# What the texts of version 1 say, and the code of each since; the first that fits counts, and where none does the text
# lists verdicts.
_CLAIM_REASONS = (
    ("no quantised model", "no quantized model"),
    ("nearer than any quantised model", "another method is nearer"),
    ("no other method is nearer", "same and nearest"),
    (" is changed", "changed"),
    (" are changed", "changed"),
    ("the rest undecided", "transfer undecided"),
    (" undecided", "not shown to be the same"),
    ("no pruned model", "no pruned model"),
    ("no students paired", "no control"),
    ("no student", "no student"),
    ("without a scale", "no relative distance"),
    ("every student's scale lies above", "above the independent limit"),
    (" lies below ", "below the independent limit"),
    ("on both sides of", "around the independent limit"),
    ("nothing transferred at every alpha", "nothing transferred"),
    ("something was transferred", "transferred"),
    ("no share shown above 0", "transfer undecided"),
    ("no model shown to be as accurate", "none as accurate"),
    ("and more than half way", "more than half way"),
    ("is less than half way", "less than half way"),
    ("not shown on either side of half way", "around half way"),
)
_CLAIM_SENTENCES = frozenset({"statement", "rule", "because", "switch"})
_VERDICTS_SINCE = 3  # the version
_FEW_SEEDS = 5  # fewer showed nothing in version 1
_RENAMED_QUANTITIES = {**RENAMED_MEASURES, "scale": "relative_distance"}
_OLD_QUANTITY = re.compile(rf"\b({'|'.join(_RENAMED_QUANTITIES)})\b")


def upgraded(content: Document) -> Document:
    """A report of any version that is known, as one of today's; what is no report stays what it is.

    Args:
        content: of a report.json.
    """
    while (version := content.get("schema")) != SCHEMA and isinstance(version, int) and version in _STEPS:
        content = _STEPS[version](content)
    return content


def has_own_verdicts(version: JsonValue) -> bool:
    """Whether the verdicts of a report of that version are by today's rules; else they are made again."""
    return isinstance(version, int) and version >= _VERDICTS_SINCE


def is_readable(version: JsonValue) -> bool:
    """Whether a report of that version can be read: today's, or one that has a way to it."""
    return type(version) is int and (version == SCHEMA or version in _STEPS)


def _from_1(old: Document) -> Document:
    study = as_table(old.get("study"))
    switches = study.get("switches")
    made = "protocol" in study
    confidence = as_table(study.get("intervals")).get("confidence")
    names = {str(one.get("name")): str(one.get("id")) for one in _tables(old.get("models"))}
    parts: dict[str, Callable[[Document], Document]] = {
        "models": lambda one: upgraded_model(one, made=made),
        "verdicts": _verdict,
        "overall": _overall,
        "measures": _measure,
        "transfer": _transfer,
        "claims": lambda one: _claim(one, names),
        "requirements": _requirement,
    }
    return {
        **{name: value for name, value in _changed(old, parts).items() if name != "scale"},
        "schema": 2,
        "name": str(study.get("name", "report")),
        "protocol": "published" if study.get("protocol") == "published" else "corrected",
        "switches": [str(one) for one in switches] if isinstance(switches, list) else [],
        "confidence": confidence if isinstance(confidence, float) else _DEFAULT_CONFIDENCE,
        "relative_distances": _each(old.get("scale", []), _relative_distance),
    }


def _from_2(old: Document) -> Document:
    """Version 3 has other verdicts: `verdict.judged_again` makes them from the report's figures."""
    parts: dict[str, Callable[[Document], Document]] = {
        "measures": upgraded_notes,
        "language": upgraded_notes,
        "requirements": lambda one: _requirement_from_2(upgraded_requirement_note(one)),
        "overall": _overall_from_2,
    }
    return {**_changed(old, parts), "schema": 3, "verdicts": []}


def _from_3(old: Document) -> Document:
    """Version 4 has no errors of relative distances beside their intervals: nothing read them."""
    return {**_changed(old, {"relative_distances": _without_errors}), "schema": 4}


def _without_errors(old: Document) -> Document:
    return {name: value for name, value in old.items() if name not in ("error", "distance_slack")}


def _overall_from_2(old: Document) -> Document:
    return {**old, "outcome": "changed"} if old.get("outcome") == "independent" else old


def _requirement_from_2(old: Document) -> Document:
    return {**old, "verdict": "changed"} if old.get("verdict") == "independent" else old


def _relative_distance(old: Document) -> Document:
    new = _renamed(old, _SCALE)
    refused = str(old.get("refused", ""))
    new["refused"] = next((code for start, code in _REFUSALS.items() if refused.startswith(start)), "")
    return {**new, "covers": "examples and independents"} if old.get("covers") == "examples and strangers" else new


def _verdict(old: Document) -> Document:
    new = _outcome(_renamed(old, _VERDICT))
    sentence = str(new.pop("sentence", ""))
    new["reason"] = next((code for part, code in _REASONS.items() if part in sentence), "share")
    return new


def _overall(old: Document) -> Document:
    new = {name: value for name, value in _outcome(old).items() if name != "sentence"}
    doubt = str(old.get("doubt", ""))
    return {**new, "doubt": "" if not doubt else "no better" if "is no better" in doubt else "not shown better"}


def _outcome(old: Document) -> Document:
    outcome = old.get("outcome")
    return {**old, "outcome": _OUTCOMES.get(outcome, outcome)} if isinstance(outcome, str) else old


def _renamed(old: Document, names: Mapping[str, str]) -> Document:
    return {names.get(name, name): value for name, value in old.items()}


def _measure(old: Document) -> Document:
    name = old.get("measure")
    return {**old, "measure": RENAMED_MEASURES.get(name, name)} if isinstance(name, str) else old


def _transfer(old: Document) -> Document:
    """Version 1 had the reason of an inconclusive share in its sentence only; it follows from the figures."""
    new = {name: value for name, value in _outcome(old).items() if name != "sentence"}
    return {**new, "reason": _transfer_reason(old)} if new.get("outcome") == "inconclusive" else new


def _transfer_reason(old: Document) -> str:
    seeds, low, high = old.get("seeds"), old.get("low"), old.get("high")
    if not isinstance(low, int | float) or not isinstance(high, int | float):
        return "one seed" if seeds == 1 else "no interval"
    if isinstance(seeds, int) and seeds < _FEW_SEEDS:
        return "few seeds"
    return "above 0" if low > 0 else "below 0" if high < 0 else "undecided"


def _claim(old: Document, names: Mapping[str, str]) -> Document:
    """Version 1 had the reason as a text, in which the models stand by name; `names` has their ids."""
    because = str(old.get("because", ""))
    figures = _each(old.get("figures", []), _claim_figure)
    candidates = (figure["candidate"] for figure in _tables(figures))
    decided_by: list[JsonValue] = list(dict.fromkeys(one for one in candidates if isinstance(one, str)))
    new = {name: value for name, value in _outcome(old).items() if name not in _CLAIM_SENTENCES}
    return {
        **new,
        "reason": next((code for text, code in _CLAIM_REASONS if text in because), "verdicts"),
        "candidates": _named(because, {name: names[name] for name in names if names[name] in decided_by}) or decided_by,
        "alpha": _alpha(because) if new.get("outcome") == "does not hold" else None,
        "figures": figures,
    }


def _named(text: str, names: Mapping[str, str]) -> list[JsonValue]:
    """The ids of the models that a text names, in its order; of names that begin alike the longest counts."""
    longest_first = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
    matches = re.finditer(rf"(?<!\w)(?:{longest_first})(?!\w)", text)
    return list(dict.fromkeys(names[match[0]] for match in matches if match[0]))


def _claim_figure(old: Document) -> Document:
    """Version 1 had the figure, and of students their alpha, in names for people."""
    quantity, _, measure = str(old.get("figure", "")).rpartition(" by ")
    is_share = quantity == "transferred share"
    return {
        **{name: value for name, value in old.items() if name != "figure"},
        "quantity": "share" if is_share else "relative_distance" if quantity == "scale" else "measure",
        "measure": measure.partition(",")[0].replace(" ", "_"),
        "candidate": None if is_share else old.get("candidate"),
        "alpha": _alpha(str(old.get("candidate"))) if is_share else None,
    }


def _alpha(text: str) -> float | None:
    """The alpha that a text names."""
    alpha = re.search(r"\balpha (\d+(?:\.\d+)?(?:e-?\d+)?)", text)
    return float(alpha[1]) if alpha else None


def _requirement(old: Document) -> Document:
    """Version 1 had the verdict in the sentence only, and of a missing figure or interval not the reason."""
    shown, _, ends = str(old.get("shown", "")).partition(" [")
    _, _, verdict = str(old.get("sentence", "")).rstrip(".").partition(": the verdict is ")
    missing = "not measured" if old.get("value") is None else "no interval" if old.get("low") is None else None
    expression = str(old.get("expression", ""))
    return {
        **{name: value for name, value in _outcome(old).items() if name != "sentence"},
        "expression": _OLD_QUANTITY.sub(lambda match: _RENAMED_QUANTITIES[match[0]], expression),
        "shown": shown,
        "shown_interval": f"[{ends}" if ends else "",
        "verdict": _OUTCOMES.get(verdict, verdict),
        "missing": None if verdict else missing,
    }


def _changed(old: Document, parts: Mapping[str, Callable[[Document], Document]]) -> Document:
    """The report with every entry of some parts changed."""
    return {**old, **{name: _each(old[name], change) for name, change in parts.items() if name in old}}


def _tables(value: JsonValue) -> list[Document]:
    """The tables of a list; what is none of them is left to whoever checks the whole."""
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _each(value: JsonValue, change: Callable[[Document], Document]) -> JsonValue:
    """Every table of a list changed; what is none stays, for whoever checks the whole to refuse."""
    return [change(one) if isinstance(one, dict) else one for one in value] if isinstance(value, list) else value


# From each old version to the next.
_STEPS: Mapping[int, Callable[[Document], Document]] = {1: _from_1, 2: _from_2, 3: _from_3}
