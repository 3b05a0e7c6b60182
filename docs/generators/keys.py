"""The table of keys in the architecture page, written from the one in code."""

from collections.abc import Iterator
from pathlib import Path

from samefn.config.identity import Algorithm, KeyPart
from samefn.config.keys import RESULT_KINDS

PAGE = Path(__file__).parents[1] / "explanation" / "architecture.md"
START, END = "<!-- keys: written by `python docs/generate.py` -->\n", "<!-- end of keys -->\n"
TASK = ("spec", "needs", "versions")


def key_table() -> str:
    """All kinds of results, and the parts that their keys share, in Markdown."""
    kinds = ["| kind | what it is | settings | starts from | versions | algorithm |", "|---|---|---|---|---|---|"]
    parts: dict[str, str] = {}
    for kind in RESULT_KINDS:
        parts_by_name = {field.name: field.part for field in kind.content.fields if field.part is not None}
        columns = [parts_by_name[name] for name in TASK] if parts_by_name else [kind.content, KeyPart(()), KeyPart(())]
        cells = [f"`{kind.name}`", kind.about, *map(_names, columns), _version(kind.algorithm)]
        kinds.append(f"| {' | '.join(cells)} |")
        parts |= {name: _names(part) for column in columns for name, part in _parts(column)}
    held = [f"| `{name}` | {names} |" for name, names in sorted(parts.items())]
    return "\n".join([*kinds, "", "| part | what is in it |", "|---|---|", *held, ""])


def architecture_page() -> str:
    """The page with the table as it is now."""
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(START)
    return f"{before}{START}\n{key_table()}\n{END}{rest.partition(END)[2]}"


def _names(part: KeyPart) -> str:
    return ", ".join(f"{field.name}{'' if field.always else '?'}" for field in part.fields)


def _parts(part: KeyPart) -> Iterator[tuple[str, KeyPart]]:
    """The parts inside a part, by the names of the fields that hold them."""
    for field in part.fields:
        if field.part is not None:
            yield field.name, field.part
            yield from _parts(field.part)


def _version(algorithm: Algorithm) -> str:
    if isinstance(algorithm, int):
        return str(algorithm)
    versions = {version for of_net in algorithm.values() for version in of_net.values()}
    if len(versions) == 1:
        return f"{versions.pop()}, one a net and device"
    return "; ".join(
        f"{net}: {', '.join(f'{device} {version}' for device, version in of_net.items())}"
        for net, of_net in algorithm.items()
    )
