"""Reports of an older version as today's: nothing is lost, and no number moves.

What version 1 kept in dictionaries and in names for people has fields of its own since version 2.
"""

from collections.abc import Callable, Mapping
from typing import TypeAlias

from pydantic import JsonValue

from samefn.schema.report import SCHEMA

Document: TypeAlias = dict[str, JsonValue]

_DEFAULT_CONFIDENCE = 0.95  # what version 1 left out of comparisons
_QUANTIZED = frozenset({"float16", "int8-dynamic", "int8-static"})
_STARTS = {"the base's initial weights": "base", "weights of its own": "own"}
_TRAINING = ("epochs", "batch_size", "optimizer")
# What is called otherwise since version 2.
_OUTCOMES = {"cannot tell": "inconclusive", "changed, perhaps a stranger": "changed", "stranger": "independent"}
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
_ABOUT_RUNNING = ("fed", "returns", "batch_size")


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
    study = _table(old.get("study"))
    switches = study.get("switches")
    made = "protocol" in study
    confidence = _table(study.get("intervals")).get("confidence")
    parts: dict[str, Callable[[Document], Document]] = {
        "models": lambda one: _model(one, made=made),
        "scale": _scale,
        "verdicts": _verdict,
        "overall": _overall,
        "transfer": _outcome,
        "claims": _claim,
        "requirements": _requirement,
    }
    return {
        **old,
        "schema": 2,
        "name": str(study.get("name", "report")),
        "protocol": "published" if study.get("protocol") == "published" else "corrected",
        "switches": [str(one) for one in switches] if isinstance(switches, list) else [],
        "confidence": confidence if isinstance(confidence, float) else _DEFAULT_CONFIDENCE,
        **{name: _each(old[name], change) for name, change in parts.items() if name in old},
    }


def _model(old: Document, *, made: bool) -> Document:
    """A model; `made` says that a study made it, and not that it was there."""
    new = {name: value for name, value in old.items() if name != "settings"}
    settings = _table(old.get("settings"))
    new["method"] = (_made if made else _given)(str(old.get("method", "")), settings)
    if made and old.get("role") in {"student", "control"} and "seed" in settings and "order" not in settings:
        new["family"] = str(old.get("name", "")).partition(", seed ")[0]
    if cost := _table(old.get("cost")):
        new["cost"] = _cost(cost)
    return new


def _made(method: str, settings: Document) -> Document:
    if method in _QUANTIZED:
        file = {name: value for name, value in settings.items() if name != "batch_size"}
        return {"kind": "quantized", "batch_size": settings.get("batch_size"), "file": file}
    if method == "training" and "seed" not in settings:
        return {"kind": "earlier-epoch", **settings}
    if method in {"training", "distillation"}:
        taught = {name: value for name, value in settings.items() if name not in {*_TRAINING, "start", "teacher"}}
        start = settings.get("start")
        found: Document = {
            "kind": "distilled" if method == "distillation" else "trained",
            **taught,
            "start": _STARTS.get(start, start) if isinstance(start, str) else start,
            "training": {name: settings[name] for name in _TRAINING if name in settings},
        }
        return {**found, "teacher": settings.get("teacher")} if method == "distillation" else found
    if method == "torch-float32":
        rest = {name: value for name, value in settings.items() if name != "batch"}
        return {"kind": "replicated", "batch_size": settings.get("batch"), **rest}
    kinds = {"onnx-float32": "exported", "pruning": "pruned", "checkpoint": "checkpoint"}
    return {"kind": kinds.get(method, method), **settings}


def _given(method: str, settings: Document) -> Document:
    told = {name: settings[name] for name in _ABOUT_RUNNING if name in settings}
    facts = {name: value for name, value in settings.items() if name not in _ABOUT_RUNNING}
    return {"kind": "given", "adapter": method, **told, "facts": facts}


def _cost(old: Document) -> Document:
    """Version 1 kept medians alone."""
    batch = old.get("batch")
    one, whole = old.get("latency_one"), old.get("latency")
    return {
        **{name: value for name, value in old.items() if name not in {"batch", "latency_one", "latency"}},
        "one": None if one is None else {"batch": 1, "median": one},
        "whole": None if whole is None else {"batch": batch, "median": whole},
    }


def _scale(old: Document) -> Document:
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


def _claim(old: Document) -> Document:
    return {**_outcome(old), "figures": _each(old.get("figures", []), _claim_figure)}


def _claim_figure(old: Document) -> Document:
    name = str(old.get("figure", ""))
    quantity = "scale" if name.startswith("scale") else "share" if name.startswith("transferred") else "measure"
    return {**old, "quantity": quantity}


def _requirement(old: Document) -> Document:
    shown, _, ends = str(old.get("shown", "")).partition(" [")
    return {**_outcome(old), "shown": shown, "shown_interval": f"[{ends}" if ends else ""}


def _table(value: JsonValue) -> Document:
    return value if isinstance(value, dict) else {}


def _each(value: JsonValue, change: Callable[[Document], Document]) -> JsonValue:
    """Every table of a list changed; what is none stays, for whoever checks the whole to refuse."""
    return [change(one) if isinstance(one, dict) else one for one in value] if isinstance(value, list) else value


# From each old version to the next.
_STEPS: Mapping[int, Callable[[Document], Document]] = {1: _from_1}
