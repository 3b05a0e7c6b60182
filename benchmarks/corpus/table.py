"""What the corpus shows, as Markdown: its sets, the prior, its check on tasks left out, and simulated audits."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from corpus.audits import KINDS, flagged_shares, near_shares
from corpus.prior import MEASURES, left_out, pooled, prior_of, spreads

DRAWN = (1, 2, 3, 5)
# A change that a user would call none: its share of inputs, and the inputs of one audit.
UNCHANGED = {"float16, 0.005 %": (0.00005, 1500), "0.075 %": (0.00075, 2000), "0.13 %": (0.0013, 3000)}


def of_corpus(sets: Sequence[Mapping[str, Any]]) -> str:
    """The tables of the sets, of the prior and of its check.

    Args:
        sets: as the corpus holds them.
    """
    prior, checked = prior_of(sets), left_out(sets)
    lines = [
        f"{len(sets)} sets of {len({one['task'] for one in sets})} tasks, {sum(one['models'] for one in sets)} models. "
        f"Prior: coefficient of variation {prior.cv:.2f}, {prior.free:g} degrees of freedom.",
        "",
        *_row("task", "net", "inputs", "accuracy", "disagreement", "varies by", "total variation", "varies by"),
        "|---" * 8 + "|",
    ]
    for one in sets:
        figures = [figure for measure in MEASURES for figure in _figures(one, measure)]
        accuracy = f"{np.mean(one['accuracies']):.3f}"
        lines += _row(one["task"], one["net"], f"{one['examples']:,}", accuracy, *figures)
    lines += ["", *_row("task left out", "by", "prior", *(f"{m} drawn" for m in DRAWN)), "|---" * 7 + "|"]
    for one in checked:
        shares = (f"{100 * one['all'][m]:.1f}, {100 * one['others'][m]:.1f} %" for m in DRAWN)
        lines += _row(one["task"], one["measure"], f"{one['prior'].cv:.2f}, {one['prior'].free:g}", *shares)
    for measure in MEASURES:
        some = [one for one in checked if one["measure"] == measure]
        shares = (f"{100 * pooled(some, 'all', m):.1f}, {100 * pooled(some, 'others', m):.1f} %" for m in DRAWN)
        lines += _row("**all, pooled**", measure, "", *shares)
    return "\n".join(lines)


def of_audits(audits: int) -> str:
    """The table of simulated audits.

    Args:
        audits: how many a cell.
    """
    lines = ["", *_row("changed", "inputs", *(f"*near*, m = {m}" for m in DRAWN)), "|---" * 6 + "|"]
    for name, (share, examples) in UNCHANGED.items():
        found = near_shares("spread 10 %", examples, 0.039, share, audits, DRAWN)
        lines += _row(name, f"{examples:,}", *_percent(found))
    columns = [f"wrong *near*, m = {m}" for m in DRAWN]
    lines += ["", *_row("independents", "inputs, distance", "at", *columns), "|---" * 7 + "|"]
    for kind in KINDS:
        for examples, distance in ((1500, 0.039), (10_000, 0.15)):
            for at in (0.1, 0.15):
                found = near_shares(kind, examples, distance, at * distance, audits, DRAWN)
                lines += _row(kind, f"{examples:,}, {distance}", str(at), *_percent(found))
    lines += ["", *_row("independents", "named, m = 3", "m = 5", "m = 10"), "|---" * 4 + "|"]
    for kind in KINDS:
        lines += _row(kind, *_percent(flagged_shares(kind, 2000, 0.05, audits)))
    return "\n".join(lines)


def _figures(one: Mapping[str, Any], measure: str) -> tuple[str, str]:
    """Mean distance, and its coefficient of variation over independents without what few inputs add."""
    bases = list(spreads([one], measure))
    of_models = np.mean([(base.variance - base.of_inputs) / base.distances.mean() ** 2 for base in bases])
    return f"{np.mean(one[measure]):.3f}", f"{np.sqrt(max(0.0, float(of_models))):.1%}"


def _percent(shares: Sequence[float]) -> list[str]:
    return [f"{share:.1%}" for share in shares]


def _row(*cells: str) -> list[str]:
    return ["| " + " | ".join(cells) + " |"]
