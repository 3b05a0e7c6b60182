"""The notebook of the examples: it runs from its first cell to its last, and says what its text says of it."""

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

NOTEBOOK = Path(__file__).parents[2] / "examples" / "first_comparison.ipynb"
CANDIDATES = ("8 bits", "4 bits", "30 % pruned")


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """The notebook, executed in a folder of its own, and the folder."""
    folder = tmp_path_factory.mktemp("notebook")
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    NotebookClient(notebook, timeout=None, resources={"metadata": {"path": str(folder)}}).execute()
    return notebook, folder


def outputs(notebook, kind):
    return [one for cell in notebook.cells for one in cell.get("outputs", ()) if one.output_type == kind]


def test_every_cell_runs_and_shows_what_it_is_about(run):
    notebook, folder = run
    assert outputs(notebook, "error") == []
    printed, _ = outputs(notebook, "stream")
    pages = [one.data["text/html"] for one in outputs(notebook, "execute_result") if "text/html" in one.data]
    for name in CANDIDATES:
        assert name in printed.text
        assert name in pages[0]
    assert "<img" in pages[0]
    assert (folder / "digits" / "report.html").is_file()
    assert (folder / "candidates.svg").read_text().startswith("<svg")


def test_the_notebook_of_the_repository_has_its_outputs_and_is_small(run):
    kept = nbformat.read(NOTEBOOK, as_version=4)
    again, _ = run
    assert [cell.source for cell in kept.cells] == [cell.source for cell in again.cells]
    assert len(outputs(kept, "execute_result")) == len(outputs(again, "execute_result"))
    assert outputs(kept, "error") == []
    assert NOTEBOOK.stat().st_size < 200_000
    assert str(Path.home()) not in NOTEBOOK.read_text(encoding="utf-8")
