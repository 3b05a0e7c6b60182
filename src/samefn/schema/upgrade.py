"""Reports of an older version as today's: no number moves.

What version 1 kept in dictionaries, in names for people and in sentences has fields of its own since version 2;
sentences are made from these when they are shown.
"""

import re
from collections.abc import Callable, Mapping

from pydantic import JsonValue

from samefn.schema.report import SCHEMA
from samefn.schema.upgrade_models import Document, as_table, upgraded_model

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


def is_readable(version: JsonValue) -> bool:
    """Whether a report of that version can be read: today's, or one that has a way to it."""
    return type(version) is int and (version == SCHEMA or version in _STEPS)


def _from_1(old: Document) -> Document:
    study = as_table(old.get("study"))
    switches = study.get("switches")
    made = "protocol" in study
    confidence = as_table(study.get("intervals")).get("confidence")
    parts: dict[str, Callable[[Document], Document]] = {
        "models": lambda one: upgraded_model(one, made=made),
        "verdicts": _verdict,
        "overall": _overall,
        "measures": _measure,
        "transfer": _transfer,
        "requirements": _requirement,
    }
    return {
        **{name: value for name, value in old.items() if name != "scale"},
        "schema": 2,
        "name": str(study.get("name", "report")),
        "protocol": "published" if study.get("protocol") == "published" else "corrected",
        "switches": [str(one) for one in switches] if isinstance(switches, list) else [],
        "confidence": confidence if isinstance(confidence, float) else _DEFAULT_CONFIDENCE,
        "claims": [],  # older rules decided them: `verdict.claims_of_report` decides again, from the figures
        **{name: _each(old[name], change) for name, change in parts.items() if name in old},
        "relative_distances": _each(old.get("scale", []), _relative_distance),
    }


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


def _each(value: JsonValue, change: Callable[[Document], Document]) -> JsonValue:
    """Every table of a list changed; what is none stays, for whoever checks the whole to refuse."""
    return [change(one) if isinstance(one, dict) else one for one in value] if isinstance(value, list) else value


# From each old version to the next.
_STEPS: Mapping[int, Callable[[Document], Document]] = {1: _from_1}
