"""Google-style docstrings, taken apart."""

import inspect
import re

_SECTION = re.compile(r"([A-Z][a-z]+):")
_ENTRY = re.compile(r"(\w+): (.+)")


def sections(text: str | None) -> dict[str, str]:
    r"""What a docstring says, by the name of the section: "" for what stands before the first, `Example` for doctests.

    >>> sections("A box.\n\nArgs:\n    size: how large.\n\n>>> box(1)\n")
    {'': 'A box.', 'Args': 'size: how large.', 'Example': '>>> box(1)'}
    """
    found: dict[str, list[str]] = {"": []}
    name = ""
    for line in inspect.cleandoc(text or "").splitlines():
        if match := _SECTION.fullmatch(line):
            name = match[1]
        elif line.startswith(">>> "):
            name = "Example"
        found.setdefault(name, [])
        if not match:
            found[name].append(line)
    return {name: inspect.cleandoc("\n".join(lines)) for name, lines in found.items()}


def entries(section: str) -> dict[str, str]:
    r"""What a section says of each name, in one line.

    >>> entries("size: how large,\n    in metres.\nname: its name.")
    {'size': 'how large, in metres.', 'name': 'its name.'}
    """
    found: dict[str, str] = {}
    for line in section.splitlines():
        if entry := _ENTRY.fullmatch(line):
            name, found[entry[1]] = entry[1], entry[2]
        elif line:
            found[name] += f" {line.strip()}"
    return found
