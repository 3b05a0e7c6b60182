"""Are the verdict's answers right, and does it give one? Simulated audits with known truth.

    python benchmarks/calibration.py --json results/calibration/calibration.json
    python benchmarks/calibration.py --markdown results/calibration/calibration.json

The first line trains some nets and simulates (minutes on one core; with --quick, seconds and no nets), the second shows
what was simulated.
What is simulated, and what is missed, stands in docs/evidence/calibration.md.
"""

import argparse
import json
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, replace
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import numpy as np
from simulated.cells import answers, distances, plain
from simulated.grid import (
    CLASS_LIMIT,
    DISTANCE_FAMILIES,
    DISTANCE_SIZES,
    DISTANCES,
    FAMILIES,
    INDEPENDENTS,
    LIMITS,
    NEAR_CELLS,
    NEAR_FAMILY,
    NEAR_INDEPENDENTS,
    OF_ERRORS,
    PAIRED,
    PAIRED_FAMILIES,
    PAIRED_LIMIT,
    PAIRED_NETS,
    PAIRED_TRUTHS,
    SIZES,
    TRUTHS,
    Family,
)
from simulated.paired import paired
from simulated.populations import INDEPENDENTS as MODELS
from simulated.populations import INPUTS, PART, Candidate, Population, another_model, candidates, population
from simulated.table import markdown
from simulated.trained import trained_logits, trained_population
from threadpoolctl import threadpool_limits

QUICK_MODELS, QUICK_INPUTS = 40, 24_000
QUICK = ("rounded weights", "rare confident failures", "unequal independents")
AT_LIMIT = (1.0, 1.5)  # truths whose rates are to be small: audited four times as often
NEAR_AUDITS = 20  # times as many audits in the cells of *near*
FROM_ANOTHER = 0.5  # relative distances from which a candidate is another model on a share of the inputs

Rows = dict[str, list[dict[str, object]]]


def main() -> None:
    """Simulate, or show what was simulated."""
    arguments = _arguments()
    if arguments.markdown:
        print(markdown(json.loads(arguments.markdown.read_text(encoding="utf-8"))))
        return
    results: Rows = {"families": [], "answers": [], "distances": [], "near": [], "paired": []}
    tasks = _tasks(arguments)
    with ProcessPoolExecutor(arguments.processes, get_context("spawn")) as pool:
        for rows in pool.map(_run, tasks):
            for name, some in rows.items():
                results[name] += some
    if arguments.json:
        arguments.json.parent.mkdir(parents=True, exist_ok=True)
        arguments.json.write_text(_json(results), encoding="utf-8")
    print(markdown(results))


def _tasks(arguments: argparse.Namespace) -> list[partial[Rows]]:
    """What can be simulated by itself, each with draws of its own."""
    quick, audits, draws = arguments.quick, arguments.audits, arguments.paired
    size = (QUICK_MODELS, QUICK_INPUTS) if quick else (MODELS, INPUTS)
    tasks = [partial(_family, one, audits, quick) for one in FAMILIES if not quick or one.name in QUICK]
    tasks += [partial(_near, NEAR_AUDITS * audits, *size)]
    tasks += [partial(_paired, name, draws, *size) for name in PAIRED_FAMILIES]
    return tasks if quick else [*tasks, partial(_trained, audits, draws, arguments.trained)]


def _run(task: "partial[Rows]") -> Rows:
    started = time.process_time()
    # One thread: the last digits of a product depend on how many there are.
    with threadpool_limits(1):
        found = task()
    named = {str(one["family"]) for one in found["families"]} or {"paired draws"}
    print(f"{', '.join(named)}: {time.process_time() - started:.0f} s", file=sys.stderr, flush=True)
    return found


def _family(family: Family, audits: int, quick: bool) -> Rows:
    with_distances = family.name in DISTANCE_FAMILIES
    models, inputs = (QUICK_MODELS, QUICK_INPUTS) if quick else (MODELS, INPUTS)
    of = population(family, models if with_distances else 0, inputs)
    results: Rows = {"families": [_described(of)], "answers": [], "distances": []}
    draws = np.random.default_rng(FAMILIES.index(family))
    sizes, limits = ((1_000, 10_000), LIMITS[1:]) if quick else (SIZES, LIMITS)
    for limit, truth, candidate in _by_limit(of, limits):
        for examples in sizes:
            many = audits * 4 if truth in AT_LIMIT else audits
            results["answers"].append(plain(answers(of, candidate, examples, limit, many, draws)))
    if with_distances:
        for candidate in _by_distance(of):
            for examples in DISTANCE_SIZES[1:3] if quick else DISTANCE_SIZES:
                cells = distances(of, candidate, examples, _some(INDEPENDENTS), audits, draws)
                results["distances"].extend(plain(one) for one in cells)
    return results


