"""The summary of a report in sentences: the verdicts, or where there are none, the changed predictions."""

from samefn.core.naming import join_words
from samefn.reports.view import ModelComparison, ReportView
from samefn.reports.wording.claims import claims_summary
from samefn.reports.wording.headline import (
    inconclusive_sentences,
    outcome_headline,
    outcome_sentences,
)
from samefn.reports.wording.ladder import ladder_sentences
from samefn.reports.wording.numbers import format_count, format_share, format_with_interval
from samefn.reports.wording.transfer import transfer_summary
from samefn.schema.report import Role


def how_to_add_independents(view: ReportView) -> str:
    """How to add independents, for a comparison or for a study."""
    compared = view.report.compared
    option = "give them with --independent" if compared else "name their seeds, as in independents = [1, 2, 3, 4, 5]"
    return (
        f"To get relative distances, train models like the base from other initial weights and {option}: at least two, "
        "better five."
    )


def headline(view: ReportView) -> str:
    """One sentence: the overall verdict and the worst candidate."""
    if view.base is None:
        return "The base could not be made, so nothing can be compared."
    return outcome_headline(view) if view.judged else "No candidate was measured."


def summary_sentences(view: ReportView) -> tuple[tuple[str, str], ...]:
    """What the headline rests on, as (term, sentence): counts, independents, noise floor, teacher, claims, accuracy."""
    judged = view.judged and view.base is not None
    summary = [*outcome_sentences(view), *inconclusive_sentences(view)] if judged else []
    summary += ladder_sentences(view)
    summary.append(("Independents", _independents(view)))
    if view.one_independent:
        summary.append(
            (
                "Intervals",
                "There is only one independently trained model. How much such models vary is taken from trainings of "
                "other nets, and no candidate can be called independent.",
            )
        )
    if replicates := _changed_by_role(view, "replicate"):
        summary.append(("Noise floor", replicates))
    if transfer := transfer_summary(view):
        summary.append(("From the teacher", transfer))
    elif controls := _changed_by_role(view, "control"):
        summary.append(("No teacher", controls))
    if view.report.claims:
        summary.append(("Claims", claims_summary(view)))
    hidden = view.hidden_change
    if hidden is not None and view.base is not None:
        examples = hidden.entry.examples
        summary.append(
            (
                "Accuracy misleads",
                f"{hidden.name} is right on {format_share(hidden.model.accuracy, examples)} % of the inputs and the "
                f"base on {format_share(view.base.accuracy, examples)} %, but {changed_share_words(hidden)}.",
            )
        )
    return tuple(summary)


def changed_share_words(comparison: ModelComparison) -> str:
    """How many predictions changed, with the number of inputs.

    Counts are whole: a disagreement is a share of the examples.
    """
    examples = comparison.entry.examples
    if comparison.value == 0:
        return f"none of {format_count(examples)} predictions changed"
    return (
        f"{format_count(round(comparison.value * examples))} of {format_count(examples)} predictions changed "
        f"({format_share(comparison.value, examples)} %)"
    )


def missing_models(view: ReportView) -> tuple[str, ...]:
    """One sentence for each kind of model that a study's report has none of; nothing for a comparison."""
    roles = {model.role for model in view.models}
    sentences: dict[Role, str] = {
        "independent": "No independently trained model.",
        "quantized": "No quantised model.",
        "student": "No student.",
        "pruned": "No pruned model.",
    }
    return () if "candidate" in roles else tuple(text for role, text in sentences.items() if role not in roles)


def _changed_by_role(view: ReportView, role: Role) -> str:
    comparisons = [c for c in view.comparisons if c.model.role == role]
    return "; ".join(f"{c.name}: {changed_share_words(c)}" for c in comparisons) + "." if comparisons else ""


def _independents(view: ReportView) -> str:
    independent_range = view.independent_range
    if independent_range is None:
        return (
            "There is no independently trained model, so there are no relative distances: all figures are absolute. "
            f"{how_to_add_independents(view)}"
        )
    comparisons = independent_range.comparisons
    values = sorted(c.value for c in comparisons)
    shares = [f"{format_share(value, comparisons[0].entry.examples)} %" for value in values]
    text = join_words(shares) if len(shares) < 3 else f"{shares[0]} to {shares[-1]}"
    text = shares[0] if shares[0] == shares[-1] else text
    subject = "One independently trained model differs"
    if len(values) > 1:
        subject = f"{len(values)} independently trained models differ"
    interval = format_with_interval(values[0], independent_range.low, independent_range.high, percent=True).interval
    low, high = interval[1:-1].split(", ")
    noun = "intervals" if len(values) > 1 else "an interval"
    return f"{subject} from the base on {text} of the inputs, with {noun} from {low} to {high} %."
