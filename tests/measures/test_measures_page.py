"""The committed reference page is the one that the table gives."""

from pathlib import Path

from samefn.measures.reference import measures_page

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "measures.md"


def test_the_committed_page_is_the_generated_one() -> None:
    assert PAGE.read_text(encoding="utf-8") == measures_page(), (
        "run: python -m samefn.measures.reference docs/reference/measures.md"
    )
