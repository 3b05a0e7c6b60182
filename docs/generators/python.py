"""The reference page of the public Python names, written from their signatures and docstrings."""

import inspect
from collections.abc import Iterator
from functools import cached_property
from typing import Any

import samefn
from generators.docstrings import entries, sections
from generators.signatures import Signed, own_types, signature
from samefn.core import errors
from samefn.difference.result import RunDifference
from samefn.testing import assert_same_function

GROUPS = {
    "Compare models": (
        "compare",
        "Result",
        "ResultPart",
        "read_result",
        "predict",
        "Predictions",
        "Trajectory",
        "ComparisonSpec",
    ),
    "Compare two runs": ("diff", "RunDifference"),
    "Run studies": ("read_study", "study", "StudySpec", "read_spec", "suite", "SuiteSpec", "Places"),
    "Compute figures from rows": ("rows", "summarise", "relative_distance", "jensen_shannon", "MEASURES"),
    "Use it in tests": ("assert_same_function",),
}
# Public without being a name of `samefn` itself.
ELSEWHERE = {"RunDifference": RunDifference, "assert_same_function": assert_same_function}
# What has its fields on another page.
IN_SPEC = ("StudySpec", "SuiteSpec", "ComparisonSpec", "ModelSource", "Examples", "Intervals")
IN_REPORT = ("Report", "Overview", "MeasureEntry", "RelativeDistance", "VerdictEntry")
PAGES = {name: f"[keys](spec.md#{name.lower()})" for name in IN_SPEC}
PAGES |= {name: f"[fields](report.md#{name.lower()})" for name in IN_REPORT}

INTRODUCTION = """\
# Python

<!-- Written by `python docs/generate.py`: change the docstrings. -->

The public names of samefn. `import samefn` loads nothing heavy: each name is loaded when it is first used. What the
signatures name besides is listed [at the end](#types-and-errors).
"""


def python_page() -> str:
    """The page in Markdown.

    Raises:
        LookupError: a public name has no place on the page.
    """
    placed = {name for names in GROUPS.values() for name in names}
    if missing := set(samefn.__all__) - placed - {"__version__"}:
        msg = f"{sorted(missing)} have no place in GROUPS"
        raise LookupError(msg)
    parts: list[str] = [INTRODUCTION]
    types: dict[str, Any] = {}
    for title, names in GROUPS.items():
        parts.append(f"## {title}\n")
        for name in names:
            thing = ELSEWHERE.get(name) or getattr(samefn, name)
            parts.append(_section(name, thing))
            types |= _mentioned(name, thing)
    rows = {name: _what(name, value) for name, value in sorted(types.items()) if name not in placed}
    parts.append(f"## Types and errors\n\n{_table('name', rows)}")
    return "\n".join(parts)


def _section(name: str, thing: Any) -> str:
    place = thing.__module__ if name in ELSEWHERE else "samefn"
    head = f"### {name}\n\n`from {place} import {name}`\n"
    if name == "MEASURES":
        return f"{head}\nEvery [measure](measures.md) by its name.\n"
    if name in PAGES:
        return f"{head}\n{sections(thing.__doc__)['']}\n\nIts {PAGES[name]}.\n"
    return f"{head}\n{_class(thing) if isinstance(thing, type) else _function(thing, name)}"


def _methods(thing: type) -> Iterator[tuple[str, Signed, bool]]:
    """The public methods, and whether the class itself has them."""
    for name, value in vars(thing).items():
        of_class = isinstance(value, classmethod)
        if not name.startswith("_") and (of_class or inspect.isfunction(value)):
            yield name, getattr(value, "__func__", value), of_class


def _class(thing: type) -> str:
    """Signature, attributes with the properties, and methods."""
    said = sections(thing.__doc__)
    attributes = entries(said.get("Attributes", ""))
    for name, value in vars(thing).items():
        if isinstance(value, property | cached_property):
            attributes[name] = " ".join(sections(value.__doc__)[""].split())
    parts = [_code(signature(thing, thing.__name__)), f"{said['']}\n", _table("attribute", attributes)]
    for name, function, of_class in _methods(thing):
        called = f"{thing.__name__}.{name}"
        parts.append(f"#### {called}\n\n{_function(function, called if of_class else name)}")
    return "\n".join(parts)


def _function(function: Any, called: str) -> str:
    """Signature, what it does, arguments, result, errors and example."""
    said = sections(function.__doc__)
    parts = [_code(signature(function, called)), f"{said['']}\n"]
    if "Args" in said:
        parts.append(_table("argument", entries(said["Args"])))
    if "Returns" in said:
        parts.append(f"**Returns**: {said['Returns']}\n")
    if "Raises" in said:
        parts.append(_table("error", entries(said["Raises"])))
    if "Source" in said:
        parts.append(f"**Source**: {said['Source']}\n")
    if "Example" in said:
        parts.append(f"```pycon\n{said['Example']}\n```\n")
    return "\n".join(parts)


def _mentioned(name: str, thing: Any) -> dict[str, Any]:
    """The types and errors that the page names beside a public name."""
    if name in PAGES or name == "MEASURES":
        return {}
    of_class = [function for _, function, _ in _methods(thing)] if isinstance(thing, type) else []
    properties = [value.fget for value in vars(thing).values() if isinstance(value, property)]
    found: dict[str, Any] = {}
    for one in (thing, *of_class, *properties):
        found |= own_types(one)
        raised = entries(sections(one.__doc__).get("Raises", ""))
        found |= {error: vars(errors)[error] for error in raised if error in vars(errors)}
    return found


def _what(name: str, value: Any) -> str:
    """What a type is: where it comes from and its first sentence, or the types that an alias stands for."""
    if isinstance(value, str):
        return f"`{value}`"
    page = f"; its {PAGES[name]}" if name in PAGES else ""
    intro = " ".join(sections(value.__doc__)[""].partition("\n\n")[0].split()).rstrip(".")
    return f"{intro}{page}. `from {value.__module__} import {name}`"


def _table(what: str, meanings: dict[str, str]) -> str:
    bar = r"\|"
    rows = "".join(f"| `{name}` | {text.replace('|', bar)} |\n" for name, text in meanings.items())
    return f"| {what} | what it is |\n|---|---|\n{rows}"


def _code(text: str) -> str:
    return f"```python\n{text}\n```\n"
