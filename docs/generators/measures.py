"""The reference page of the measures, written from their table."""

import math
import re

from samefn.measures.floored import FLOORED
from samefn.measures.measure import Measure
from samefn.measures.table import MEASURES
from samefn.reports.wording.notes import UNDEFINED_WORDS

INTRODUCTION = """\
# Measures

<!-- Written by `python docs/generate.py`: change the table. -->

How far is a candidate from its base? p and q are the rows of probabilities of base and candidate on one
example; sums run over the classes, means over the examples; ln is the natural logarithm, and [ ] is 1 where
the condition holds and 0 elsewhere. Of classes that tie, the one with the lowest index comes first.

Everything is computed in float64 from log-probabilities. A model against itself gives exactly the value
under *same model*. `samefn.rows(base, candidate)` has one row an example; a value is the mean of the column that
bears its name, or follows from the columns that its section names, so shards can be merged in any order. Where a
model has only predicted classes, what needs probabilities is null.
"""

BESIDE = """
## Fort's curves

What disagreement would two accuracies bring about by themselves? Divided by 1 - acc_q both are on the scale of
normalised disagreement. `samefn.measures.normalised` computes them, for K classes.

- `independent_disagreement`: the two err independently, every wrong class equally often; the upper curve.

      acc_p (1 - acc_q) + acc_q (1 - acc_p) + (1 - acc_p)(1 - acc_q)(K - 2) / (K - 1)

- `perturbed_disagreement`: the candidate is the base with so many predictions replaced, each by any other class equally
  often, that its accuracy falls to acc_q; the lower curve. Not defined where that cannot be: above the base's
  accuracy, below (1 - acc_p) / (K - 1), or for a base no better than chance.

      (acc_p - acc_q) / (acc_p - (1 - acc_p) / (K - 1))

Source: Fort et al. 2019 (arXiv:1912.02757), in the forms of the code that its authors published.

## Changed exemplars

`samefn.measures.exemplars.changed_exemplars` is about populations, not about one candidate: given the top classes of
several base models and of several compressed ones, [models, examples], it says for which examples the class that most
models choose is another. Classes that tie for the most go to the lowest.

Source: Hooker et al. 2019, What Do Compressed Deep Neural Networks Forget? (arXiv:1911.05248).
"""


FLOORED_INTRODUCTION = """
## Floored Kullback-Leibler divergences

Outputs that are rounded to a step, such as an int8 softmax in steps of 1/256, hold exact zeros, and one of them makes a
Kullback-Leibler divergence infinite. Where the step of base or candidate is known (from the model's file, `resolution`,
or the grid of saved probabilities), `samefn.rows` has two more columns: in both models every probability below half a
step is raised to half a step, and each row is divided by its sum. Of two steps the larger one counts, and the floor is
the same for both, so that a model against itself has 0. Over K classes the floor adds up to K half steps to a row
before it is divided: with many classes that hides differences, so read the figure beside the total variation.

A report has these figures only where the divergence itself is infinite, with an interval as that would have. Where no
step is known there is none, and a note says so; the Jensen-Shannon divergence is bounded for any probabilities. A gate
cannot ask for them.
"""


def measures_page() -> str:
    """The page in Markdown."""
    head = "| measure | name | unit | range | same model | symmetric | needs labels | needs probabilities |\n"
    head += "|---" * 8 + "|\n"
    lines = (
        f"| [{m.title}](#{_anchor(m)}) | `{m.name}` | {m.unit} | {_range(m)} | {m.identical:g} "
        f"| {_yes(m.symmetric)} | {_yes(m.needs_labels)} | {_yes(m.needs_probabilities)} |\n"
        for m in MEASURES.values()
    )
    sections = "".join(_section(m) for m in MEASURES.values())
    return INTRODUCTION + "\n" + head + "".join(lines) + sections + _floored() + BESIDE


def _floored() -> str:
    return FLOORED_INTRODUCTION + "".join(
        f"\n- `{m.name}`, {m.unit}, from {_range(m)}, {m.identical:g} for the same model:\n\n      {m.formula}\n"
        for m in FLOORED.values()
    )


def _section(m: Measure) -> str:
    return f"""
## {m.title}

{m.meaning}

    {m.name} = {m.formula}

- Unit: {m.unit}; from {_range(m)}; {m.identical:g} for the same model.
- Direction: {_direction(m)}{"" if m.symmetric else " Base and candidate cannot be exchanged."}
{_origin(m)}- Source: {m.source}.
"""


def _direction(m: Measure) -> str:
    return {
        "distance": "the larger, the further apart.",
        "similarity": "the larger, the nearer.",
        "signed": "negative below the base, positive above.",
    }[m.direction]


def _origin(m: Measure) -> str:
    """Where the value comes from, if not from a column of its own."""
    if m.columns == (m.name,):
        return ""
    what = "the columns" if m.of_columns else "the means of"
    undefined = f" Not defined where {UNDEFINED_WORDS[m.undefined]}." if m.undefined else ""
    return f"- From {what} {', '.join(f'`{column}`' for column in m.columns)}.{undefined}\n"


def _anchor(m: Measure) -> str:
    return re.sub(r"[^a-z0-9 -]", "", m.title.lower()).replace(" ", "-")


def _range(m: Measure) -> str:
    return f"{_number(m.low)} to {_number(m.high)}"


def _number(value: float) -> str:
    exact = {math.inf: "∞", math.sqrt(2): "√2", math.log(2): "ln 2"}
    return exact.get(value, f"{value:g}")


def _yes(fact: bool) -> str:
    return "yes" if fact else "no"
