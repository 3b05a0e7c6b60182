"""What the tests of this room share."""

from pathlib import Path

import pytest

HERE = str(Path(__file__).parent)


@pytest.fixture
def misdeeds(monkeypatch):
    """The functions to call can be imported by confined processes."""
    monkeypatch.syspath_prepend(HERE)
