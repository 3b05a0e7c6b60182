"""Models of version-1 reports as today's: what stood in dictionaries has fields of its own."""

from typing import TypeAlias

from pydantic import JsonValue

Document: TypeAlias = dict[str, JsonValue]

_QUANTIZED = frozenset({"float16", "int8-dynamic", "int8-static"})
_STARTS = {"the base's initial weights": "base", "weights of its own": "own"}
_TRAINING = ("epochs", "batch_size", "optimizer")
_ABOUT_RUNNING = ("fed", "returns", "batch_size")


def upgraded_model(old: Document, *, made: bool) -> Document:
    """A model; `made` says that a study made it, and not that it was there."""
    new = {name: value for name, value in old.items() if name != "settings"}
    settings = as_table(old.get("settings"))
    new["method"] = (_made if made else _given)(str(old.get("method", "")), settings)
    if made and old.get("role") in {"student", "control"} and "seed" in settings and "order" not in settings:
        new["family"] = str(old.get("name", "")).partition(", seed ")[0]
    if cost := as_table(old.get("cost")):
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
    running = {name: settings[name] for name in _ABOUT_RUNNING if name in settings}
    facts = {name: value for name, value in settings.items() if name not in _ABOUT_RUNNING}
    return {"kind": "given", "adapter": method, **running, "facts": facts}


def _cost(old: Document) -> Document:
    """Version 1 kept medians alone."""
    batch = old.get("batch")
    one, whole = old.get("latency_one"), old.get("latency")
    return {
        **{name: value for name, value in old.items() if name not in {"batch", "latency_one", "latency"}},
        "one": None if one is None else {"batch": 1, "median": one},
        "whole": None if whole is None else {"batch": batch, "median": whole},
    }


def as_table(value: JsonValue) -> Document:
    """The value where it is a table, else an empty one."""
    return value if isinstance(value, dict) else {}
