"""What every test relies on."""

import pytest
import torch
from hypothesis import settings

# Machines differ in speed, and a test that a slow one fails is a defect.
settings.register_profile("samefn", deadline=None)
settings.load_profile("samefn")


@pytest.fixture(autouse=True, scope="session")
def _one_thread() -> None:
    """One thread, as samefn's own workers have: several processes of several threads would only wait."""
    torch.set_num_threads(1)
