"""What two runs do not have in common beside their figures: data, base, settings, versions, machine."""

from collections.abc import Iterator

from pydantic import JsonValue

from samefn.schema.difference import SettingDifference, SettingGroup
from samefn.schema.report import ModelEntry, Report

MatchedModels = list[tuple[ModelEntry, ModelEntry]]


def setting_differences(before: Report, after: Report, matched: MatchedModels) -> tuple[SettingDifference, ...]:
    """Everything that differs, the data first.

    Args:
        before: the first run's report.
        after: the second run's.
        matched: the models that both have, the base first.
    """
    parts = [_of_report(report) | _of_models(matched, side) for side, report in enumerate((before, after))]
    names = dict.fromkeys([*parts[0], *parts[1]])
    found = [
        SettingDifference(group=group, name=name, before=parts[0].get((group, name)), after=parts[1].get((group, name)))
        for group, name in names
        if parts[0].get((group, name)) != parts[1].get((group, name))
    ]
    return tuple(found)


def _of_report(report: Report) -> dict[tuple[SettingGroup, str], JsonValue]:
    names = ("data", "unlabelled", "protocol", "switches", "confidence", "study", "samefn", "environment")
    content = report.model_dump(mode="json", include=set(names))
    found: dict[tuple[SettingGroup, str], JsonValue] = {}
    for name in names:
        for dotted, value in _flat(content[name], name):
            found[_group(dotted), dotted.removeprefix("study.").removeprefix("environment.")] = value
    return found


def _group(dotted: str) -> SettingGroup:
    if dotted.startswith(("data", "unlabelled")):
        return "data"
    if dotted == "samefn" or dotted.startswith(("environment.versions", "environment.python", "environment.runtimes")):
        return "software"
    return "machine" if dotted.startswith("environment") else "settings"


def _of_models(matched: MatchedModels, side: int) -> dict[tuple[SettingGroup, str], JsonValue]:
    """How each model came to be; of given models, which files and with what of its runtime."""
    found: dict[tuple[SettingGroup, str], JsonValue] = {}
    for number, pair in enumerate(matched):
        content = pair[side].model_dump(mode="json", include={"name", "runtime", "method"})
        group: SettingGroup = "models" if number else "base"
        prefix = f"{pair[1].name}: " if number else ""
        for name in ("name", "runtime", "method"):
            for dotted, value in _flat(content[name], name):
                found[group, f"{prefix}{dotted.removeprefix('method.').removeprefix('facts.')}"] = value
    return found


def _flat(value: JsonValue, name: str) -> Iterator[tuple[str, JsonValue]]:
    """The leaves of nested tables, with dotted names; lists stay whole unless they hold tables."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _flat(inner, f"{name}.{key}")
    elif isinstance(value, list) and any(isinstance(one, dict) for one in value):
        for number, inner in enumerate(value, start=1):
            yield from _flat(inner, f"{name}.{number}")
    else:
        yield name, value
