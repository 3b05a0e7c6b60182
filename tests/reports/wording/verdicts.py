"""Sentences of verdicts, of every outcome and reason, and the headlines above them."""

from collections.abc import Iterator
from pathlib import Path
from typing import get_args

from samefn.reports.read import read_report
from samefn.reports.view import ReportView
from samefn.reports.wording.headline import outcome_headline, outcome_sentences
from samefn.reports.wording.own_noise import own_noise_note
from samefn.reports.wording.verdicts import verdict_sentence
from samefn.schema.methods import Given
from samefn.schema.report import Report
from samefn.schema.verdicts import LimitOrigin, OverallEntry, PartChange, RelativeDistance, VerdictEntry

REPORT = read_report(Path(__file__).parents[2] / "data" / "v1" / "comparison.json")
VERDICT = REPORT.verdicts[0].model_copy(
    update={
        "outcome": "same", "reason": "share", "quality": "no labels", "net_loss": None, "distance": None,
        "inputs_needed": None, "examples": 4000, "effective_examples": 4000,
        "over": (), "hardest": None, "equal_up_to_rounding": None,
    }
)  # fmt: skip
CLASS = PartChange(by="class", name="cat", examples=100, changed=14, share=0.14, low=0.07, high=0.24)
SLICE = PartChange(by="camera", name="night", examples=90, changed=12, share=0.13, low=0.06, high=0.24)


def _against(value: float, low: float, high: float, **more: object) -> dict[str, object]:
    """The fields of a verdict on that share of changed predictions."""
    fields = {"limit": 0.005, "origin": "base error", "side": "open", **more}
    return {"against": (VERDICT.against[0].model_copy(update={"value": value, "low": low, "high": high, **fields}),)}


def _report(verdict: VerdictEntry, **distance: object) -> Report:
    """The report with that verdict on its one candidate, and that relative distance."""
    about = (verdict.candidate, "disagreement")
    template = next(one for one in REPORT.relative_distances if (one.candidate, one.measure) == about)
    distances: tuple[RelativeDistance, ...] = (
        template.model_copy(update={"examples": 4000, "independents": 3, **distance}),
    )
    return REPORT.model_copy(update={"relative_distances": distances, "verdicts": (verdict,), "overall": ()})


def _noisy(report: Report, candidate: str, batch: int) -> Report:
    """The report with a replicate of the candidate that was run in batches of so many, and of which 2 % changed."""
    entry = next(one for one in report.measures if one.candidate == candidate and one.measure == "disagreement")
    again = {"id": "again", "role": "replicate", "parent": candidate}
    method = Given(adapter="onnx", batch_size=batch)
    return report.model_copy(
        update={
            "models": (
                *(one.model_copy(update={"method": Given(adapter="onnx", batch_size=64)}) for one in report.models),
                report.model(candidate).model_copy(update={**again, "method": method}),
            ),
            "measures": (
                *(one for one in report.measures if one is not entry),
                entry.model_copy(update={"value": 0.03, "examples": 4000}),
                entry.model_copy(update={"value": 0.02, "examples": 4000, "base": candidate, "candidate": "again"}),
            ),
        }
    )


