"""Signs that inputs depend on each other."""

from collections.abc import Iterator
from typing import get_args

from samefn.reports.wording.dependence import DECLARE_DOCUMENTS, WHAT_TO_DO, dependence_sentence
from samefn.schema.dependence import DependenceCode, DependenceEntry


def dependence_wording() -> Iterator[tuple[str, str]]:
    """Each sign once."""
    for code in get_args(DependenceCode):
        entry = DependenceEntry(code=code, candidate="candidate-1", examples=1200, factor=5.04)
        yield f"dependence, {code}", dependence_sentence(entry, "int8.onnx")
    yield "dependence, what to do", WHAT_TO_DO
    yield "dependence, what to do of windows", DECLARE_DOCUMENTS
