"""The results as Markdown."""

from collections.abc import Callable, Sequence
from statistics import median
from typing import Any, Literal

Clock = Literal["wall", "cpu"]
Stretch = Literal["train", "epoch"]


def markdown(results: dict[str, Any]) -> str:
    """What `docs/evidence/speed.md` shows: the comparison, the cores, the parts of our step."""
    return "\n\n".join([_setting(results), _comparison(results), _cores(results), _anatomy(results)])


def _setting(results: dict[str, Any]) -> str:
    machine, sizes, contestants = results["machine"], results["sizes"], results["contestants"]
    versions = {name: number for facts in contestants.values() for name, number in facts["versions"].items()}
    named = ", ".join(f"{name} {number}" for name, number in sorted(versions.items()))
    return (
        f"{machine['cpu']}, {machine['cores']} cores, {machine['system']}, Python {machine['python']}, {named}. "
        f"{contestants['ours']['parameters']:,} parameters; {sizes['train']:,} training images, batches of "
        f"{sizes['batch']} ({_steps(results)} steps an epoch), {sizes['evaluation']:,} evaluation images. "
        f"Medians of {len(results['pair'])} interleaved rounds; in brackets the smallest and the largest ratio of "
        "a round."
    )


def _comparison(results: dict[str, Any]) -> str:
    ours = results["contestants"]["ours"]["rounds"]
    rows = []
    for facts in results["contestants"].values():
        step, epoch = _typical(facts["rounds"], "train"), _typical(facts["rounds"], "epoch")
        rows.append(
            [
                facts["title"],
                str(facts["threads"] or "default"),
                *(f"{1000 * step(clock) / _steps(results):.1f}" for clock in ("cpu", "wall")),
                *(f"{epoch(clock):.2f}" for clock in ("cpu", "wall")),
                _ratio(facts["rounds"], ours, "train", "cpu"),
                _ratio(facts["rounds"], ours, "epoch", "cpu"),
                _ratio(facts["rounds"], ours, "epoch", "wall"),
                f"{facts['first_loss']:.3f}",
            ]
        )
    return _table(
        [
            "way to train",
            "threads",
            "step, CPU ms",
            "step, wall ms",
            "epoch, CPU s",
            "epoch, wall s",
            "step, CPU, times ours",
            "epoch, CPU, times ours",
            "epoch, wall, times ours",
            "loss after one epoch",
        ],
        rows,
    )


def _cores(results: dict[str, Any]) -> str:
    contestants, images = results["contestants"], 2 * results["sizes"]["train"]
    ways = {
        "two processes of one thread each, at once": [pair["wall"] for pair in results["pair"]],
        "one process of two threads, one model after the other": _twice(contestants["ours_two_threads"]),
        "one process of one thread, one model after the other": _twice(contestants["ours"]),
    }
    alone = ways["one process of one thread, one model after the other"]
    rows = [
        [
            way,
            f"{median(walls):.2f}",
            f"{images / median(walls):,.0f}",
            f"{median(slow / fast for slow, fast in zip(alone, walls, strict=True)):.2f}",
        ]
        for way, walls in ways.items()
    ]
    header = [
        "two of our models, an epoch each",
        "wall s",
        "training images a second",
        "times one thread alone",
    ]
    return _table(header, rows)


def _anatomy(results: dict[str, Any]) -> str:
    product, needed = results["matrix_product"], results["anatomy"]["operations"]
    rate = product["operations"] / median(time["cpu"] for time in product["rounds"])
    step = _typical(results["contestants"]["ours"]["rounds"], "train")("cpu") / _steps(results)
    parts = {**results["anatomy"]["shares"], "the whole step": 1.0}
    needed = {**needed, "the whole step": sum(needed.values())}
    rows = []
    for part, share in parts.items():
        seconds, operations = share * step, needed.get(part, 0)
        reached = [f"{operations / 1e6:.0f}", f"{1000 * operations / rate:.1f}"]
        reached += [f"{operations / seconds / 1e9:.0f} ({operations / seconds / rate:.0%})"]
        rows.append([part, f"{share:.1%}", f"{1000 * seconds:.1f}", *(reached if operations else ["", "", ""])])
    header = [
        "part of our step",
        "share",
        "CPU ms",
        "million operations",
        "ms at the machine's rate",
        "GFLOP/s (of the machine's)",
    ]
    sentence = f"The machine's own rate, a float32 matrix product on one thread: {rate / 1e9:.0f} GFLOP/s."
    return f"{sentence}\n\n{_table(header, rows)}"


def _steps(results: dict[str, Any]) -> int:
    sizes = results["sizes"]
    steps: int = -(-sizes["train"] // sizes["batch"])
    return steps


def _typical(rounds: Sequence[dict[str, Any]], stretch: Stretch) -> Callable[[str], float]:
    """The median seconds by clock."""
    return lambda clock: median(times[stretch][clock] for times in rounds)


def _twice(facts: dict[str, Any]) -> list[float]:
    return [2 * times["epoch"]["wall"] for times in facts["rounds"]]


def _ratio(theirs: Sequence[dict[str, Any]], ours: Sequence[dict[str, Any]], stretch: Stretch, clock: Clock) -> str:
    """The median of the rounds' own ratios: what slows the machine down slows neighbours down alike."""
    if theirs is ours:
        return "1"
    ratios = [a[stretch][clock] / b[stretch][clock] for a, b in zip(theirs, ours, strict=True)]
    return f"{median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})"


def _table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [header, ["---", *["---:"] * (len(header) - 1)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
