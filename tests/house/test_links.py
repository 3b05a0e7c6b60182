"""Links between pages resolve: the file is there, and the heading is in it."""

import re
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FOLDERS = ("docs", "results", "examples", "benchmarks", "src", "tests")
PAGES = sorted([*ROOT.glob("*.md"), *(path for folder in FOLDERS for path in (ROOT / folder).rglob("*.md"))])
LINK = re.compile(r"\]\(\s*<?([^()\s>]+)>?[^()]*\)")


def prose(text):
    """A page without its code."""
    return re.sub(r"`[^`\n]*`", "", re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE))


def anchors(text):
    """The anchors of a page's headings, as GitHub makes them: repeated ones are numbered."""
    seen = Counter()
    for heading in re.findall(r"^#+ +(.+?)\s*$", re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.M), re.M):
        shown = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading)
        name = re.sub(r"[^\w\- ]", "", shown.lower()).replace(" ", "-")
        yield f"{name}-{seen[name]}" if seen[name] else name
        seen[name] += 1


def broken(page):
    """The links of a page that lead nowhere; those to other sites are not tried."""
    for link in LINK.findall(prose(page.read_text("utf-8"))):
        if re.match(r"[a-z]+:", link):
            continue
        name, _, anchor = link.partition("#")
        target = (page.parent / name).resolve() if name else page
        if not target.exists() or (anchor and anchor not in anchors(target.read_text("utf-8"))):
            yield link


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_link_of_a_page_leads_somewhere(page):
    assert list(broken(page)) == []


def test_a_link_that_leads_nowhere_is_found(tmp_path):
    other = "# Two `words`, [a link](x)\n\n```sh\n# no heading\n```\n\n## Twice\n\n## Twice\n"
    (tmp_path / "other.md").write_text(other)
    page = tmp_path / "page.md"
    good = ["other.md", "other.md#two-words-a-link", "other.md#twice-1", "#here", "https://example.org/none.md"]
    bad = ["none.md", "other.md#no-heading", "other.md#twice-2", "#there"]
    page.write_text("# Here\n" + "".join(f"[a\nb]({link})\n" for link in good + bad) + "`[code](none.md)`\n")
    assert list(broken(page)) == bad


def test_the_pages_that_code_names_are_there():
    folders = ("src", "tests", "benchmarks", "examples", ".ci")
    named = {
        name
        for path in (path for folder in folders for path in (ROOT / folder).rglob("*"))
        if path.suffix in {".py", ".sh", ".toml", ".j2", ""} and path.is_file() and path != Path(__file__)
        for name in re.findall(r"\bdocs/[\w/.-]+\.md\b", path.read_text("utf-8"))
    }
    assert len(named) > 5
    assert [name for name in sorted(named) if not (ROOT / name).exists()] == []


def test_every_page_of_the_docs_is_in_the_table_of_contents():
    index = ROOT / "docs" / "index.md"
    linked = {(index.parent / link.partition("#")[0]).resolve() for link in LINK.findall(index.read_text("utf-8"))}
    assert [path for path in (ROOT / "docs").rglob("*.md") if path != index and path not in linked] == []
