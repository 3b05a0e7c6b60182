"""A candidate's own noise in words: how many of its predictions change when it is run again."""

from samefn.reports.wording.numbers import format_share
from samefn.schema.report import MeasureEntry, ModelEntry, Report

# From this share of its changed predictions on, the verdict's sentence says it.
WORTH_SAYING = 0.2


def own_noise_note(report: Report, model: str, evaluation: str) -> str:
    """The note on a candidate whose predictions change when it is run again; empty on others.

    Args:
        report: with the candidate's replicates.
        model: id of the candidate.
        evaluation: the set of examples.
    """
    found = _furthest(report, model, evaluation)
    return "" if found is None else f"its own predictions {_words(report, *found, model, evaluation)}"


def own_noise_sentence(report: Report, model: str, evaluation: str) -> str:
    """The same as a sentence; empty where that is little of what changed from the base."""
    words = own_noise_words(report, model, evaluation)
    return f"Its own predictions {words}." if words else ""


def own_noise_words(report: Report, model: str, evaluation: str) -> str:
    """The same as a clause about its own predictions."""
    found = _furthest(report, model, evaluation)
    if found is None or (found[1].value or 0) < WORTH_SAYING * _from_base(report, model, evaluation):
        return ""
    return _words(report, *found, model, evaluation)


def _furthest(report: Report, model: str, evaluation: str) -> tuple[ModelEntry, MeasureEntry] | None:
    """Of its replicates the one with most changed predictions, with their share; None where none change."""
    replicates = {one.id: one for one in report.models if one.role == "replicate" and one.parent == model}
    shares = [
        entry
        for entry in report.measures
        if entry.candidate in replicates
        and (entry.evaluation, entry.base, entry.measure) == (evaluation, model, "disagreement")
    ]
    most = max(shares, key=lambda entry: entry.value or 0, default=None)
    return (replicates[most.candidate], most) if most is not None and most.value else None


def _from_base(report: Report, model: str, evaluation: str) -> float:
    """The share of predictions that are not the base's."""
    about = (evaluation, report.base.id, model, "disagreement")
    shares = (one.value for one in report.measures if (one.evaluation, one.base, one.candidate, one.measure) == about)
    return next(shares, None) or 0.0


def _words(report: Report, replicate: ModelEntry, entry: MeasureEntry, model: str, evaluation: str) -> str:
    batches = {getattr(one.method, "batch_size", None) for one in (replicate, report.model(model))}
    how = "with the batch" if len(batches) > 1 else "when it is run again"
    own, from_base = (
        format_share(share, entry.examples) for share in (entry.value, _from_base(report, model, evaluation))
    )
    return f"change on {own} % of inputs {how} (of {from_base} % from the base)"
