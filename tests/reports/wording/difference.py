"""What differs between two runs."""

from collections.abc import Iterator

from samefn.reports.wording.difference import difference_lines
from samefn.schema.difference import (
    AnswerChange,
    Difference,
    FigureDifference,
    ModelDifference,
    Pairing,
    SettingDifference,
    UnmatchedModel,
)


def difference_wording() -> Iterator[tuple[str, str]]:
    """Each kind of line once, and each way of comparing."""
    for at, line in enumerate(difference_lines(_difference())):
        yield f"difference, line {at + 1}", line
    ways: tuple[Pairing, ...] = ("paired", "other inputs", "no rows", "groups")
    for way in ways:
        nothing = {"moved": 0, "changed_answers": 0, "models": (), "only_before": (), "claims": (), "settings": ()}
        yield (
            f"difference, {way}",
            " | ".join(difference_lines(_difference().model_copy(update={**nothing, "pairing": way}))),
        )


def _difference() -> Difference:
    share = {"unit": "share", "method": "paired", "moved": True}
    ends = {"before_low": 0.0055, "before_high": 0.011, "after_low": 0.068, "after_high": 0.085}
    figures = (
        FigureDifference(name="disagreement", before=0.008, after=0.076, **ends, towards="worse", **share),
        FigureDifference(name="agreement_base_right", before=0.99, after=0.93, towards="worse", **share),
        FigureDifference(
            name="bytes", unit="bytes", method="exact", before=1e6, after=9e5, moved=True, towards="better"
        ),
        FigureDifference(
            name="latency", unit="seconds", method="quartiles", before=0.02, after=0.01, moved=True, towards="better"
        ),
        FigureDifference(name="kl_divergence", unit="nats", method="paired", before=0.1, after=0.2, moved=True),
    )
    answers = (
        AnswerChange(question="verdict", before="same", after="changed"),
        AnswerChange(question="quality", before="no difference shown", after="worse"),
    )
    int8 = ModelDifference(
        name="int8.onnx",
        role="candidate",
        before="candidate-1",
        after="candidate-1",
        predictions=300,
        answers=answers,
        figures=figures,
    )
    unmoved = int8.model_copy(update={"name": "int4.onnx", "figures": (), "predictions": 0})
    return Difference(
        before="compare",
        after="compare",
        pairing="paired",
        examples=(4000, 4000),
        level=0.05,
        tested=41,
        moved=4,
        changed_answers=5,
        models=(int8, unmoved),
        only_before=(UnmatchedModel(name="fp8.onnx", role="candidate", error="it needs 3 inputs"),),
        claims=(AnswerChange(question="C3", before="holds", after="inconclusive"),),
        settings=(
            SettingDifference(group="settings", name="batch_size", before=32, after=64),
            SettingDifference(group="settings", name="limit", after=0.005),
            SettingDifference(group="base", name="files.base.onnx", before="0" * 64, after=f"{'0' * 63}1"),
        ),
    )
