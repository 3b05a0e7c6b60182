"""The answer where nothing was judged: who is on which side of the independents, by changed answers."""

from samefn.core.naming import join_words
from samefn.reports.view import Findings, Side
from samefn.reports.wording.groups import Group, Member
from samefn.reports.wording.numbers import share

TITLES: dict[Side, str] = {
    "unchanged": "Changed no answer",
    "nearer": "Changed fewer answers than an independent model",
    "alike": "Cannot be told from an independent model",
    "farther": "Changed more answers than an independent model",
    "unjudged": "Changed some answers",
}

_YARDSTICK = "an independently trained model"
# In full where the reference is first spoken of, in short afterwards.
_PHRASES: dict[Side, tuple[str, str]] = {
    "unchanged": ("changed no answer", "changed no answer"),
    "nearer": (f"changed fewer answers than {_YARDSTICK}", "fewer"),
    "alike": (f"cannot be told from {_YARDSTICK} by the answers", "could not be told from one"),
    "farther": (f"changed more answers than {_YARDSTICK}", "more"),
    "unjudged": ("changed some answers", "changed some answers"),
}


def side_groups(findings: Findings) -> tuple[Group, ...]:
    """The sides that have members, nearest first, the least changed first within one."""
    found = [
        Group(
            side,
            title,
            tuple(Member(c.model, c.name, f"{share(c.value, c.entry.examples)} %") for c in findings.on(side)),
        )
        for side, title in TITLES.items()
    ]
    return tuple(group for group in found if group.members)


def side_headline(findings: Findings) -> str:
    """One sentence: how many candidates are on which side."""
    total = len(findings.compressed)
    subject = "one candidate" if total == 1 else f"{total} candidates"
    parts, compared = [], False
    for side in TITLES:
        if members := findings.on(side):
            long, short = _PHRASES[side]
            parts.append(f"{len(members)} {short if compared else long}")
            compared = compared or long.endswith(_YARDSTICK)
    return f"Of {subject}, {join_words(parts)}."
