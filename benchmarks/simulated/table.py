"""The bars, and the figures against them, as Markdown."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import pairwise
from math import sqrt
from statistics import median
from typing import Any

from scipy.stats import binom

from samefn.verdict.how_far import NEAR
from simulated import grid
from simulated.bounds import best_power, least_examples, left_open_by_parts, spread_found, twins_found
from simulated.grid import Bar

Row = dict[str, Any]
ERROR = 0.025  # of one wrong answer
CHANCE = 0.001  # a cell misses a bar where chance alone would be so rare


def markdown(results: Mapping[str, list[Row]]) -> str:
    """Each bar, where it is missed, and what no rule can do."""
    parts = [
        _size(results),
        _bars(results),
        *_missed(results),
        _by_family(results["answers"]),
        _by_number(results["answers"]),
    ]
    parts += [_rare(results["answers"]), _theory(), _of_each_part(), _warned(results["answers"])]
    parts += [_distances(results["distances"]), _near(results["near"]), _flags(results["families"])]
    parts += [_paired(results["paired"]), _families(results["families"])]
    return "\n\n".join("\n".join(part) for part in parts if part)


# Which cells a bar is about, and how many of their audits count for it.
Count = Callable[[Row], int]


def cells_of(results: Mapping[str, list[Row]]) -> Iterable[tuple[Bar, list[Row], Count]]:
    answers, far = results["answers"], results["distances"]
    unlike = {one.name for one in grid.FAMILIES if one.independents != "equal"}
    known = [one for one in answers if not _undeclared(one)]
    yield grid.INCONCLUSIVE, [one for one in answers if clear(one)], _of("inconclusive")
    yield grid.WRONG_SAME, [one for one in known if _at(one["truth"], 1)], _of("wrong_same")
    yield grid.WRONG_SAME_FAR, [one for one in known if one["truth"] >= 1.5 * (1 - grid.HOLD)], _of("wrong_same")
    yield grid.SAME_OVER_PARTS, [one for one in known if _at(_of_parts(one), 1)], _of("same_over_parts")
    yield grid.WRONG_CHANGED, [one for one in known if _at(_worst(one), 1)], _of("wrong_changed")
    yield grid.COVERAGE, known, _of("covered")
    yield grid.POOLED, [one for one in known if one["share"] * one["examples"] >= 20], _of("covered")
    even = [one for one in answers if abs(one["net_loss"]) < 1e-5 and one["share"] > 0 and one["family"] in EVEN]
    yield grid.WRONG_QUALITY, even, lambda one: int(one["better"] + one["worse"])
    yield grid.NEAR, results["near"], _of("near")
    limit = [one for one in far if _at(one["truth"], 0.1)]
    yield grid.WRONG_NEAR, [one for one in limit if one["family"] not in unlike], _of("near")
    yield grid.WRONG_NEAR_UNEQUAL, [one for one in limit if one["family"] in unlike], _of("near")
    beyond = [one for one in far if one["truth"] >= 0.15 * (1 - grid.HOLD) and one["family"] in unlike]
    yield grid.WRONG_NEAR_FAR, beyond, _of("near")
    # Of those that share a start with one another there have to be two to be seen.
    least = {one.name: 6 if one.independents == "one start" else 3 for one in grid.FAMILIES}
    flags = [one for one in far if one["family"] in unlike and one["independents"] >= least[one["family"]]]
    yield grid.FLAGGED, flags, _of("flagged")
    many = [one for one in answers if _undeclared(one) and one["share"] * one["examples"] >= grid.POOLED_CHANGES]
    yield grid.WARNED, many, _of("warned")


PLAIN = {one.name for one in grid.FAMILIES if one.group == 1 and one.change not in ("rare class", "one slice")}
GROUPS = {one.name: one.group for one in grid.FAMILIES}
EVEN = {one.name for one in grid.FAMILIES if one.change == "even"}


def missed(bar: Bar, rows: Sequence[Row], count: Count) -> list[Row]:
    """The cells beyond a bar by more than chance."""
    return [one for one in rows if beyond(bar, count(one), one["audits"])]


def beyond(bar: Bar, counted: int, audits: int) -> bool:
    """Whether so many of so many audits are beyond a bar by more than chance."""
    too_many = bar.most is not None and float(binom.sf(counted - 1, audits, bar.most)) < CHANCE
    too_few = bar.least is not None and float(binom.cdf(counted, audits, bar.least)) < CHANCE
    return too_many or too_few


def clear(cell: Row) -> bool:
    """Whether an audit of the cell should have an answer."""
    units = cell["examples"] // GROUPS.get(cell["family"], 1)
    enough = bool(units * cell["limit"] >= grid.CLEAR_CHANGES * (1 - grid.HOLD))
    worst = max(_worst(cell), float(cell["of_rare_classes"]))
    return enough and (
        worst <= grid.CLEAR_BELOW * (1 + grid.HOLD) or _worst(cell) >= grid.CLEAR_ABOVE * (1 - grid.HOLD)
    )


def _size(results: Mapping[str, list[Row]]) -> list[str]:
    """How much was simulated, and what was not."""
    first, far, near = (sum(one["audits"] for one in results[name]) for name in ("answers", "distances", "near"))
    cells = min((one["audits"] for one in results["answers"]), default=0)
    draws = min((one["audits"] for one in results["paired"]), default=0)
    there = {one["family"] for one in results["families"]}
    lines = [
        f"This run: {first:,} audits of *same or changed* (from {cells} a cell), {far + near:,} of *how far*, and"
        f" {draws:,} paired draws.",
    ]
    absent = [one.name for one in grid.FAMILIES if one.name not in there]
    return [*lines, f"Not simulated in this run: {', '.join(absent)}."] if absent else lines


def _bars(results: Mapping[str, list[Row]]) -> list[str]:
    lines = [
        "| bar | before | to reach | all audits | cells | of them missed | worst cell | families missed | reached |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for bar, rows, count in cells_of(results):
        if not rows:
            lines.append(f"| {bar.name} | {bar.today} | {_to_reach(bar)} | - | 0 | - | - | - | not looked at |")
            continue
        counted, audits = sum(map(count, rows)), sum(one["audits"] for one in rows)
        pooled = bar in (grid.INCONCLUSIVE, grid.POOLED)
        cells = [] if pooled else missed(bar, rows, count)
        families = [name for name, (one, of) in _families_of(rows, count).items() if beyond(bar, one, of)]
        reached = not beyond(bar, counted, audits) if pooled else not cells and not families
        no_bar = bar.most is None and bar.least is None
        rates = [count(one) / one["audits"] for one in rows]
        lines.append(
            f"| {bar.name} | {bar.today} | {_to_reach(bar)} | {_rate(counted, audits)} | {len(rows):,}"
            f" | {'-' if pooled else len(cells)} | {_percent(max(rates) if bar.least is None else min(rates))}"
            f" | {len(families)} | {'-' if no_bar else _yes(reached)} |"
        )
    falls = [one for one, _ in _falls(results["paired"])]
    bar, over = grid.NEVER_FALLS, sum(one > 0.02 for one in falls)
    line = f"| {bar.name} | {bar.today} | {_to_reach(bar)} | - | {len(falls)} | {over}"
    return [*lines, f"{line} | {_percent(max(falls))} | - | {_yes(not over)} |" if falls else f"{line} | - | - | - |"]


def _to_reach(bar: Bar) -> str:
    if bar.least is None:
        return "-" if bar.most is None else f"at most {_percent(bar.most)}"
    return f"at least {_percent(bar.least)}" if bar.most is None else f"{_percent(bar.least)} to {_percent(bar.most)}"


def _yes(reached: bool) -> str:
    return "yes" if reached else "**no**"


def _families_of(rows: Sequence[Row], count: Count) -> dict[str, tuple[int, int]]:
    """Counted and all audits by family and number of independents: other numbers are asked in the same audits."""
    found: dict[str, tuple[int, int]] = {}
    for one in rows:
        name = _with_independents(one)
        counted, audits = found.get(name, (0, 0))
        found[name] = counted + count(one), audits + one["audits"]
    return found


def _with_independents(cell: Row) -> str:
    if "independents" not in cell:
        return str(cell["family"])
    return f"{cell['family']}, {cell['independents']} independent{'s' * (cell['independents'] > 1)}"


def _missed(results: Mapping[str, list[Row]]) -> Iterable[list[str]]:
    """Every missed cell of a bar, and the families missed as a whole."""
    for bar, rows, count in cells_of(results):
        cells = missed(bar, rows, count)
        cells.sort(key=lambda one: count(one) / one["audits"], reverse=bar.least is None)
        lines = []
        for family, (counted, audits) in _families_of(rows, count).items():
            if beyond(bar, counted, audits):
                lines.append(f"| {family}, all | | | | {_rate(counted, audits)} | |")
            lines += [
                f"| {family} | {one['examples']:,} | {_limit(one)} | {_worst(one):.3g}"
                f" | {_rate(count(one), one['audits'])} | {_bound(one) if bar is grid.INCONCLUSIVE else '-'} |"
                for one in cells
                if _with_independents(one) == family
            ]
        if lines:
            title = f"| missed: {bar.name} | inputs | limit | truth | rate | bound |"
            yield [title, "|---|---|---|---|---|---|", *lines]


def _limit(cell: Row) -> str:
    return f"{cell['limit']:.2%}" if "limit" in cell else "-"


def _bound(cell: Row) -> str:
    """How often any rule that counts leaves a cell open; of groups and of parts that depends on more than the share."""
    if cell["family"] not in PLAIN:
        return "-"
    return _percent(max(0.0, 1 - best_power(cell["examples"], cell["limit"], cell["truth"], ERROR)))


def _by_family(cells: list[Row]) -> list[str]:
    lines = [
        "| family | inconclusive although clear | wrong *same* at the limit | from 1.5 | wrong *changed* at the limit"
        " | a part at its limit, *same* | lowest coverage | pooled | width |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for family in dict.fromkeys(one["family"] for one in cells):
        some = [one for one in cells if one["family"] == family]
        sure = [one for one in some if one["share"] * one["examples"] >= grid.POOLED_CHANGES]
        at_limit = [one for one in some if _at(one["truth"], 1)]
        far = [one for one in some if one["truth"] >= 1.5 * (1 - grid.HOLD)]
        parts = (
            _pooled([one for one in some if clear(one)], "inconclusive"),
            _pooled(at_limit, "wrong_same"),
            _pooled(far, "wrong_same"),
            _pooled([one for one in some if _at(_worst(one), 1)], "wrong_changed"),
            _pooled([one for one in some if _at(_of_parts(one), 1)], "same_over_parts"),
            _percent(min(one["covered"] / one["audits"] for one in some)),
            _pooled(sure, "covered"),
            f"{median(one['width'] for one in some):.2f}",
        )
        lines.append(f"| {family} | " + " | ".join(parts) + " |")
    return lines


def _by_number(cells: list[Row]) -> list[str]:
    """What is left open, by inputs times limit and truth, with the bound of any rule that counts."""
    truths = [one for one in grid.TRUTHS if one != 1.0]
    lines = [
        "| inputs x limit | " + " | ".join(f"inconclusive at {one:g} limits, bound" for one in truths) + " |",
        "|---|" + "---|" * len(truths),
    ]
    some = [one for one in cells if one["family"] in PLAIN]
    for number in sorted({_expected(one) for one in some}):
        row = []
        for truth in truths:
            at = [one for one in some if _expected(one) == number and abs(one["truth"] - truth) < 0.02 * truth + 1e-9]
            row.append(f"{_pooled(at, 'inconclusive')}, {_bound(at[0])}" if at else "-")
        lines.append(f"| {number:g} | " + " | ".join(row) + " |")
    return lines


def _rare(cells: list[Row]) -> list[str]:
    """Classes too rare to count as truth."""
    rare = [one for one in cells if one["of_rare_classes"] > 1 + 1e-6 > _worst(one)]
    if not rare:
        return []
    lines = ["| only a rare class is over its limit | inputs | audits | *same* | *changed* |", "|---|---|---|---|---|"]
    for family in dict.fromkeys(one["family"] for one in rare):
        for examples in sorted({one["examples"] for one in rare if one["family"] == family}):
            some = [one for one in rare if (one["family"], one["examples"]) == (family, examples)]
            said = " | ".join(_pooled(some, name) for name in ("same", "changed"))
            lines.append(f"| {family} | {examples:,} | {sum(one['audits'] for one in some):,} | {said} |")
    return lines


def _theory() -> list[str]:
    lines = [
        "| limit | inputs that *same* needs if none changes, by any rule that counts | of a class, at its limit |",
        "|---|---|---|",
    ]
    for limit in grid.LIMITS:
        of_class = least_examples(grid.CLASS_LIMIT * limit, ERROR)
        lines.append(f"| {limit:.1%} | {least_examples(limit, ERROR):,} | {of_class:,} |")
    return lines


def _of_each_part() -> list[str]:
    """What it would cost if *same* had to be shown of each class as well."""
    lines = [
        "| inputs | limit | inconclusive at 0.3 limits, if each of 10 classes had to be shown to be below its limit |",
        "|---|---|---|",
    ]
    for limit in grid.LIMITS:
        inputs = round(grid.CLEAR_CHANGES / limit)
        part = left_open_by_parts(inputs, limit, grid.CLEAR_BELOW, 10, grid.CLASS_LIMIT, ERROR)
        lines.append(f"| {inputs:,} | {limit:.1%} | {_percent(part)} |")
    return lines


def _warned(cells: list[Row]) -> list[str]:
    """Near-duplicates that are not declared, by how many changes there are to see them by."""
    some = [one for one in cells if _undeclared(one)]
    lines = [
        "| near-duplicates not declared, expected changes | warned of | by the changes alone | coverage |",
        "|---|---|---|---|",
    ]
    edges = (0.0, 1.0, grid.CLEAR_CHANGES, grid.POOLED_CHANGES, 100.0, float("inf"))
    for least, most in pairwise(edges):
        of = [one for one in some if least <= one["share"] * one["examples"] < most]
        if of:
            span = f"{least:g} and more" if most == float("inf") else f"{least:g} to {most:g}"
            pooled = (_pooled(of, name) for name in ("warned", "warned_by_changes", "covered"))
            lines.append(f"| {span} | " + " | ".join(pooled) + " |")
    return lines if some else []


def _distances(cells: list[Row]) -> list[str]:
    numbers = sorted({one["independents"] for one in cells})
    lines = [
        "| *how far* | " + " | ".join(f"{one} independent{'s' * (one > 1)}" for one in numbers) + " |",
        "|---|" + "---|" * len(numbers),
    ]
    asked: tuple[tuple[str, float, float, str], ...] = (
        ("*near* up to 0.03", 0, 0.03, "near"),
        ("wrong *near* at 0.1", 0.1, 0.1, "near"),
        ("wrong *near* from 0.15", 0.15, 9, "near"),
        ("*between* at 0.5", 0.5, 0.5, "between"),
        ("wrong *independent* at 0.8", 0.8, 0.8, "independent"),
        ("*independent* at 1", 1, 1, "independent"),
        ("coverage", 0, 9, "covered"),
        ("no interval", 0, 9, "refused"),
        ("an independent is flagged", 0, 9, "flagged"),
        ("coverage where one is", 0, 9, "covered_flagged"),
    )
    unlike = {one.name for one in grid.FAMILIES if one.independents != "equal"}
    nets = {one["family"] for one in cells} - {one.name for one in grid.FAMILIES}
    every = {one["family"] for one in cells} - unlike - nets
    kinds = {"exchangeable": every, "trained nets": nets} | {one: {one} for one in sorted(unlike)}
    for kind, families in kinds.items():
        of_kind = [one for one in cells if one["family"] in families]
        for title, least, most, key in asked if of_kind else ():
            # Cells of a run before today's flags lack them.
            some = [one for one in of_kind if least - 1e-4 <= one["truth"] <= most + 1e-4 and key in one]
            if not some:
                continue
            row = [_pooled([one for one in some if one["independents"] == m], key, of=AMONG.get(key)) for m in numbers]
            lines.append(f"| {kind}: {title} | " + " | ".join(row) + " |")
    return lines


def _near(cells: list[Row]) -> list[str]:
    before = {one.name: dict(zip(grid.NEAR_INDEPENDENTS, one.today, strict=True)) for one in grid.NEAR_CELLS}
    return [
        "| *near* where it is | inputs | independents | before | now | bound of counting | coverage |",
        "|---|---|---|---|---|---|---|",
        *(
            f"| {one['cell']} | {one['examples']:,} | {one['independents']}"
            f" | {_percent(before[one['cell']][one['independents']])} | {_rate(one['near'], one['audits'])}"
            f" | {_percent(_near_bound(one))} | {_percent(one['covered'] / one['audits'])} |"
            for one in cells
        ),
    ]


def _near_bound(cell: Row) -> float:
    """How often the best exact test of changes says *near*, if it knew the independents' distance."""
    near = NEAR * cell["share"] / cell["truth"]
    return best_power(cell["examples"], near, cell["share"] / near, ERROR)