def verdict_wording() -> Iterator[tuple[str, str]]:
    """Every answer by every reason."""
    near = {"value": 0.02, "low": 0.01, "high": 0.04}
    far = {"value": 0.4, "low": 0.3, "high": 0.5}
    few, many = _against(0.001, 0.0003, 0.0022), _against(0.02, 0.015, 0.025)
    flips = {"flips_p_value": 6e-24, "net_loss": 0.0165, "net_loss_low": 0.013, "net_loss_high": 0.02}
    worse = {"quality": "worse", "negative_flips": 223, "positive_flips": 58, **flips}
    better = {
        "quality": "better",
        "negative_flips": 58,
        "positive_flips": 223,
        **flips,
        "net_loss": -0.0165,
        "net_loss_low": -0.02,
        "net_loss_high": -0.013,
    }
    level = {"quality": "no difference shown", "negative_flips": 3, "positive_flips": 2, "net_loss": 0.0002}
    changed, doubtful = {"outcome": "changed", **many}, {"outcome": "inconclusive", **_against(0.004, 0.002, 0.006)}
    cases: dict[str, tuple[dict[str, object], dict[str, object]]] = {
        **{
            f"same, limit {origin}": (_against(0.001, 0.0003, 0.0022, origin=origin), {})
            for origin in get_args(LimitOrigin)
        },
        "same, a class open": ({**few, "worst": CLASS, "class_limit": 0.05}, {}),
        "changed, surely worse": ({**changed, **worse, "flips_p_value": 0.0}, {}),
        "same, groups": ({**few, "effective_examples": 2833.4}, {}),
        "same, margins": ({**few, "reason": "margins"}, {}),
        "same, rounding": ({**few, "reason": "rounding", "equal_up_to_rounding": True}, {}),
        "same, near": ({**few, **level, "distance": "near"}, near),
        "same, probabilities moved": ({**few, "distance": "near", "probabilities_moved": True}, near),
        "changed, worse": ({**changed, **worse}, {}),
        "changed, worse in a class": ({**changed, **worse, "hardest": CLASS}, {}),
        "changed, better": ({**changed, **better}, {}),
        "changed, parts": ({**few, "outcome": "changed", "reason": "parts", "over": (CLASS, SLICE)}, {}),
        "changed, between": ({**changed, "distance": "between"}, far),
        "changed, between, one independent": ({**changed, "distance": "between"}, far | {"independents": 1}),
        "changed, independent": ({**changed, "distance": "independent"}, {"value": 1, "low": 0.9, "high": 1.1}),
        "changed, not shown": ({**changed, "distance": "not shown"}, far | {"low": 0.05}),
        "changed, refused": (
            {**changed, "distance": "not shown"}, {"value": None, "low": None, "high": None, "refused": "uncertain"},
        ),
        "inconclusive": ({**doubtful, "inputs_needed": 8999}, {}),
        "inconclusive, at the limit": (doubtful, {}),
        "inconclusive, worse": ({**doubtful, **worse, "inputs_needed": 8999}, {}),
        "inconclusive, rounding": (
            {**doubtful, "reason": "rounding", "equal_up_to_rounding": True, "inputs_needed": 737}, {},
        ),
        "broken": ({**changed, "outcome": "broken", "reason": "accuracy", "majority": 0.113}, {}),
    }  # fmt: skip
    for name, (fields, distance) in cases.items():
        verdict = VERDICT.model_copy(update=fields)
        yield f"verdict, {name}", verdict_sentence(_report(verdict, **distance), verdict)
    verdict = VERDICT.model_copy(update=doubtful)
    for batch, how in ((16, "with the batch"), (64, "run again")):
        report = _noisy(_report(verdict), verdict.candidate, batch)
        yield f"verdict, own noise, {how}", verdict_sentence(report, verdict)
        yield f"note, own noise, {how}", own_noise_note(report, verdict.candidate, verdict.evaluation)


def headline_wording() -> Iterator[tuple[str, str]]:
    """Headlines of one candidate, of two, and where the base is in doubt."""
    names = [entry.candidate for entry in REPORT.verdicts]
    for outcomes in (("same",), ("inconclusive",), ("changed",), ("broken",), ("same", "same"),
                     ("same", "inconclusive"), ("same", "changed"), ("changed", "changed")):  # fmt: skip
        verdicts = tuple(
            VERDICT.model_copy(update={"candidate": name, "outcome": outcome})
            for name, outcome in zip(names, outcomes, strict=False)
        )
        report = REPORT.model_copy(update={"verdicts": verdicts, "overall": ()})
        yield f"headline, {', '.join(outcomes)}", outcome_headline(ReportView(report))
    for outcome, quality in (("changed", "worse"), ("inconclusive", "worse"), ("changed", "better")):
        worst = OverallEntry(evaluation=VERDICT.evaluation, outcome=outcome, quality=quality, candidate=names[0])
        verdicts = (VERDICT.model_copy(update={"outcome": outcome, "quality": quality}),)
        report = REPORT.model_copy(update={"verdicts": verdicts, "overall": (worst,)})
        yield f"headline, {outcome}, {quality}", outcome_headline(ReportView(report))
    doubt = OverallEntry(evaluation=VERDICT.evaluation, outcome="same", candidate=names[0], doubt="no better")
    one = VERDICT.model_copy(update={"outcome": "same"})
    report = REPORT.model_copy(update={"verdicts": (one,), "overall": (doubt,)})
    yield "headline, a base in doubt", outcome_headline(ReportView(report))
    for name, chance in {"each": 0.049375, "simultaneous": 0.02484375}.items():
        many = doubt.model_copy(update={"doubt": "", "candidates": 2, "wrong_same": chance})
        found = dict(outcome_sentences(ReportView(report.model_copy(update={"overall": (many,)}))))
        yield f"chances, {name}", found["Chance"]
