"""What CONTRIBUTING and the architecture's page name is there, under that name."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "samefn"
PAGES = [ROOT / "CONTRIBUTING.md", ROOT / "docs" / "explanation" / "architecture.md"]
EVERY_PAGE = [ROOT / "README.md", ROOT / "CHANGELOG.md", PAGES[0], *(ROOT / "docs").rglob("*.md")]
FILES = r"(?:py|md|toml|txt|yaml)"

on_both_pages = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)


def paths(text):
    """What stands in backticks and is a file or a folder; of tests/ROOM, where the reader fills in, tests."""
    found = re.findall(rf"`((?:[\w.-]+/)+[\w.-]*|[\w.-]+\.{FILES})`|python ([\w/]+\.py)", text)
    return [re.sub(r"/[A-Z]+$", "", path or script) for path, script in found]


def exists(path):
    """Whether a path is there: from the root, or the end of one in the source."""
    return (ROOT / path).exists() or any(SOURCE.glob(f"**/{path}"))


def defined(name):
    """Whether a dotted name of samefn is a module, or something that a module of that name defines."""
    *module, last = name.removeprefix("samefn.").split(".")
    own = SOURCE.joinpath(*module, last)
    files = SOURCE.glob(f"**/{'/'.join(module)}.py")
    definition = re.compile(rf"^(?:class |def )?{last}\b", re.MULTILINE)
    return (
        own.is_dir() or own.with_suffix(".py").is_file() or any(definition.search(path.read_text()) for path in files)
    )


@on_both_pages
def test_paths_exist(page):
    named = paths(page.read_text())
    assert len(named) > 5
    assert [path for path in named if not exists(path)] == []


@on_both_pages
def test_names_are_defined(page):
    text = page.read_text()
    dotted = re.findall(rf"`((?:[a-z_]+\.)+(?!{FILES}`|json`|parquet`)[A-Za-z_]+)`", text)
    modules = re.findall(r"python -m ([\w.]+)", text)
    assert dotted
    assert [name for name in dotted + modules if not defined(name)] == []


@on_both_pages
def test_what_stands_in_a_file_is_in_it(page):
    for name, path in re.findall(r"`(\w+)` (?:\(|in )`([\w/]+\.py)`", page.read_text()):
        assert any(re.search(rf"\b{name}\b", file.read_text()) for file in SOURCE.glob(f"**/{path}")), (name, path)


def test_the_table_of_rooms_is_the_folders():
    table = PAGES[1].read_text().partition("| room |")[2].partition("\n\n")[0]
    rooms = [room for line in table.splitlines()[2:] for room in re.findall(r"`(\w+)`", line.split("|")[1])]
    assert sorted(rooms) == sorted({path.parent.name for path in SOURCE.glob("*/__init__.py")} | {"testing"})


@pytest.mark.parametrize("page", EVERY_PAGE, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page):
    links = re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", page.read_text())
    assert [link for link in links if not (page.parent / link).exists()] == []


def test_pre_commit_runs_the_checks_of_contributing():
    hooks = re.findall(r"entry: (.+)", (ROOT / ".pre-commit-config.yaml").read_text())
    assert f"\n{' && '.join(hooks)}\n" in PAGES[0].read_text()
