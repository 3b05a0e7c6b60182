"""The page of error codes: what each means, and the lines that carry it, read from the source."""

import ast
from collections import defaultdict
from pathlib import Path

import samefn
from samefn.core.error_codes import ERRORS

SOURCE = Path(samefn.__file__).parent
KINDS = {
    "0": "Files, the store, the engine, the command line",
    "1": "Specs and options",
    "2": "Data sets",
    "3": "Models and runtimes",
    "4": "Predictions, measures and statistics",
    "5": "Comparisons and layers",
    "6": "Requirements and reports",
    "7": "Studies, training and compression",
}
INTRODUCTION = """# Error codes

<!-- Written by `python docs/generate.py`: change the code. -->

Every error ends in a code, such as `[SF203]`. A code keeps its meaning for ever. In Python it is `error.code`.
Exit code 2 means that samefn could not run, 3 an error of samefn itself. `...` stands for what an error
says of its case.
"""


def raised() -> dict[str, list[str]]:
    """By code, what the errors in the source say, in the order of the files; `...` for what is filled in."""
    found: dict[str, list[str]] = defaultdict(list)
    for path in sorted(SOURCE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("Error") and node.args:
                code = node.args[0]
                if isinstance(code, ast.Constant) and str(code.value).startswith("SF"):
                    said = _text(node.args[1]) if len(node.args) > 1 else "..."
                    fix = next((_text(keyword.value) for keyword in node.keywords if keyword.arg == "fix"), "")
                    found[str(code.value)].append(f"{said}; {fix}" if fix.strip("`. ") else said)
    return found


def errors_page() -> str:
    """The whole page."""
    lines, said = [INTRODUCTION], raised()
    for hundred, title in KINDS.items():
        lines += [f"## {title}", ""]
        for code, meaning in sorted(ERRORS.items()):
            if code[2] == hundred:
                texts = dict.fromkeys(text for text in said.get(code, []) if text.strip(". "))
                lines += [f"### {code}", "", meaning, "", *(f"- `{text}`" for text in texts), *([""] if texts else [])]
    return "\n".join(lines).rstrip() + "\n"


def _text(node: ast.expr) -> str:
    """A text of the source on one line."""
    match node:
        case ast.Constant(value=str(text)):
            return text.replace("`", "'")
        case ast.JoinedStr(values=parts):
            return " ".join("".join(_text(part) for part in parts).split())
    return "..."
