"""The bars, and the figures against them, as Markdown."""

from collections.abc import Mapping
from math import sqrt
from typing import Any

from simulated.populations import MEASURES

Cells = list[dict[str, Any]]
COVERED = ("covered_planned", "covered")


def markdown(results: Mapping[str, Any]) -> str:
    """What was simulated, each bar, and where it is missed."""
    every: Cells = results["cells"]
    repetitions: int = results["repetitions"]
    cells = [one for one in every if one["independents"] > 1]
    lines = [
        "| family | classes | inputs | independents | accuracy | noise floor | independent distance | spread |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for one in results["families"]:
        pairs = (
            f"{one[key][0]:.4f}, {one[key][1]:.4f}"
            for key in ("noise_floor", "independent_distance", "spread of independents")
        )
        lines.append(
            f"| {one['family']} | {one['classes']} | {one['inputs']:,} | {one['independents']} | "
            f"{one['accuracy']:.3f} | " + " | ".join(pairs) + " |"
        )
    lines += ["", f"{len(every)} cells of {repetitions} comparisons. Pairs: by disagreement, by total variation.", ""]
    parts = (
        _coverage(cells),
        _bars(cells, repetitions),
        _before(cells, repetitions),
        _alone(results["alone"]),
        _one_independent([one for one in every if one["independents"] == 1]),
        _groups(every, results["ignored"]),
        _power(cells),
    )
    return "\n".join(lines) + "\n\n".join("\n".join(part) for part in parts if part)


def _coverage(cells: Cells) -> list[str]:
    lines = [
        "",
        "| examples | independents | mean coverage | lowest | highest | refused | mean, as planned |",
        "|---|---|---|---|---|---|---|",
    ]
    for examples, independents in sorted({(one["examples"], one["independents"]) for one in cells}):
        some = [one for one in cells if (one["examples"], one["independents"]) == (examples, independents)]
        covered = [[one["covered"][name] for one in some] for name in MEASURES]
        planned = [sum(one["covered_planned"][name] for one in some) / len(some) for name in MEASURES]
        refused = [sum(one["refused"][name] for one in some) / len(some) for name in MEASURES]
        lines.append(
            f"| {examples:,} | {independents} | {_pair([sum(c) / len(c) for c in covered])}"
            f" | {_pair([min(c) for c in covered])} | {_pair([max(c) for c in covered])}"
            f" | {_pair(refused)} | {_pair(planned)} |"
        )
    return lines


def _bars(cells: Cells, repetitions: int) -> list[str]:
    """Each bar; a cell misses it when it is beyond by more than three standard errors of the simulation."""
    lines = [
        "| bar | cells | beyond it | beyond it by more than 3 standard errors | worst |",
        "|---|---|---|---|---|",
    ]
    for suffix, key in (("", "covered"), (", as planned", "covered_planned")):
        every, many = _rows(cells, key), _rows([one for one in cells if _many(one)], key)
        low = sum(row[2] < 0.93 for row in every), sum(row[2] < 0.93 - _error(0.93, repetitions) for row in every)
        high = sum(row[2] > 0.97 for row in many), sum(row[2] > 0.97 + _error(0.97, repetitions) for row in many)
        lines += [
            f"| coverage at least 93 %{suffix} | {len(every)} | {low[0]} | {low[1]}"
            f" | {_percent(min(row[2] for row in every))} |",
            f"| coverage at most 97 % (5 independents, 30 changes){suffix} | {len(many)} | {high[0]} | {high[1]}"
            f" | {_percent(max(row[2] for row in many))} |",
        ]
    for title, key, bar, targets in (
        ("wrong *same* at the limit at most 2.5 %", "wrong_same", 0.025, (0.1, 0.1)),
        ("wrong *same* from 1.5 margins at most 1 %", "wrong_same", 0.01, (0.15, 9)),
        ("wrong *changed* up to the limit at most 5 %", "wrong_changed", 0.05, (0, 0.1)),
        ("wrong *independent* up to 0.8 at most 2.5 %", "wrong_independent", 0.025, (0, 9)),
        ("wrong *changed* of an independent at most 5 %", "wrong_not_independent", 0.05, (0.8, 9)),
    ):
        some = [
            one for one in cells if one[key] is not None and targets[0] - 1e-9 <= one["target"] <= targets[1] + 1e-9
        ]
        rates = [one[key] for one in some]
        if not rates:
            continue
        over, far = sum(rate > bar for rate in rates), sum(rate > bar + _error(bar, repetitions) for rate in rates)
        lines.append(f"| {title} | {len(rates)} | {over} | {far} | {_percent(max(rates))} |")
    return [*lines, *_missed(cells, repetitions)]


def _missed(cells: Cells, repetitions: int) -> list[str]:
    low = [row for row in _rows(cells, "covered") if row[2] < 0.93 - _error(0.93, repetitions)]
    many = [one for one in cells if _many(one)]
    high = [row for row in _rows(many, "covered") if row[2] > 0.97 + _error(0.97, repetitions)]
    missed = [*low, *high]
    if not missed:
        return []
    lines = ["", "| coverage missed in | examples | independents | scale | by | coverage | expected changes |"]
    lines += ["|---|---|---|---|---|---|---|"]
    for family in dict.fromkeys(row[0]["family"] for row in missed):
        of_family = sorted((row for row in missed if row[0]["family"] == family), key=lambda row: row[2])
        for cell, name, share in of_family[:4]:
            lines.append(
                f"| {family} | {cell['examples']:,} | {cell['independents']} | {cell['truth'][name]:.3f} | {name}"
                f" | {_percent(share)} | {cell['expected_changes']:,.0f} |"
            )
        if len(of_family) > 4:
            lines.append(f"| and {len(of_family) - 4} more of this family | | | | | | |")
    return lines


def _before(cells: Cells, repetitions: int) -> list[str]:
    """What the changes from the plan did in each family."""
    lines = [
        "| family | lowest coverage, as planned | now | below the bar, as planned | now"
        " | width at 0.1, as planned | now | width at 1, as planned | now |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    bar = 0.93 - _error(0.93, repetitions)
    for family in dict.fromkeys(one["family"] for one in cells):
        some = [one for one in cells if one["family"] == family]
        typical = {one["target"]: one for one in some if _typical(one)}
        parts = [
            *(_pair([min(one[key][name] for one in some) for name in MEASURES]) for key in COVERED),
            *(str(sum(row[2] < bar for row in _rows(some, key))) for key in COVERED),
            *(_widths(typical[target][key]) for target in (0.1, 1.0) for key in ("width_planned", "width")),
        ]
        lines.append(f"| {family} | {' | '.join(parts)} |")
    return lines


def _alone(rows: Cells) -> list[str]:
    """The independents' shape, without error of the inputs."""
    numbers = sorted({one["independents"] for one in rows})
    lines = ["| independents alone | " + " | ".join(f"{m} independents" for m in numbers) + " |"]
    lines.append("|---" * (1 + len(numbers)) + "|")
    for shape in dict.fromkeys(one["shape"] for one in rows):
        found = {one["independents"]: one for one in rows if one["shape"] == shape}
        pairs = (f"{100 * found[m]['covered_planned']:.1f}, {100 * found[m]['covered']:.1f} %" for m in numbers)
        lines.append(f"| {shape} | " + " | ".join(pairs) + " |")
    return lines


def _one_independent(cells: Cells) -> list[str]:
    """The interval over the examples, about the one independent drawn."""
    lines = [
        "| examples | one independent: cells | mean coverage | lowest | highest | verdict *independent* |",
        "|---|---|---|---|---|---|",
    ]
    for examples in sorted({one["examples"] for one in cells}):
        some = [one for one in cells if one["examples"] == examples]
        covered = [[one["covered"][name] for one in some] for name in MEASURES]
        said = sum(round(one["outcomes"].get("independent", 0.0) * one["repetitions"]) for one in some)
        lines.append(
            f"| {examples:,} | {len(some)} | {_pair([sum(c) / len(c) for c in covered])}"
            f" | {_pair([min(c) for c in covered])} | {_pair([max(c) for c in covered])} | {said} times |"
        )
    return lines


def _groups(given: Cells, ignored: Cells) -> list[str]:
    """Groups given, and the same draws with each input taken for itself."""
    lines = [
        "| groups, five independents | examples | scale | groups given: coverage | refused | ignored: coverage |",
        "|---|---|---|---|---|---|",
    ]
    for cell in ignored:
        keys = ("family", "examples", "independents", "target", "candidate")
        same = next(one for one in given if all(one[key] == cell[key] for key in keys))
        of_given, of_ignored = ([one["covered"][name] for name in MEASURES] for one in (same, cell))
        lines.append(
            f"| {cell['family']} | {cell['examples']:,} | {cell['target']:g} | {_pair(of_given)}"
            f" | {_pair([same['refused'][name] for name in MEASURES])} | {_pair(of_ignored)} |"
        )
    return lines


def _power(cells: Cells) -> list[str]:
    """Of 10,000 examples and five independents, whether anything is said."""
    lines = [
        "| 10,000 examples, 5 independents | *same* at 0.03 | *changed* at 0.5 | *independent* at 1 |",
        "|---|---|---|---|",
    ]
    for family in dict.fromkeys(one["family"] for one in cells):
        found = {one["target"]: one["outcomes"] for one in cells if one["family"] == family and _typical(one)}
        shares = (found[at].get(name, 0.0) for at, name in ((0.03, "same"), (0.5, "changed"), (1.0, "independent")))
        lines.append(f"| {family} | " + " | ".join(_percent(share) for share in shares) + " |")
    return lines


def _widths(widths: Mapping[str, float | None]) -> str:
    return ", ".join("-" if width is None else f"{width:.2f}" for width in widths.values())


def _rows(cells: Cells, key: str) -> list[tuple[dict[str, Any], str, float]]:
    return [(one, name, one[key][name]) for one in cells for name in MEASURES]


def _many(cell: Mapping[str, Any]) -> bool:
    """Whether the bar from above is for this cell.

    A candidate that is the base measured again changes nothing against it: its interval always holds. Of groups the
    unit is the group.
    """
    return bool(cell["target"] > 0 and cell["independents"] >= 5 and cell["expected_changes"] >= 30 * cell["group"])


def _typical(cell: Mapping[str, Any]) -> bool:
    return (cell["examples"], cell["independents"]) == (10_000, 5)


def _error(share: float, repetitions: int) -> float:
    return 3 * sqrt(share * (1 - share) / repetitions)


def _pair(shares: list[float]) -> str:
    return ", ".join(f"{100 * share:.1f}" for share in shares) + " %"


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"
