"""Every error has a code that the table explains, written where it is raised."""

import ast
import re
from pathlib import Path

from samefn.core.error_codes import ERRORS

ROOT = Path(__file__).parents[2]
ERROR_TYPES = {
    *("InputError", "SamefnError", "DamagedArtefactError", "DivergedError", "OwnError", "StorageError", "RowsError"),
}


def codes():
    """(file:line, first argument) of every error that is made in the source."""
    for path in sorted((ROOT / "src").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ERROR_TYPES:
                yield f"{path}:{node.lineno}", node.args[0]


def test_every_error_has_a_literal_code_of_the_table():
    for place, code in codes():
        assert isinstance(code, ast.Constant), place
        assert code.value in ERRORS, f"{place}: {code.value}"


def test_every_code_is_used_and_explained_by_one_sentence():
    used = {code.value for _, code in codes() if isinstance(code, ast.Constant)}
    for code, meaning in ERRORS.items():
        assert re.fullmatch(r"SF[0-7]\d\d", code), code
        assert code in used, code
        assert meaning.endswith("."), code


def test_tests_name_codes_that_exist():
    for path in (ROOT / "tests").rglob("*.py"):
        for code in re.findall(r"\bSF\d{3,4}\b", path.read_text(encoding="utf-8")):
            assert code in ERRORS, f"{path}: {code}"
