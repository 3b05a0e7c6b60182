"""The committed pages that are made from the code are what the code gives today."""

from pathlib import Path

import pytest

from generate import PAGES

DOCS = Path(__file__).parents[2] / "docs"


@pytest.mark.parametrize("name", PAGES)
def test_the_committed_page_is_the_generated_one(name: str) -> None:
    assert (DOCS / name).read_text(encoding="utf-8") == PAGES[name](), "run: python docs/generate.py"


def test_every_page_that_says_it_is_written_is_written() -> None:
    said = [path for path in DOCS.rglob("*.md") if "ritten by `python docs/generate.py`" in path.read_text("utf-8")]
    assert sorted(path.relative_to(DOCS).as_posix() for path in said) == sorted(PAGES)
