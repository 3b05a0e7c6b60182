"""The answer in plain words, made from the figures: the verdicts, or where there are none, the changed answers."""

from samefn.core.naming import join_words
from samefn.reports.view import Comparison, Findings
from samefn.reports.wording.claims import claims_summary
from samefn.reports.wording.groups import Group
from samefn.reports.wording.headline import (
    inconclusive_sentences,
    outcome_groups,
    outcome_headline,
    outcome_sentences,
)
from samefn.reports.wording.independent_groups import side_groups, side_headline
from samefn.reports.wording.numbers import count, figure, share
from samefn.reports.wording.transfer import transfer_summary


def how_to_get_one(findings: Findings) -> str:
    """How to get a scale, in the words of a comparison or of a study."""
    compared = findings.report.compared
    give = "give them with --independent" if compared else "name their seeds, as in independents = [1, 2, 3, 4, 5]"
    return (
        f"To get one, train models like the base from other initial weights and {give}: two at least, five are better."
    )


def groups(findings: Findings) -> tuple[Group, ...]:
    """The candidates by verdict, the best first; where nothing was judged, by side of the reference."""
    return outcome_groups(findings) if findings.judged else side_groups(findings)


def headline(findings: Findings) -> str:
    """One sentence: the overall verdict and the worst candidate; without verdicts, how many are on which side."""
    if findings.base is None:
        return "The base could not be made, so nothing can be compared."
    if findings.judged:
        return outcome_headline(findings)
    return side_headline(findings) if findings.compressed else "No candidate was measured."


def sentences(findings: Findings) -> tuple[tuple[str, str], ...]:
    """What the headline rests on, as (term, sentence): counts, reference, noise_floor, teacher, claims, accuracy."""
    judged = findings.judged and findings.base is not None
    said = [*outcome_sentences(findings), *inconclusive_sentences(findings)] if judged else []
    said.append(("Yardstick", _yardstick(findings)))
    if findings.examples_only:
        said.append(
            (
                "Intervals",
                "With one independently trained model the intervals of the scale are about other examples only, "
                "not about other independents, and nothing can be called an independent.",
            )
        )
    if again := _measured(findings, "replicate"):
        said.append(("Measured again", again))
    if asked := transfer_summary(findings):
        said.append(("From the teacher", asked))
    elif control := _measured(findings, "control"):
        said.append(("No teacher", control))
    if findings.report.claims:
        said.append(("Claims", claims_summary(findings)))
    hidden = findings.concealed
    if hidden is not None and findings.base is not None:
        examples = hidden.entry.examples
        said.append(
            (
                "Accuracy misleads",
                f"{hidden.name} is right on {share(hidden.model.accuracy, examples)} % of the inputs, "
                f"the base on {share(findings.base.accuracy, examples)} %, yet {changed(hidden)}.",
            )
        )
    return tuple(said)


def _measured(findings: Findings, role: str) -> str:
    found = [c for c in findings.comparisons if c.model.role == role]
    return "; ".join(f"{c.name}: {changed(c)}" for c in found) + "." if found else ""


def _yardstick(findings: Findings) -> str:
    reference = findings.reference
    if reference is None:
        return (
            "There is no independently trained model to compare with, so there is no scale: the figures are absolute "
            f"ones. {how_to_get_one(findings)}"
        )
    values = sorted(c.value for c in reference.comparisons)
    shares = [f"{share(value, reference.comparisons[0].entry.examples)} %" for value in values]
    on = join_words(shares) if len(shares) < 3 else f"{shares[0]} to {shares[-1]}"
    on = shares[0] if shares[0] == shares[-1] else on
    who = "One independently trained model differs"
    if len(values) > 1:
        who = f"{len(values)} independently trained models differ"
    low, high = figure(values[0], reference.low, reference.high, percent=True).interval[1:-1].split(", ")
    interval = "intervals" if len(values) > 1 else "an interval"
    return f"{who} from the base on {on} of the inputs, with {interval} from {low} to {high} %."


def changed(comparison: Comparison) -> str:
    """How many answers changed, in words that carry the number of inputs.

    Counts are whole: a disagreement is a share of the examples.
    """
    examples = comparison.entry.examples
    if comparison.value == 0:
        return f"no input of {count(examples)} changed its answer"
    return (
        f"{count(round(comparison.value * examples))} of {count(examples)} inputs "
        f"({share(comparison.value, examples)} %) changed their answer"
    )
