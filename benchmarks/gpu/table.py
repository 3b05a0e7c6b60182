"""The results as Markdown: what was measured, and what is projected from it."""

from collections.abc import Callable, Sequence
from statistics import median
from typing import Any

from gpu.pairs import PAPER
from gpu.projection import Projection, cost, counts, project, run_of

NO_FIT = "no memory"


def markdown(results: dict[str, Any]) -> str:
    """Setting, steps, processes, projection."""
    return "\n\n".join([_setting(results), _steps(results), _processes(results), _projected(results)])


def _setting(results: dict[str, Any]) -> str:
    device, sizes = results["device"], results["sizes"]
    if device["kind"] == "cuda":
        name = f"{device['gpu']}, {device['memory'] / 2**30:.0f} GiB, CUDA {device['cuda']}, cuDNN {device['cudnn']}; "
        name += f"{device['cpu']}, {device['cores']} cores"
    else:
        name = f"{device['cpu']}, {device['cores']} cores, no GPU"
    rates = ", ".join(
        f"{median(values) / 1e9:,.0f} GFLOP/s in {title}"
        for key, title in (("float32", "float32"), ("tf32", "TF32, which samefn does not use"))
        if (values := results["rates"].get(key))
    )
    return (
        f"{name}; torch {device['torch']}. The machine's load before the first round: {results['load']:.1f}. "
        f"*Measured*: epochs of {sizes['steps']} steps with an evaluation of {sizes['evaluation']:,} images and a "
        f"checkpoint; rounds, whose median counts: {sizes['rounds']}. The device's own rate, a large matrix product: "
        f"{rates}."
    )


def _steps(results: dict[str, Any]) -> str:
    """One process alone."""
    rate, rows = median(results["rates"]["float32"]), []
    for record in results["pairs"]:
        title = [record["title"], "x".join(map(str, record["shape"])), str(record["classes"])]
        run = run_of(record, 1)
        if run is None:
            rows.append([*title, *[""] * 9])
            continue
        one = cost(run, results["sizes"])
        step = record["operations"]["step"] * record["batch_size"]
        rows.append(
            [
                *title,
                f"{run['parameters']:,}",
                f"{1000 * one.step:.2f}",
                f"{record['test'] * one.image:.2f}",
                f"{one.checkpoint:.2f}",
                _mebibytes(run, "process"),
                f"{step / 1e9:.2f}",
                f"{1000 * step / rate:.2f}",
                f"{step / one.step / 1e9:,.0f}",
                f"{step / one.step / rate:.0%}",
            ]
        )
    header = ["measured, one process", "images", "classes", "parameters", "step, ms", "evaluation of the test set, s"]
    header += ["checkpoint, s", "peak memory, MiB", "GFLOP a step", "its lower bound, ms", "GFLOP/s", "of the device's"]
    return _table(header, rows)


def _processes(results: dict[str, Any]) -> str:
    """Several processes at once."""
    rows = []
    for record in results["pairs"]:
        for count in counts(results):
            run, alone = run_of(record, count), run_of(record, 1)
            if run is None:
                rows.append([record["title"], str(count), NO_FIT, *[""] * 4])
                continue
            rate = count / cost(run, results["sizes"]).step
            times = f"{rate * cost(alone, results['sizes']).step:.2f}" if alone else ""
            memory = [_mebibytes(run, kind) for kind in ("process", "device")]
            rows.append(
                [record["title"], str(count), f"{rate:,.1f}", f"{rate * record['batch_size']:,.0f}", times, *memory]
            )
    header = ["measured, at once", "processes", "steps a second, all", "images a second, all", "times one process"]
    return _table([*header, "peak memory a process, MiB", "device memory in use, MiB"], rows)


def _projected(results: dict[str, Any]) -> str:
    """Every pair's trainings, those of all, and those of the preset."""
    numbers = counts(results)
    kinds = [(record["title"], [record], False) for record in results["pairs"]]
    kinds.append(("all pairs", results["pairs"], False))
    kinds.append(("all trainings of the preset `paper`", results["pairs"], True))
    rows = []
    for title, records, preset in kinds:
        found = {count: project(results, records, count, preset) for count in numbers}
        any_of = next((one for one in found.values() if one), None)
        if any_of is None:
            rows.append([title, *[""] * (len(numbers) + 3)])
            continue
        hours = [_hours(one, lambda one: one.whole) for one in found.values()]
        chain = _hours(found[numbers[0]], lambda one: one.chain)
        rows.append([title, str(any_of.trainings), *hours, chain, f"{any_of.lower_bound / 3600:.3f}"])
    header = ["projected", "trainings", *(f"hours, {count} at once" for count in numbers)]
    table = _table([*header, f"longest chain, hours, {numbers[0]} at once", "lower bound by FLOPs, hours"], rows)
    return f"{_said(results)}\n\n{table}"


def _said(results: dict[str, Any]) -> str:
    record, evaluation = results["pairs"][0], results["sizes"]["evaluation"]
    images = ", ".join(f"{one['title']} {one['train']:,}" for one in results["pairs"])
    return (
        f"*Projected*, not measured: {PAPER['trainings']} trainings a pair (base, two independents, three students) of "
        f"{record['epochs']} epochs over all training images ({images}), from the measured step, evaluation and "
        f"checkpoint. Before a training and after each epoch all {record['test']:,} test images, from a measured "
        f"evaluation of {evaluation:,}; the teacher's answers to the training images once a pair. Processes are taken "
        "to be busy to the end with models of one pair; nothing is over before the longest chain is, a base and then a "
        "student. Export, quantisation, pruning and the report are not in it. The lower bound is all operations of "
        "convolutions and dense layers at the device's own float32 rate."
    )


def _hours(one: Projection | None, what: Callable[[Projection], float]) -> str:
    return NO_FIT if one is None else f"{what(one) / 3600:.2f}"


def _mebibytes(run: dict[str, Any], kind: str) -> str:
    """The largest of the last round; empty where it is not known."""
    found = [answer["memory"].get(kind) for answer in run["rounds"][-1]]
    return "" if None in found else f"{max(found) / 2**20:,.0f}"


def _table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [header, ["---", *["---:"] * (len(header) - 1)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