def _flags(families: list[Row]) -> list[str]:
    """What tests of independents can find in few inputs."""
    distance = next((one["independent_distance"] for one in families if one["family"] == "a third share a start"), None)
    unequal = next((one["independent_distance"] for one in families if one["family"] == "unequal independents"), None)
    if distance is None or unequal is None:
        return []
    sizes = grid.DISTANCE_SIZES
    lines = [
        "| found at most, with a false alarm in 5 % | " + " | ".join(f"{one:,} inputs" for one in sizes) + " |",
        "|---|" + "---|" * len(sizes),
    ]
    twins = [twins_found(one, distance, 11, 3, 0.05) for one in sizes]
    lines.append("| three of 10 independents half as far from one another | " + " | ".join(map(_percent, twins)) + " |")
    for m in (3, 5, 10):
        found = [spread_found(grid.GAPS, 1 / sqrt(one * unequal), m, 0.05) for one in sizes]
        lines.append(f"| unequal, {m} independents, by their accuracies | " + " | ".join(map(_percent, found)) + " |")
    return lines


def _paired(rows: list[Row]) -> list[str]:
    """Right answers of the same draws."""
    lines: list[str] = []
    for by, other in (("independents", "examples"), ("examples", "independents")) if rows else ():
        fixed = _mode([one[other] for one in rows])
        some = [one for one in rows if one[other] == fixed]
        at = sorted({one[by] for one in some})
        title = f"right answers with {fixed:,} {NAMES[other]}, by {NAMES[by]}"
        lines += [f"| {title} | " + " | ".join(f"{one:,}" for one in at) + " |", "|---|" + "---|" * len(at)]
        for family, truth in dict.fromkeys((one["family"], one["truth"]) for one in some):
            row = {one[by]: one for one in some if (one["family"], one["truth"]) == (family, truth)}
            for key, asked in (("right", "same or changed"), ("right_distance", "how far")):
                shares = (_percent(row[one][key] / row[one]["audits"]) for one in at)
                lines.append(f"| {family}, {truth:.2g} limits: {asked} | " + " | ".join(shares) + " |")
        lines.append("")
    return lines[:-1]


