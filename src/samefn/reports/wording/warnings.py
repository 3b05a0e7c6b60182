"""All warnings of a report, in words: about the base, the independents, and inputs that depend on each other."""

from samefn.core.naming import join_words
from samefn.reports.wording.numbers import format_with_interval
from samefn.schema.dependence import DependenceCode, DependenceEntry
from samefn.schema.independents import IndependentProblem, IndependentProblemCode
from samefn.schema.report import Report
from samefn.schema.verdicts import VerdictEntry

DEPENDENCE_WORDS: dict[DependenceCode, str] = {
    "repeated inputs": "{examples:,} inputs are nearly copies of others. If copies change together, the inputs say "
    "as much as {factor:.1f} times fewer.",
    "repeated predictions": "{name} and the base predict exactly the same for {examples:,} inputs as for others. If "
    "these are copies of one input, the inputs say as much as {factor:.1f} times fewer.",
    "changes in a row": "{name}: inputs that follow each other change together. The inputs say as much as about "
    "{factor:.1f} times fewer.",
    "distances in a row": "{name}: inputs that follow each other are about as far from the base. The inputs may say "
    "as much as {factor:.1f} times fewer.",
    "windows in a row": "{name}: windows of the text that follow each other are about as far from the base. They say "
    "as much as about {factor:.1f} times fewer.",
}
INDEPENDENT_WORDS: dict[IndependentProblemCode, str] = {
    "near twins": "{names} are much nearer to each other than to the other models ({figure:.2f} of that distance). "
    "They count for less than two: train each from weights of its own.",
    "near the base": "{names} is much nearer to the base than the other independents are ({figure:.2f} of their "
    "distance). It may share the base's start or file; then relative distances are too large.",
    "unequal distances": "The distances of the {number} independents to the base vary by {percent:.0f} %. More "
    "independents would settle relative distances.",
    "less accurate": "{names} is less accurate than the base by {percent:.2g} points. That is part of its distance, so "
    "relative distances are too small: near comes too easily. Train independents as well as the base.",
    "more accurate": "{names} is more accurate than the base by {percent:.2g} points. That is part of its distance, so "
    "relative distances are too small: near comes too easily. Train the base as well as the independents.",
    "failed training": "{names} is no better than always naming the most frequent class: its training failed. Leave it "
    "out, or train it again.",
}
WHAT_TO_DO = (
    "Where inputs depend on each other, intervals are too narrow. Say which belong together: --set data.groups=NAME, "
    "or groups= in Python."
)
IN_A_STUDY = (
    "Where inputs depend on each other, intervals are too narrow. A study cannot say which belong together; "
    "`samefn compare` can, for models and data of your own."
)
DECLARE_DOCUMENTS = (
    "Where windows depend on each other, intervals are too narrow. Say where documents begin, as in "
    "--set 'data.documents=<|endoftext|>', or give a folder with one .txt file for each document."
)


def dependence_sentence(entry: DependenceEntry, name: str) -> str:
    """One sign in words.

    Args:
        entry: the sign.
        name: of the model whose predictions show it.
    """
    return DEPENDENCE_WORDS[entry.code].format(examples=entry.examples, factor=entry.factor, name=name)


def independents_sentence(report: Report, problem: IndependentProblem) -> str:
    """What is wrong with some independents, what it does, and what to do."""
    names = join_words([report.model(one).name for one in problem.models])
    return INDEPENDENT_WORDS[problem.code].format(
        names=names, figure=problem.figure, percent=100 * problem.figure, number=len(problem.models)
    )


def base_sentence(report: Report) -> str:
    """What to check where the base is in doubt; empty where it is not."""
    doubtful = next((one for one in report.overall if one.doubt), None)
    if doubtful is None:
        return ""
    majority = next((one.majority for one in report.verdicts if one.evaluation == doubtful.evaluation), None)
    if majority == 1:
        return "All labels are of one class, so accuracy does not show whether a model does its task: check the labels."
    right, common = (format_with_interval(share, percent=True).text for share in (report.base.accuracy, majority))
    return (
        f"Check labels, preprocessing and base: its accuracy is {right} %, and the most frequent class is {common} % "
        "of the inputs. `samefn compare --explain` shows what a model is fed."
    )


def copies_sentence(report: Report) -> str:
    """The candidates that give the base's probabilities to the bit; empty where none does."""
    names = [
        report.model(one.candidate).name
        for one in report.verdicts
        if one.equal_up_to_rounding and _total_variation(report, one) == 0
    ]
    if not names:
        return ""
    subject = f"{join_words(names)} {'give' if len(names) > 1 else 'gives'}"
    return f"{subject} exactly the base's probabilities: is it a copy?"


def _total_variation(report: Report, verdict: VerdictEntry) -> float | None:
    about = (verdict.evaluation, verdict.base, verdict.candidate, "total_variation")
    entries = (one for one in report.measures if (one.evaluation, one.base, one.candidate, one.measure) == about)
    return next((one.value for one in entries), None)


def all_warnings(report: Report) -> tuple[str, ...]:
    """The warnings of a report, in words; that about the base comes first."""
    base = base_sentence(report)
    return (*([base] if base else []), *further_warnings(report))


def further_warnings(report: Report) -> tuple[str, ...]:
    """The warnings of a report but for that about the base."""
    names = {model.id: model.name for model in report.models}
    signs = [dependence_sentence(entry, names.get(entry.candidate, "")) for entry in report.dependence]
    of_inputs = WHAT_TO_DO if report.compared else IN_A_STUDY
    advice = dict.fromkeys(
        DECLARE_DOCUMENTS if one.code == "windows in a row" else of_inputs for one in report.dependence
    )
    problems = [independents_sentence(report, one) for one in report.independent_problems]
    copies = copies_sentence(report)
    return (*([copies] if copies else []), *report.warnings, *problems, *signs, *advice)
