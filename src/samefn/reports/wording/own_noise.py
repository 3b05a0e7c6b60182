"""A candidate's own noise in words: how many of its predictions change when it is run again."""

from dataclasses import dataclass

from samefn.reports.wording.numbers import format_share
from samefn.schema.base import Compared
from samefn.schema.lookup import by_measure
from samefn.schema.report import MeasureEntry, ModelEntry, Report

# From this share of its changed predictions on, the verdict's sentence says it.
WORTH_SAYING = 0.2


@dataclass(frozen=True)
class OwnNoise:
    """How many predictions of a candidate change when it is run again.

    Attributes:
        share: of them, in percent.
        how: it is run again.
        from_base: the share of its predictions that are not the base's, in percent.
    """

    share: str
    how: str
    from_base: str

    def __str__(self) -> str:
        return f"change on {self.share} % of inputs {self.how} (of {self.from_base} % from the base)"


def own_noise_note(report: Report, model: str, evaluation: str) -> str:
    """The note on a candidate whose predictions change when it is run again; empty on others.

    Args:
        report: with the candidate's replicates.
        model: id of the candidate.
        evaluation: the set of examples.
    """
    found = _furthest(report, model, evaluation)
    return "" if found is None else f"its own predictions {_noise(report, *found, model, evaluation)}"


def own_noise_sentence(report: Report, model: str, evaluation: str) -> str:
    """The same as a sentence; empty where that is little of what changed from the base."""
    noise = own_noise(report, model, evaluation)
    return f"Its own predictions {noise}." if noise else ""


def own_noise(report: Report, model: str, evaluation: str) -> OwnNoise | None:
    """The candidate's own noise; none where that is little of what changed from the base."""
    found = _furthest(report, model, evaluation)
    if found is None or (found[1].value or 0) < WORTH_SAYING * _from_base(report, model, evaluation):
        return None
    return _noise(report, *found, model, evaluation)


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
    share = by_measure(report.measures, Compared(model, report.base.id, evaluation)).get("disagreement")
    return 0.0 if share is None else share.value or 0.0


def _noise(report: Report, replicate: ModelEntry, entry: MeasureEntry, model: str, evaluation: str) -> OwnNoise:
    batches = {getattr(one.method, "batch_size", None) for one in (replicate, report.model(model))}
    how = "with the batch" if len(batches) > 1 else "when it is run again"
    own, from_base = (
        format_share(share, entry.examples) for share in (entry.value, _from_base(report, model, evaluation))
    )
    return OwnNoise(own, how, from_base)