NAMES = {"independents": "independents", "examples": "inputs"}


def _falls(rows: list[Row]) -> list[tuple[float, Row]]:
    """By how much the share of right answers falls from one number of independents, or inputs, to any larger one."""
    falls = []
    for by, other in (("independents", "examples"), ("examples", "independents")):
        for key in ("right", "right_distance"):
            for family, truth in dict.fromkeys((one["family"], one["truth"]) for one in rows):
                some = [one for one in rows if (one["family"], one["truth"]) == (family, truth)]
                fixed = _mode([one[other] for one in some])
                curve = sorted((one for one in some if one[other] == fixed), key=lambda one: int(one[by]))
                best = 0.0
                for one in curve:
                    share = one[key] / one["audits"]
                    falls.append((best - share, one))
                    best = max(best, share)
    return falls


def _families(rows: list[Row]) -> list[str]:
    lines = [
        "| family | classes | inputs | base's error | independents' distance | its coefficient of variation |",
        "|---|---|---|---|---|---|",
    ]
    for one in rows:
        known = [one["error"], one["independent_distance"], one["variation"]]
        shares = " | ".join("-" if share is None else _percent(share) for share in known)
        lines.append(f"| {one['family']} | {one['classes']:,} | {one['inputs']:,} | {shares} |")
    return lines


