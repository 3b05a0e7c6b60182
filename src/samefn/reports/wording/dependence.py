"""Signs that inputs depend on each other, in words; and all warnings of a report."""

from samefn.schema.dependence import DependenceCode, DependenceEntry
from samefn.schema.report import Report

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
WHAT_TO_DO = (
    "Where inputs depend on each other, intervals are too narrow. Say which belong together: --set data.groups=NAME, "
    "or groups= in Python."
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


def all_warnings(report: Report) -> tuple[str, ...]:
    """The warnings of a report, in words."""
    names = {model.id: model.name for model in report.models}
    signs = [dependence_sentence(entry, names.get(entry.candidate, "")) for entry in report.dependence]
    advice = dict.fromkeys(
        DECLARE_DOCUMENTS if one.code == "windows in a row" else WHAT_TO_DO for one in report.dependence
    )
    return (*report.warnings, *signs, *advice)
