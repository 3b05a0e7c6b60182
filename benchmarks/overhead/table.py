"""The results as Markdown: the ratios, and where the overhead goes."""

from statistics import median
from typing import Any

AGAIN = " in other batches"


def markdown(results: list[dict[str, Any]]) -> str:
    """What `docs/evidence/speed.md` shows: setting, ratios and parts of each result."""
    return "\n\n".join("\n\n".join([_setting(one), _ratios(one), _parts(one)]) for one in results)


def _setting(results: dict[str, Any]) -> str:
    machine, sizes, rounds = results["machine"], results["sizes"], results["rounds"]
    counted = f"Medians of {len(rounds)} rounds" if len(rounds) > 1 else "One round"
    return (
        f"{machine['cpu']}, {machine['cores']} cores (load {machine['load'][0]:.1f} at the end), {machine['system']}, "
        f"Python {machine['python']}, ONNX Runtime {results['versions']['onnxruntime']}. ResNet-50 of "
        f"{sizes['parameters']:,} parameters, {sizes['images']:,} images of {sizes['side']}x{sizes['side']}, batches "
        f"of {sizes['batch']}, one thread, one worker. {counted}; in brackets the smallest and the largest ratio of a "
        "round."
    )


def _ratios(results: dict[str, Any]) -> str:
    rounds = results["rounds"]
    titles = {
        "bare": "bare ONNX Runtime loop, both models",
        "first": "`samefn compare`, nothing stored",
        "second": "`samefn compare` with another candidate, the base stored",
        "stored": "`samefn compare`, everything stored",
    }
    rows = []
    for name, title in titles.items():
        asked = ", ".join(rounds[0][name].get("asked", ())) or ("both" if name == "bare" else "none")
        seconds = [f"{median(one[name][clock] for one in rounds):.1f}" for clock in ("cpu", "wall")]
        rows.append([title, asked, *seconds, *(_ratio(rounds, name, clock) for clock in ("cpu", "wall"))])
    header = ["", "models that were run", "CPU s", "wall s", "CPU, times the bare loop", "wall, times the bare loop"]
    return _table(header, rows, 2)


def _ratio(rounds: list[dict[str, Any]], name: str, clock: str) -> str:
    ratios = [one[name][clock] / one["bare"][clock] for one in rounds]
    return f"{median(ratios):.2f}" + (f" ({min(ratios):.2f} to {max(ratios):.2f})" if len(ratios) > 1 else "")


def _parts(results: dict[str, Any]) -> str:
    """Where the seconds beyond the bare loop go, by differences between processes."""
    found = [_split(one) for one in results["rounds"]]
    bare = [one["bare"]["cpu"] for one in results["rounds"]]
    rows = []
    for part in found[0]:
        seconds = [one[part] for one in found]
        shares = [spent / whole for spent, whole in zip(seconds, bare, strict=True)]
        rows.append([part, f"{median(seconds):.1f}", f"{median(shares):.1%}"])
    return _table(["part of the overhead, nothing stored", "CPU s", "of the bare loop"], rows, 1)


def _split(one: dict[str, Any]) -> dict[str, float]:
    """The overhead of one round by parts, CPU seconds."""
    command, worker = (one["imports"][name]["cpu"] for name in ("command", "worker"))
    overhead = one["first"]["cpu"] - one["bare"]["cpu"]
    parts = {
        "start-up of the command: Python and imports": command,
        "reading, hashing, measuring, writing the report": one["stored"]["cpu"] - command,
        "start-up of the worker: Python and imports": worker,
        "the noise floor: the base on a sample in other batches": _floor(one),
    }
    rest = "asking both models, beyond the bare loop (which has a start-up too)"
    return {**parts, rest: overhead - sum(parts.values()), "all of it": overhead}


def _floor(one: dict[str, Any]) -> float:
    """CPU seconds of the noise floor's sample: its task's seconds, less what the machine gave to others meanwhile."""
    seconds = sum(time for name, time in one["first"]["asked"].items() if name.endswith(AGAIN))
    return float(seconds * min(1.0, one["first"]["cpu"] / one["first"]["wall"]))


def _table(header: list[str], rows: list[list[str]], words: int) -> str:
    lines = [header, ["---"] * words + ["---:"] * (len(header) - words), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