def _undeclared(cell: Row) -> bool:
    """Nothing is promised of near-duplicates that the audit is not told of, but a warning."""
    return cell["family"] in {one.name for one in grid.FAMILIES if not one.declared}


def _worst(cell: Row) -> float:
    """The truth: in limits, classes and slices included; of *how far* the relative distance."""
    return float(max(cell["truth"], cell.get("of_classes", 0.0)))


def _of_parts(cell: Row) -> float:
    """The truth of the worst class or slice, in class limits, where the whole is within its limit; else 0."""
    return float(cell["of_classes"]) if cell["truth"] < 1 - grid.HOLD else 0.0


def _expected(cell: Row) -> float:
    """Changed predictions to be expected at the limit."""
    return round(float(cell["examples"] * cell["limit"]), 6)


def _at(truth: float, wanted: float) -> bool:
    return abs(truth - wanted) <= grid.HOLD * wanted


def _of(name: str) -> Count:
    return lambda one: int(one[name])


AMONG = {"covered_flagged": "flagged"}  # what is counted among other audits than all


def _pooled(cells: Sequence[Row], name: str, of: str | None = None) -> str:
    audits = sum(one[of or "audits"] for one in cells)
    return _rate(sum(one[name] for one in cells), audits) if audits else "-"


def _rate(counted: int, audits: int) -> str:
    """In percent, with the standard error of the simulation."""
    share = counted / audits
    return f"{100 * share:.1f} ± {100 * sqrt(share * (1 - share) / audits):.1f} %"


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"


def _mode(values: list[int]) -> int:
    return max(set(values), key=lambda one: (values.count(one), one))
