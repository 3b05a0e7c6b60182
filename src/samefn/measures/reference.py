"""The reference page of the measures, written from their table.

Write it anew after a change of the table:

    python -m samefn.measures.reference docs/reference/measures.md
"""

import math
import sys
from pathlib import Path

from samefn.measures.table import MEASURES, Measure

INTRODUCTION = """\
# Measures

<!-- Written by `python -m samefn.measures.reference docs/reference/measures.md`: change the table. -->

How far is a candidate from its base? p and q are the rows of probabilities of base and candidate on one
example; sums run over the classes, means over the examples; ln is the natural logarithm, and [ ] is 1 where
the condition holds and 0 elsewhere. Of classes that tie, the one with the lowest index comes first.

Everything is computed in float64 from log-probabilities. A model against itself gives exactly the value
under *same model*. `samefn.rows(base, candidate)` has one row an example and one column a measure; a value is
the mean of its column, so shards can be merged. Accuracy deviation has no column: it follows from the means
of `base_right` and `right`.
"""


def measures_page() -> str:
    """The page in Markdown."""
    head = "| measure | name | unit | range | same model | symmetric | needs labels |\n" + "|---" * 7 + "|\n"
    lines = (
        f"| [{m.title}](#{_anchor(m)}) | `{m.name}` | {m.unit} | {_range(m)} | {m.identical:g} "
        f"| {_yes(m.symmetric)} | {_yes(m.needs_labels)} |\n"
        for m in MEASURES.values()
    )
    return INTRODUCTION + "\n" + head + "".join(lines) + "".join(_section(m) for m in MEASURES.values())


def _section(m: Measure) -> str:
    return f"""
## {m.title}

{m.meaning}

    {m.name} = {m.formula}

- Unit: {m.unit}; from {_range(m)}; {m.identical:g} for the same model.
- Direction: {_direction(m)}{"" if m.symmetric else " Base and candidate cannot be exchanged."}
- Source: {m.source}.
"""


def _direction(m: Measure) -> str:
    return {
        "distance": "the larger, the further apart.",
        "similarity": "the larger, the nearer.",
        "signed": "negative below the base, positive above.",
    }[m.direction]


def _anchor(m: Measure) -> str:
    return m.title.lower().replace(",", "").replace(" ", "-")


def _range(m: Measure) -> str:
    return f"{_number(m.low)} to {_number(m.high)}"


def _number(value: float) -> str:
    exact = {math.inf: "∞", math.sqrt(2): "√2", math.log(2): "ln 2"}
    return exact.get(value, f"{value:g}")


def _yes(fact: bool) -> str:
    return "yes" if fact else "no"


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(measures_page(), encoding="utf-8", newline="\n")
