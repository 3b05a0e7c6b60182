"""Sentences of verdicts, of every outcome and reason, and the headlines above them."""

from collections.abc import Iterator
from pathlib import Path

from samefn.reports.read import read_report
from samefn.reports.view import ReportView
from samefn.reports.wording.headline import outcome_headline
from samefn.reports.wording.verdicts import verdict_sentence
from samefn.schema.report import Report
from samefn.schema.verdicts import OverallEntry, RelativeDistance, VerdictEntry

REPORT = read_report(Path(__file__).parents[2] / "data" / "v1" / "comparison.json")
VERDICT = REPORT.verdicts[0].model_copy(
    update={"minimum_detectable_change": None, "minimum_detectable_share": None, "inputs_needed": None}
)
INDEPENDENTS = {"outcome": "same", "reason": "relative distance", "minimum_detectable_change": 0.13}
ALONE = {"outcome": "inconclusive", "reason": "share", "share_limit": 0.005, "minimum_detectable_share": 0.0093}


def _report(verdict: VerdictEntry, share: tuple[float, float, float], **scale: object) -> Report:
    """The report with that verdict on its one candidate, that share of changed predictions, and those distances."""
    value, low, high = share
    measures = tuple(
        entry.model_copy(update={"value": value, "low": low, "high": high, "examples": 4000})
        if (entry.candidate, entry.measure) == (verdict.candidate, "disagreement")
        else entry
        for entry in REPORT.measures
    )
    about = (verdict.candidate, "disagreement")
    template = next(one for one in REPORT.relative_distances if (one.candidate, one.measure) == about)
    scales: list[RelativeDistance] = [
        template.model_copy(
            update={"measure": measure, "examples": 4000, "independents": 3, "error": (0, 0, 0), **scale}
        )
        for measure in ("disagreement", "total_variation")
    ]
    return REPORT.model_copy(
        update={"measures": measures, "relative_distances": tuple(scales), "verdicts": (verdict,), "overall": ()}
    )


def verdict_wording() -> Iterator[tuple[str, str]]:
    """Every outcome by every reason."""
    near = {"value": 0.02, "low": 0.01, "high": 0.04}
    far = {"value": 0.4, "low": 0.3, "high": 0.5}
    changed = {**INDEPENDENTS, "outcome": "changed"}
    cases = {
        "same": (INDEPENDENTS, (0.001, 0.0003, 0.0022), near),
        "changed": (changed, (0.02, 0.015, 0.025), far),
        "changed, one independent": (changed, (0.02, 0.015, 0.025), far | {"independents": 1}),
        "changed, unequal independents": (changed, (0.02, 0.015, 0.025), far | {"error": (0, 0, 0.04 / 3)}),
        "independent": (
            {**INDEPENDENTS, "outcome": "independent"}, (0.08, 0.07, 0.09), {"value": 1, "low": 0.9, "high": 1.1},
        ),
        "inconclusive": ({**INDEPENDENTS, "outcome": "inconclusive"}, (0.004, 0.002, 0.006), near | {"high": 0.14}),
        "inconclusive, with a number": (
            {**INDEPENDENTS, "outcome": "inconclusive", "inputs_needed": 9000}, (0.0005, 0.0001, 0.001),
            near | {"high": 0.14},
        ),
        "inconclusive, refused": (
            {**INDEPENDENTS, "outcome": "inconclusive", "reason": "refused", "minimum_detectable_change": None},
            (0.01, 0.005, 0.02), {"value": None, "low": None, "high": None, "refused": "uncertain"},
        ),
        "alone, same": ({**ALONE, "outcome": "same"}, (0.0005, 0.0001, 0.001), {}),
        "alone, with a number": ({**ALONE, "inputs_needed": 9000}, (0.002, 0.001, 0.006), {}),
        "alone, over the limit": (ALONE, (0.02, 0.015, 0.025), {}),
        "alone, at the limit": (ALONE, (0.006, 0.004, 0.009), {}),
        "alone, a base without errors": ({**ALONE, "share_limit": 0.0}, (0.0, 0.0, 0.001), {}),
        "no reference": ({"outcome": "inconclusive", "reason": "no reference"}, (0.001, 0.0, 0.004), {}),
        "broken": ({"outcome": "broken", "reason": "accuracy", "majority": 0.113}, (0.9, 0.88, 0.91), {}),
    }  # fmt: skip
    for name, (fields, share, scale) in cases.items():
        verdict = VERDICT.model_copy(update=fields)
        yield f"verdict, {name}", verdict_sentence(_report(verdict, share, **scale), verdict)


def headline_wording() -> Iterator[tuple[str, str]]:
    """Headlines of one candidate, of two, and where the base is in doubt."""
    names = [entry.candidate for entry in REPORT.verdicts]
    for outcomes in (("same",), ("inconclusive",), ("changed",), ("independent",), ("broken",), ("same", "same"),
                     ("same", "inconclusive"), ("same", "changed"), ("changed", "changed")):  # fmt: skip
        verdicts = tuple(
            VERDICT.model_copy(update={"candidate": name, "outcome": outcome})
            for name, outcome in zip(names, outcomes, strict=False)
        )
        report = REPORT.model_copy(update={"verdicts": verdicts, "overall": ()})
        yield f"headline, {', '.join(outcomes)}", outcome_headline(ReportView(report))
    doubt = OverallEntry(evaluation=VERDICT.evaluation, outcome="same", candidate=names[0], doubt="no better")
    one = VERDICT.model_copy(update={"outcome": "same"})
    report = REPORT.model_copy(update={"verdicts": (one,), "overall": (doubt,)})
    yield "headline, a base in doubt", outcome_headline(ReportView(report))
