"""The results as Markdown."""

from collections.abc import Sequence
from statistics import median
from typing import Any

LIBRARIES = ("scipy", "sklearn", "torchmetrics")
EXPONENTIALS, LOGARITHMS = 2, 1  # that the pass needs for a class of both models
BYTES = 8  # that a class of both models has


def markdown(results: dict[str, Any]) -> str:
    """What `docs/evidence/measures-speed.md` shows: the pass and the machine's rates, then measure by measure."""
    return "\n\n".join(
        [_setting(results), _passes(results), _shares(results), *(_compared(case) for case in results["cases"])]
    )


def _setting(results: dict[str, Any]) -> str:
    machine = results["machine"]
    named = ", ".join(f"{name} {number}" for name, number in sorted(results["versions"].items()))
    return (
        f"{machine['cpu']}, {machine['cores']} cores, {machine['system']}, Python {machine['python']}, {named}. "
        f"Medians of {results['rounds']} interleaved rounds; CPU time on one thread; ns are an example and class "
        "(of both models together)."
    )


def _passes(results: dict[str, Any]) -> str:
    rows = []
    for case in results["cases"]:
        whole, sums, orders, plain = (_each(case, task) for task in ("one_pass", "sums", "orders", "all_plain"))
        whole_far, orders_far = _each(case, "one_pass_far"), _each(case, "orders_far")
        seconds = whole * case["classes"] * case["examples"] / 1e9
        rows.append(
            [
                f"{case['classes']:,}",
                f"{case['examples']:,}",
                f"{plain:.0f}",
                f"{whole:.1f}",
                f"{_ratio(case, 'all_plain', 'one_pass')}",
                f"{sums:.1f}",
                f"{orders:.1f}",
                f"{whole_far:.1f}",
                f"{orders_far:.1f}",
                f"{seconds:.2f}",
            ]
        )
    header = ["classes", "examples", "all measures by plain functions, ns", "one pass, ns", "times the pass"]
    return _table(
        [*header, "of it sums, ns", "of it orders, ns", "one pass far, ns", "of it orders far, ns", "pass, s"], rows
    )


def _shares(results: dict[str, Any]) -> str:
    rows = []
    for case in results["cases"]:
        read, exp, log, sums, whole = (_each(case, task) for task in ("read", "exp", "log", "sums", "one_pass"))
        needed = EXPONENTIALS * exp + LOGARITHMS * log
        rows.append(
            [
                f"{case['classes']:,}",
                f"{BYTES / read:.1f}",
                f"{BYTES / whole:.2f} ({read / whole:.0%})",
                f"{exp:.2f}",
                f"{log:.2f}",
                f"{needed:.1f}",
                f"{needed / sums:.0%}",
                f"{needed / whole:.0%}",
            ]
        )
    header = ["classes", "memory read, GB/s", "the pass, GB/s (share)", "exp, ns", "log, ns"]
    return _table([*header, "2 exp + 1 log, ns", "that rate, reached by the sums", "by the whole pass"], rows)


def _compared(case: dict[str, Any]) -> str:
    tasks = case["tasks"]
    rows = []
    for measure in (task.removeprefix("plain:") for task in tasks if task.startswith("plain:")):
        row = [measure, f"{_each(case, f'plain:{measure}'):.1f}"]
        for library in LIBRARIES:
            task = f"{library}:{measure}"
            row.append(f"{_each(case, task):.1f} ({_ratio(case, task, 'one_pass')})" if task in tasks else "")
        rows.append(row)
    rows.append(["all measures, one pass", f"{_each(case, 'one_pass'):.1f}", *([""] * len(LIBRARIES))])
    header = [f"{case['classes']:,} classes", "samefn, ns", *(f"{name}, ns (times our pass)" for name in LIBRARIES)]
    return _table(header, rows)


def _each(case: dict[str, Any], task: str) -> float:
    """Median nanoseconds an example and class."""
    found = case["tasks"][task]
    return float(1e9 * median(found["cpu"]) / found["rows"] / case["classes"])


def _ratio(case: dict[str, Any], slow: str, fast: str) -> str:
    """The median of the rounds' own ratios: what slows the machine down slows neighbours down alike."""
    one, other = case["tasks"][slow], case["tasks"][fast]
    times = other["rows"] / one["rows"]
    ratio = median(a / b * times for a, b in zip(one["cpu"], other["cpu"], strict=True))
    return f"{ratio:.0f}" if ratio >= 10 else f"{ratio:.1f}" if ratio >= 0.1 else f"{ratio:.2f}"


def _table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [header, ["---", *["---:"] * (len(header) - 1)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
