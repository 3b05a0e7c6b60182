"""The house rules that tools hold: layers, types, style, and the front door's words."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def run(*arguments):
    done = subprocess.run([sys.executable, "-m", *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_rooms_import_lower_rooms_only():
    done = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


def test_types():
    run("mypy")


@pytest.mark.parametrize("rule", [("check",), ("format", "--check")])
def test_style(rule):
    run("ruff", *rule, ".")


def commands():
    """The shell commands of the README's first two code blocks."""
    return re.findall(r"```sh\n(.+?)\n```", (ROOT / "README.md").read_text(), re.DOTALL)[:2]


def test_ci_runs_the_readmes_test_command():
    [_, tests] = commands()
    assert tests.replace("pip install", "pip install -q") in (ROOT / ".ci" / "run").read_text()


def test_ci_runs_every_test_that_needs_an_extra():
    """Each file that is left out where a package is missing is named by a script that installs the package."""
    scripts = "".join((ROOT / ".ci" / name).read_text() for name in ("run", "cluster")).split()
    files = [path for path in (ROOT / "tests").rglob("test_*.py") if "importorskip(" in path.read_text()]
    files.remove(Path(__file__))
    assert files
    for path in files:
        names = [place.relative_to(ROOT).as_posix() for place in (path, path.parent)]
        assert any(name in scripts for name in names), path


def test_the_readme_installs_with_constraints():
    for command in commands():
        assert "python3 -m venv .venv && .venv/bin/pip install -c constraints.txt" in command


def test_constraints_hold_versions_and_no_place():
    for line in (ROOT / "constraints.txt").read_text().splitlines():
        assert re.fullmatch(r"#.*|[A-Za-z0-9_.-]+==[0-9][^ /@]*( ; sys_platform [!=]= \"linux\")?", line), line


def test_nothing_is_pickled():
    """No loader of pickles in the source: torch.load without weights_only, pickle, joblib, numpy with pickles."""
    for path in (ROOT / "src").rglob("*.py"):
        assert not re.search(
            r"pickle\.load|allow_pickle=True|weights_only=False|torch\.load\((?![^\n]*weights_only=True)|joblib\.load",
            path.read_text(),
        ), path


def test_files_hold_one_idea():
    for path in (ROOT / "src").rglob("*.py"):
        assert len(path.read_text().splitlines()) <= 300, path
