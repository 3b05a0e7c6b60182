"""The summary where nothing was judged: how candidates compare with the independents, by changed predictions."""

from samefn.core.naming import join_words
from samefn.reports.view import IndependentGroup, ReportView
from samefn.reports.wording.groups import CardItem, SummaryCard
from samefn.reports.wording.numbers import format_share

GROUP_TITLES: dict[IndependentGroup, str] = {
    "unchanged": "No changed prediction",
    "nearer": "Fewer changed predictions than an independent model",
    "alike": "Not shown to differ from an independent model",
    "farther": "More changed predictions than an independent model",
    "unjudged": "Some changed predictions",
}

# The first sentence part that compares with an independent names it in full.
_REFERENCE = "an independently trained model"
_PHRASES: dict[IndependentGroup, tuple[str, str]] = {
    "unchanged": ("changed no prediction", "changed no prediction"),
    "nearer": (f"changed fewer predictions than {_REFERENCE}", "fewer"),
    "alike": (f"changed about as many predictions as {_REFERENCE}", "about as many"),
    "farther": (f"changed more predictions than {_REFERENCE}", "more"),
    "unjudged": ("changed some predictions", "changed some predictions"),
}


def independent_cards(view: ReportView) -> tuple[SummaryCard, ...]:
    """The groups that have members, nearest first, the least changed first within one."""
    cards = [
        SummaryCard(
            group,
            title,
            tuple(
                CardItem(c.model, c.name, f"{format_share(c.value, c.entry.examples)} %")
                for c in view.group_members(group)
            ),
        )
        for group, title in GROUP_TITLES.items()
    ]
    return tuple(card for card in cards if card.members)


def independent_headline(view: ReportView) -> str:
    """One sentence: how many candidates are in each group."""
    total = len(view.compressed)
    if total == 1:
        return f"The candidate {_PHRASES[view.independent_group(view.compressed[0])][0]}."
    parts, compared = [], False
    for group in GROUP_TITLES:
        if members := view.group_members(group):
            long, short = _PHRASES[group]
            parts.append(f"{len(members)} {short if compared else long}")
            compared = compared or long.endswith(_REFERENCE)
    return f"Of {total} candidates, {join_words(parts)}."
