"""The bars, and the figures against them, as Markdown."""

from collections.abc import Mapping
from math import sqrt
from typing import Any

from simulated.families import MEASURES

Cells = list[dict[str, Any]]


def markdown(results: Mapping[str, Any]) -> str:
    """What was simulated, each bar, and where it is missed."""
    cells: Cells = results["cells"]
    repetitions: int = results["repetitions"]
    lines = ["| family | classes | accuracy | floor | ceiling | spread of strangers |", "|---|---|---|---|---|---|"]
    for one in results["families"]:
        pairs = (f"{one[key][0]:.4f}, {one[key][1]:.4f}" for key in ("floor", "ceiling", "spread of strangers"))
        lines.append(f"| {one['family']} | {one['classes']} | {one['accuracy']:.3f} | " + " | ".join(pairs) + " |")
    lines += ["", f"{len(cells)} cells of {repetitions} comparisons. Pairs: by disagreement, by total variation.", ""]
    return "\n".join([*lines, *_coverage(cells), "", *_bars(cells, repetitions), "", *_power(cells)])


def _coverage(cells: Cells) -> list[str]:
    lines = [
        "| examples | strangers | mean coverage | lowest | highest | refused | mean, interaction counted twice |",
        "|---|---|---|---|---|---|---|",
    ]
    for examples, strangers in sorted({(one["examples"], one["strangers"]) for one in cells}):
        some = [one for one in cells if (one["examples"], one["strangers"]) == (examples, strangers)]
        covered = [[one["covered"][name] for one in some] for name in MEASURES]
        twice = [sum(one["covered_twice"][name] for one in some) / len(some) for name in MEASURES]
        refused = [sum(one["refused"][name] for one in some) / len(some) for name in MEASURES]
        lines.append(
            f"| {examples:,} | {strangers} | {_pair([sum(c) / len(c) for c in covered])}"
            f" | {_pair([min(c) for c in covered])} | {_pair([max(c) for c in covered])}"
            f" | {_pair(refused)} | {_pair(twice)} |"
        )
    return lines


def _bars(cells: Cells, repetitions: int) -> list[str]:
    """Each bar; a cell misses it when it is beyond by more than three standard errors of the simulation."""

    def beyond(share: float) -> float:
        return 3 * sqrt(share * (1 - share) / repetitions)

    covered = [(one, name, one["covered"][name]) for one in cells for name in MEASURES]
    # A candidate that is the base measured again changes nothing against it: its interval always holds.
    many = [
        row for row in covered if row[0]["target"] > 0 and row[0]["strangers"] >= 5 and row[0]["expected_changes"] >= 30
    ]
    low = [row for row in covered if row[2] < 0.93 - beyond(0.93)]
    high = [row for row in many if row[2] > 0.97 + beyond(0.97)]
    plain_low = [row for row in covered if row[2] < 0.93]
    plain_high = [row for row in many if row[2] > 0.97]
    lines = [
        "| bar | cells | beyond it | beyond it by more than 3 standard errors | worst |",
        "|---|---|---|---|---|",
        f"| coverage at least 93 % | {len(covered)} | {len(plain_low)} | {len(low)}"
        f" | {_percent(min(r[2] for r in covered))} |",
        f"| coverage at most 97 % (5 strangers, 30 changes) | {len(many)} | {len(plain_high)} | {len(high)}"
        f" | {_percent(max(r[2] for r in many))} |",
    ]
    for title, key, bar, targets in (
        ("wrong *same* at the margin at most 2.5 %", "wrong_same", 0.025, (0.1, 0.1)),
        ("wrong *same* from 1.5 margins at most 1 %", "wrong_same", 0.01, (0.15, 9)),
        ("wrong *changed* up to the margin at most 5 %", "wrong_changed", 0.05, (0, 0.1)),
        ("wrong *stranger* up to 0.8 at most 2.5 %", "wrong_stranger", 0.025, (0, 9)),
        ("wrong *changed* of a stranger at most 5 %", "wrong_not_stranger", 0.05, (0.8, 9)),
    ):
        some = [
            one for one in cells if one[key] is not None and targets[0] - 1e-9 <= one["target"] <= targets[1] + 1e-9
        ]
        rates = [one[key] for one in some]
        if not rates:
            continue
        over, far = sum(rate > bar for rate in rates), sum(rate > bar + beyond(bar) for rate in rates)
        lines.append(f"| {title} | {len(rates)} | {over} | {far} | {_percent(max(rates))} |")
    missed = [*low, *high]
    if missed:
        lines += ["", "| coverage missed in | examples | strangers | scale | by | coverage | expected changes |"]
        lines += ["|---|---|---|---|---|---|---|"]
    for family in dict.fromkeys(row[0]["family"] for row in missed):
        of_family = sorted((row for row in missed if row[0]["family"] == family), key=lambda row: row[2])
        for cell, name, share in of_family[:4]:
            lines.append(
                f"| {family} | {cell['examples']:,} | {cell['strangers']} | {cell['truth'][name]:.3f} | {name}"
                f" | {_percent(share)} | {cell['expected_changes']:,.0f} |"
            )
        if len(of_family) > 4:
            lines.append(f"| and {len(of_family) - 4} more of this family | | | | | | |")
    return lines


def _power(cells: Cells) -> list[str]:
    """Of 10,000 examples and five strangers, whether anything is said."""
    lines = [
        "| 10,000 examples, 5 strangers | *same* at 0.03 | *changed* at 0.5 | *stranger* at 1 |",
        "|---|---|---|---|",
    ]
    for family in dict.fromkeys(one["family"] for one in cells):
        found = {
            one["target"]: one["outcomes"]
            for one in cells
            if (one["family"], one["examples"], one["strangers"]) == (family, 10_000, 5)
        }
        shares = (found[at].get(name, 0.0) for at, name in ((0.03, "same"), (0.5, "changed"), (1.0, "stranger")))
        lines.append(f"| {family} | " + " | ".join(_percent(share) for share in shares) + " |")
    return lines


def _pair(shares: list[float]) -> str:
    return ", ".join(f"{100 * share:.1f}" for share in shares) + " %"


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"
