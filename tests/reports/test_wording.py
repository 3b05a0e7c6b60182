"""The sentences of reports, all in one file: whoever changes wording sees in it what readers will see.

After a change of wording write the file again, and read its diff:

    WORDING=write pytest -n0 tests/reports/test_wording.py
"""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

from .wording.claims import claim_wording
from .wording.difference import difference_wording
from .wording.ladder import ladder_wording
from .wording.notes import note_wording
from .wording.requirements import requirement_wording
from .wording.summary import layer_wording, overview_wording, protocol_wording, summary_wording
from .wording.transfer import transfer_wording
from .wording.verdicts import headline_wording, verdict_wording
from .wording.warnings import dependence_wording, independents_wording

WORDING = Path(__file__).parents[1] / "data" / "wording.txt"

# Each yields the name of a case and its sentence.
CASES: tuple[Callable[[], Iterator[tuple[str, str]]], ...] = (
    headline_wording,
    verdict_wording,
    transfer_wording,
    claim_wording,
    requirement_wording,
    dependence_wording,
    independents_wording,
    note_wording,
    ladder_wording,
    summary_wording,
    layer_wording,
    protocol_wording,
    overview_wording,
    difference_wording,
)


def test_wording() -> None:
    cases = [case for make in CASES for case in make()]
    assert len(cases) == len({name for name, _ in cases})
    lines = [f"{name}: {sentence}" for name, sentence in cases]
    if os.environ.get("WORDING") == "write":
        WORDING.write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert WORDING.read_text(encoding="utf-8").splitlines() == lines