def _by_limit(of: Population, limits: tuple[float, ...]) -> Iterator[tuple[float, float, Candidate]]:
    """Every limit and truth with its candidate, which is one where their product is."""
    own = min(limits, key=lambda one: abs(one - OF_ERRORS * of.family.error))
    pairs = [(limit, truth) for limit in ((own,) if of.family.default_limit else limits) for truth in TRUTHS]
    of_class = CLASS_LIMIT if of.family.change in PART else 1
    wanted = sorted({round(limit * truth * of_class, 9) for limit, truth in pairs})
    for share, candidate in zip(wanted, candidates(of, wanted), strict=True):
        for limit, truth in pairs:
            if round(limit * truth * of_class, 9) == share:
                yield limit, truth, candidate


def _by_distance(of: Population) -> Iterator[Candidate]:
    mean = float(of.distances.mean())
    yield from candidates(of, [one * mean for one in DISTANCES if one < FROM_ANOTHER])
    yield from candidates(another_model(of), [one * mean for one in DISTANCES if one >= FROM_ANOTHER])


def _near(audits: int, models: int, inputs: int) -> Rows:
    of = population(NEAR_FAMILY, models, inputs)
    results: Rows = {"families": [_described(of)], "near": []}
    draws = np.random.default_rng(0)
    for cell, candidate in zip(NEAR_CELLS, candidates(of, [one.share for one in NEAR_CELLS]), strict=True):
        found = distances(of, candidate, cell.examples, list(NEAR_INDEPENDENTS), audits, draws)
        results["near"].extend({"cell": cell.name, **plain(one)} for one in found)
    return results


def _paired(name: str, audits: int, models: int, inputs: int) -> Rows:
    results: Rows = {"families": [], "paired": []}
    of = population(next(one for one in FAMILIES if one.name == name), models, inputs)
    draws = np.random.default_rng(0)
    for candidate in candidates(of, [one * PAIRED_LIMIT for one in PAIRED_TRUTHS]):
        results["paired"].extend(asdict(one) for one in paired(of, candidate, PAIRED_LIMIT, audits, draws))
    return results


def _trained(audits: int, pairs: int, folder: Path | None) -> Rows:
    of, found = trained_population(trained_logits(folder))
    results: Rows = {"families": [_described(of)], "answers": [], "distances": [], "paired": []}
    draws = np.random.default_rng(0)
    for name, candidate in found:
        named = replace(of, family=replace(of.family, name=f"{of.family.name}: {name}"))
        for truth in TRUTHS[1:]:
            limit = candidate.share / truth  # nets change as they do: the limit is what can be chosen
            for examples in SIZES if limit <= 1 / CLASS_LIMIT else ():
                many = audits * 4 if truth in AT_LIMIT else audits
                results["answers"].append(plain(answers(named, candidate, examples, limit, many // 2, draws)))
        for examples in DISTANCE_SIZES:
            cells = distances(named, candidate, examples, _some(INDEPENDENTS), audits // 2, draws)
            results["distances"].extend(plain(one) for one in cells)
        if name in PAIRED_NETS:
            limit = candidate.share / PAIRED_NETS[name]
            results["paired"].extend(asdict(one) for one in paired(named, candidate, limit, pairs, draws))
    return results


def _some(independents: tuple[int, ...]) -> list[int]:
    return [one for one in independents if one]


def _described(of: Population) -> dict[str, object]:
    apart = of.distances if len(of.independents) else None
    return {
        "family": of.family.name,
        "classes": of.family.classes,
        "inputs": len(of.labels),
        "error": round(of.error, 4),
        "independent_distance": None if apart is None else round(float(apart.mean()), 4),
        "variation": None if apart is None else round(float(apart.std() / apart.mean()), 3),
    }


def _json(results: Rows) -> str:
    """One line a family and a cell."""
    parts = []
    for key, rows in results.items():
        lines = ",\n".join(json.dumps(one) for one in rows)
        parts.append(f"{json.dumps(key)}: [\n{lines}\n]")
    return "{\n" + ",\n".join(parts) + "\n}\n"


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="three families, no trained nets, few sizes and limits")
    parser.add_argument("--audits", type=int, default=20, help="audits a cell, at the limit four times as many (20)")
    parser.add_argument("--paired", type=int, default=PAIRED, help=f"paired draws ({PAIRED:,})")
    parser.add_argument("--processes", type=int, default=1, help="how many to use (1); the results are the same")
    parser.add_argument("--trained", type=Path, help="keep the trained nets' predictions in this folder, and use them")
    parser.add_argument("--json", type=Path, help="write the results here")
    parser.add_argument("--markdown", type=Path, help="simulate nothing: show the results in this file")
    arguments = parser.parse_args()
    if arguments.audits < 2:
        parser.error("--audits must be at least 2")
    return arguments


if __name__ == "__main__":
    main()
