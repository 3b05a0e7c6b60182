"""One figure of a candidate, as people read it."""

from dataclasses import dataclass

from samefn.reports.wording.groups import Tone


@dataclass(frozen=True)
class Fact:
    """One figure of a candidate, or of the seeds of one method.

    Attributes:
        key: a stable code of what it is.
        label: of its line.
        value: the figure with its unit; of several seeds their median.
        interval: in square brackets its interval; of several seeds in round ones their range; empty without either.
        note: what else must be known; empty if nothing.
        tone: how good it is.
        short: the figure in a column of a table; the value where it is empty.
    """

    key: str
    label: str
    value: str
    interval: str = ""
    note: str = ""
    tone: Tone = "alike"
    short: str = ""
