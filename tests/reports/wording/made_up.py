"""A report of a few models, to be filled with the entries whose sentences are made."""

from typing import Any

from samefn.schema.environment import Environment
from samefn.schema.methods import Trained
from samefn.schema.report import DataEntry, MeasureEntry, ModelEntry, Report
from samefn.schema.training import Training
from samefn.schema.verdicts import AgainstLimit, Outcome, VerdictEntry

CANDIDATES: dict[str, tuple[str, Any, Outcome]] = {
    "int8": ("int8, dynamic", "quantized", "same"),
    "float16": ("float16", "quantized", "inconclusive"),
    "pruned-50": ("pruned 50 %", "pruned", "changed"),
    "pruned-90": ("pruned 90 %", "pruned", "broken"),
    "student-1": ("student, alpha 0.1, seed 1", "student", "changed"),
}


def report() -> Report:
    trained = Trained(net="lenet", seed=0, start="own", training=Training())
    models = [ModelEntry(id="base", name="base", role="base", method=trained)]
    models += [
        ModelEntry(id=model, name=name, role=role, method=trained) for model, (name, role, _) in CANDIDATES.items()
    ]
    return Report(
        samefn="0.1.0",
        name="made up",
        confidence=0.95,
        study={},
        environment=Environment(python="", system="", cpu="", cpu_flags={}, versions={}),
        data=DataEntry(
            name="made up",
            source="",
            fingerprint="",
            train_examples=0,
            test_examples=1000,
            class_names=("0", "1"),
            shape=(1,),
        ),
        models=tuple(models),
        measures=tuple(measure(model) for model in CANDIDATES),
        verdicts=tuple(verdict(model, outcome) for model, (_, _, outcome) in CANDIDATES.items()),
    )


def measure(candidate: str) -> MeasureEntry:
    return MeasureEntry(
        evaluation="test",
        base="base",
        candidate=candidate,
        measure="disagreement",
        value=0.016,
        low=0.012,
        high=0.021,
        examples=1000,
        interval="clopper-pearson",
    )


def verdict(candidate: str, outcome: Outcome) -> VerdictEntry:
    """A verdict on 16 changed predictions of 1,000, whatever it says."""
    changed = AgainstLimit(
        measure="disagreement", value=0.016, low=0.012, high=0.021, limit=0.01, origin="base error", side="open"
    )
    return VerdictEntry(
        evaluation="test",
        base="base",
        candidate=candidate,
        outcome=outcome,
        reason="share",
        against=(changed,),
        examples=1000,
        effective_examples=1000,
        class_limit=0.05,
        loss_limit=0.005,
    )
