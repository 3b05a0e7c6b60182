"""Warnings: signs that inputs depend on each other, and what is wrong with independents."""

from collections.abc import Iterator
from typing import get_args

from samefn.reports.wording.warnings import (
    DECLARE_DOCUMENTS,
    WHAT_TO_DO,
    dependence_sentence,
    independents_sentence,
)
from samefn.schema.dependence import DependenceCode, DependenceEntry
from samefn.schema.independents import IndependentProblem, IndependentProblemCode

from .made_up import CANDIDATES, report


def dependence_wording() -> Iterator[tuple[str, str]]:
    """Each sign once."""
    for code in get_args(DependenceCode):
        entry = DependenceEntry(code=code, candidate="candidate-1", examples=1200, factor=5.04)
        yield f"dependence, {code}", dependence_sentence(entry, "int8.onnx")
    yield "dependence, what to do", WHAT_TO_DO
    yield "dependence, what to do of windows", DECLARE_DOCUMENTS


def independents_wording() -> Iterator[tuple[str, str]]:
    """Each problem once."""
    made = report()
    names = tuple(CANDIDATES)[:2]
    for code in get_args(IndependentProblemCode):
        models = names if code in ("near twins", "unequal distances") else names[:1]
        problem = IndependentProblem(evaluation="test", code=code, models=models, figure=0.31)
        yield f"independents, {code}", independents_sentence(made, problem)
