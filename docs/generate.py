"""Write the pages that are made from the code: `python docs/generate.py`.

A test holds each committed page equal to what is made here.
"""

from pathlib import Path

from generators.errors import errors_page
from generators.keys import architecture_page
from generators.measures import measures_page
from generators.python import python_page
from generators.report import report_page
from generators.spec import spec_page

PAGES = {
    "explanation/architecture.md": architecture_page,
    "reference/errors.md": errors_page,
    "reference/measures.md": measures_page,
    "reference/python.md": python_page,
    "reference/report.md": report_page,
    "reference/spec.md": spec_page,
}

if __name__ == "__main__":
    for name, page in PAGES.items():
        (Path(__file__).parent / name).write_text(page(), encoding="utf-8", newline="\n")
