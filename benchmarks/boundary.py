"""Does the bound from margins hold, and how much sooner does it show that a candidate is the same?

    python benchmarks/boundary.py --json results/calibration/boundary.json
    python benchmarks/boundary.py --markdown results/calibration/boundary.json

Each family is a kind of base and a kind of candidate, of up to a million simulated inputs whose flips are counted:
their share is the truth. An audit draws inputs and holds two bounds against a limit: by the flips alone
(Clopper-Pearson), and by the margins. With the limit at the truth each *same* is an error; with the limit above, each
is a right answer. Of trained nets (LeNets on digits) stored predictions are drawn, with replacement.
"""

import argparse
import json
import platform
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, replace
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv, log_softmax
from simulated.trained import trained_logits
from threadpoolctl import threadpool_limits

from samefn.measures.compiled.margins import margins
from samefn.statistics.boundary_sums import CUT_ONE_OF, MAGNIFICATION, boundary_sums
from samefn.verdict.boundary_flips import boundary_flips

Floats = NDArray[np.float64]
Draws = np.random.Generator
Change = Callable[[Floats, float, Draws], Floats]

SHARES = {0.02: 100_000, 0.005: 200_000, 0.0005: 1_000_000}  # truth, about, and inputs of a population
CHUNK_CELLS = 1_000_000  # logits made at a time
TUNED_ON = 40_000  # inputs by which the size of the change is found
AT_LIMIT = (4, 8, 16, 64)  # inputs times limit
BELOW_LIMIT = (0.1, 0.3, 0.5)  # truth over limit
EXPECTED = (4, 8, 16)
ERRORS = (0.02, 0.01, 0.005)  # of the margins
RAW, RAW_BESIDE = 0.025, 0.02  # error of the flips alone, and beside margins
LARGEST_N, LARGEST_LIMIT = 130_000, 0.05


def base(name: str, inputs: int, draws: Draws) -> Floats:
    """Logits of a base, [inputs, classes]."""
    classes, signal, gamma, imbalance = {
        "10 classes": (10, 4.0, 4.0, 0.0),
        "2 classes": (2, 2.5, 4.0, 0.0),
        "1000 classes": (1000, 5.0, 4.0, 0.0),
        "heavy tails of difficulty": (10, 6.0, 0.5, 0.0),
        "heavy tails of scale": (10, 4.0, 4.0, 0.0),
        "very good": (10, 8.0, 4.0, 0.0),
        "classes 1 to 100": (10, 4.0, 4.0, 2.0),
        "at chance": (10, 0.0, 4.0, 0.0),
    }[name]
    frequency = np.arange(1, classes + 1) ** -imbalance
    labels = draws.choice(classes, inputs, p=frequency / frequency.sum())
    logits = draws.normal(size=(inputs, classes))
    logits[np.arange(inputs), labels] += signal * draws.gamma(gamma, 1 / gamma, inputs)
    logits = 2 * logits + np.log(frequency)
    if name == "heavy tails of scale":
        logits *= np.exp(1.5 * draws.normal(size=(inputs, 1)))
    return np.asarray(logits * (0.02 if name == "at chance" else 1.0))


def _rounded(logits: Floats, size: float, _: Draws) -> Floats:
    return np.asarray(np.round(logits / size) * size)


def _as_floats(logits: Floats, size: float, _: Draws) -> Floats:
    """As with few digits: steps in proportion to the power of two."""
    steps = size * 2.0 ** np.floor(np.log2(np.abs(logits) + 1e-30))
    return np.asarray(np.round(logits / steps) * steps)


def _one_class(logits: Floats, size: float, _: Draws) -> Floats:
    return np.asarray(logits + size * (np.arange(logits.shape[1]) == 0))


def _larger_near_boundary(logits: Floats, size: float, draws: Draws) -> Floats:
    two = np.partition(logits, -2, axis=1)[:, -2:]
    return np.asarray(logits + size * draws.normal(size=logits.shape) / (two[:, 1:] - two[:, :1] + 0.05 * logits.std()))


def _rare_failures(logits: Floats, size: float, draws: Draws) -> Floats:
    changed = logits + 0.2 * size * draws.normal(size=logits.shape)
    failed = draws.random(len(logits)) < 0.02 * size / logits.std()
    changed[failed] = logits[failed][:, ::-1]
    return np.asarray(changed)


def _independent(logits: Floats, size: float, draws: Draws) -> Floats:
    other = draws.random((len(logits), 1)) < 0.1 * size / logits.std()
    return np.where(other, logits.std() * draws.normal(size=logits.shape), logits)


CHANGES: dict[str, Change] = {
    "noise": lambda logits, size, draws: logits + size * draws.normal(size=logits.shape),
    "rounded as integers": _rounded,
    "rounded as floats": _as_floats,
    "noise in proportion": lambda logits, size, draws: logits * (1 + size * draws.normal(size=logits.shape)),
    "noise of heavy tails": lambda logits, size, draws: logits + size * draws.standard_t(1.5, size=logits.shape),
    "noise of unequal inputs": lambda logits, size, draws: (
        logits + size * np.exp(1.5 * draws.normal(size=(len(logits), 1))) * draws.normal(size=logits.shape)
    ),
    "noise larger near the boundary": _larger_near_boundary,
    "bias by class": lambda logits, size, _: logits + size * np.random.default_rng(3).normal(size=logits.shape[1]),
    "one class shifted": _one_class,
    "shrunk and noise": lambda logits, size, draws: (
        logits * (1 - size / logits.std()) + size * draws.normal(size=logits.shape)
    ),
    "rare confident failures": _rare_failures,
    "independent on a share": _independent,
}
BASES = ("10 classes", "very good")
MORE = (
    "2 classes",
    "1000 classes",
    "heavy tails of difficulty",
    "heavy tails of scale",
    "classes 1 to 100",
    "at chance",
)
OF_MORE = ("noise", "rounded as floats", "noise of unequal inputs", "noise larger near the boundary", "bias by class")
FAMILIES = [(one, change) for one in BASES for change in CHANGES] + [
    (one, change) for one in MORE for change in OF_MORE
]


@dataclass(frozen=True, eq=False)
class Population:
    """Inputs of which only those matter that flip, or would if their change were magnified.

    Attributes:
        inputs: how many there are in all.
        base_margin: of those that matter.
        margin: of those that matter.
        flipped: of those that matter, 1 or 0.
        sorted_margins: of the base, a sample of all.
    """

    inputs: int
    base_margin: Floats
    margin: Floats
    flipped: Floats
    sorted_margins: Floats

    @property
    def truth(self) -> float:
        """Share of changed predictions."""
        return float(self.flipped.sum()) / self.inputs


@dataclass(frozen=True)
class Cell:
    """How often audits of one population say *same*.

    Attributes:
        base: its kind.
        change: of the candidate.
        truth: share of changed predictions.
        limit: held against it.
        examples: inputs of an audit.
        audits: how many.
        raw: share of *same* by the flips alone, at an error of 2.5 %.
        beside: the same at 2 %.
        margins: share of *same* by the margins, by error.
        either: share of *same* by the flips at 2 % or the margins at that error.
        refused: share of audits whose margins are refused.
        ratio: true small flips over what near flips tell.
    """

    base: str
    change: str
    truth: float
    limit: float
    examples: int
    audits: int
    raw: float
    beside: float
    margins: dict[str, float]
    either: dict[str, float]
    refused: float
    ratio: float | None


def population(kind: str, change: str, share: float, inputs: int, seed: int) -> Population:
    """A population with about that share of changed predictions."""
    tuned = base(kind, TUNED_ON if kind != "1000 classes" else 5000, np.random.default_rng(seed))
    reached = max(share, 0.002)  # fewer flips cannot be counted here; with small changes they are in proportion
    low, high = -6.0, 1.0
    for _ in range(12):
        size = 10 ** ((low + high) / 2)
        changed = CHANGES[change](tuned, size * tuned.std(), np.random.default_rng(seed))
        few = np.mean(changed.argmax(1) != tuned.argmax(1)) < reached
        low, high = ((low + high) / 2, high) if few else (low, (low + high) / 2)
    scale = size * tuned.std() * share / reached
    draws = np.random.default_rng(seed + 1)
    pairs = ((logits, CHANGES[change](logits, scale, draws)) for logits in _chunks(kind, inputs, tuned.shape[1], draws))
    return _gathered(pairs)


def trained() -> Iterator[tuple[str, Population]]:
    """Candidates made from a trained net, by name; those of whose predictions at least ten changed."""
    logits = trained_logits(None, independents=0)
    first = logits["base"].astype(np.float64)
    for name, other in logits.items():
        if name not in {"base", "labels"}:
            found = _gathered(iter([(first, other.astype(np.float64))]))
            if found.flipped.sum() >= 10:
                yield name, found


def audits(of: Population, limit: float, examples: int, number: int, draws: Draws) -> tuple[NDArray[np.bool_], ...]:
    """For each audit: same by the flips at both errors, by the margins at each error, and whether these are refused."""
    counts = draws.binomial(examples, len(of.margin) / of.inputs, number)
    rank = examples // CUT_ONE_OF
    cuts = np.quantile(of.sorted_margins, draws.beta(rank + 1, examples - rank, number))
    found = np.zeros((3 + len(ERRORS), number), dtype=np.bool_)
    for at, (count, cut) in enumerate(zip(counts, cuts, strict=True)):
        drawn = draws.integers(len(of.margin), size=count)
        sums = boundary_sums(of.base_margin[drawn], of.margin[drawn], of.flipped[drawn], float(cut))
        sums = replace(sums, examples=examples, below=rank + 1)
        flips = sums.counted + sums.small
        for place, error in enumerate((RAW, RAW_BESIDE)):
            found[place, at] = betaincinv(flips + 1, examples - flips, 1 - error) < limit
        for place, error in enumerate(ERRORS):
            bound = boundary_flips(sums, error)
            found[2 + place, at] = bound.high is not None and bound.high < limit
            found[-1, at] = bound.refused != ""
    return tuple(found)


def cells(kind: str, change: str, of: Population, number: int, draws: Draws) -> Iterator[Cell]:
    """Every cell of a population."""
    whole = boundary_sums(of.base_margin, of.margin, of.flipped, float(np.quantile(of.sorted_margins, 1 / CUT_ONE_OF)))
    ratio = whole.small / whole.near if whole.near and whole.small >= 20 else None
    grid = [(1.0, at, number) for at in AT_LIMIT]
    grid += [(part, at, max(100, number // 8)) for part in BELOW_LIMIT for at in EXPECTED]
    for part, expected, many in grid:
        limit = of.truth / part
        examples = round(expected / limit)
        if limit > LARGEST_LIMIT or examples > LARGEST_N or examples < 10 * MAGNIFICATION:
            continue
        raw, beside, *by_margins, refused = audits(of, limit, examples, many, draws)
        named = {str(error): same for error, same in zip(ERRORS, by_margins, strict=True)}
        yield Cell(
            kind,
            change,
            of.truth,
            limit,
            examples,
            many,
            float(raw.mean()),
            float(beside.mean()),
            {error: float(same.mean()) for error, same in named.items()},
            {error: float((same | beside).mean()) for error, same in named.items()},
            float(refused.mean()),
            ratio,
        )


def simulated(at: int, number: int, fewer: int) -> list[Cell]:
    """Every cell of a family, of populations so many times smaller."""
    kind, change = FAMILIES[at]
    found: list[Cell] = []
    with threadpool_limits(1):
        for share, inputs in SHARES.items():
            if kind != "1000 classes" or share >= 0.005:
                of = population(kind, change, share, inputs // fewer, 10 * at)
                found += cells(kind, change, of, number, np.random.default_rng(at)) if of.truth else []
    return found


def _chunks(kind: str, inputs: int, classes: int, draws: Draws) -> Iterator[Floats]:
    inputs = min(inputs, 60_000) if classes > 100 else inputs
    chunk = CHUNK_CELLS // classes
    for _ in range(0, inputs, chunk):
        yield base(kind, chunk, draws)


def _gathered(pairs: Iterator[tuple[Floats, Floats]]) -> Population:
    inputs, parts, of_base = 0, [], []
    for first, other in pairs:
        log_p, log_q = (log_softmax(logits, axis=1).astype(np.float32) for logits in (first, other))
        both = np.empty((2, len(first)))
        margins(log_p, log_q, log_p.argmax(1), both)
        flipped = log_p.argmax(1) != log_q.argmax(1)
        change = both[0] - both[1]
        matters = flipped | ((change > 0) & (both[0] <= MAGNIFICATION * change))
        parts.append(np.stack([*both[:, matters], flipped[matters]]))
        of_base.append(both[0, ::4] if len(first) > 5000 else both[0])
        inputs += len(first)
    base_margin, margin, flips = np.concatenate(parts, axis=1)
    return Population(inputs, base_margin, margin, flips, np.sort(np.concatenate(of_base)))


def markdown(results: dict[str, list[dict[str, object]]]) -> str:
    """Tables: errors by base and change (worst cell), and answers by distance from the limit (mean over families)."""
    found = [Cell(**one) for one in results["cells"]]  # type: ignore[arg-type]  # JSON knows no types
    at_limit = [one for one in found if one.limit == one.truth]
    lines = [
        "`python benchmarks/boundary.py --processes 2`",
        "",
        "Limit at the truth: share of *same*, which is then an error, in the worst cell of a family, and over all",
        "",
    ]
    head = ["raw 2.5 %", "raw 2 %", *(f"margins {error:.1%}" for error in ERRORS)]
    head += [f"raw 2 % or margins {error:.1%}" for error in ERRORS]
    lines += ["| base | change | ratio | " + " | ".join([*head, "refused"]) + " |", "|---" * (4 + len(head)) + "|"]
    for kind, change in dict.fromkeys((one.base, one.change) for one in at_limit):
        of = [one for one in at_limit if (one.base, one.change) == (kind, change)]
        ratios = [one.ratio for one in of if one.ratio is not None]
        ratio = f"{min(ratios):.2f} to {max(ratios):.2f}" if ratios else ""
        lines.append(f"| {kind} | {change} | {ratio} | " + " | ".join(_shares(of, max)) + " |")
    lines.append("| all | mean of cells | | " + " | ".join(_shares(at_limit, _mean)) + " |")
    lines += ["", "Limit above the truth: share of *same*, which is then right, mean over families", ""]
    lines += ["| truth / limit | inputs x limit | changes | " + " | ".join([*head, "refused"]) + " |"]
    lines += ["|---" * (4 + len(head)) + "|"]
    for part in BELOW_LIMIT:
        for expected in EXPECTED:
            for name, chosen in (("small ones", _SMALL), ("all", tuple(CHANGES))):
                of = [
                    one
                    for one in found
                    if np.isclose(one.truth / one.limit, part, rtol=0.01)
                    and np.isclose(one.examples * one.limit, expected, rtol=0.02)
                    and one.change in chosen
                ]
                if of:
                    lines.append(f"| {part} | {expected} | {name} | " + " | ".join(_shares(of, _mean)) + " |")
    lines += ["", "(small ones: " + ", ".join(_SMALL) + ")", "", str(results["made"])]
    return "\n".join(lines) + "\n"


_SMALL = ("noise", "noise in proportion", "bias by class")


def _shares(of: list[Cell], over: Callable[[list[float]], float]) -> list[str]:
    columns = [[one.raw for one in of], [one.beside for one in of]]
    columns += [[one.margins[str(error)] for one in of] for error in ERRORS]
    columns += [[one.either[str(error)] for one in of] for error in ERRORS]
    columns.append([one.refused for one in of])
    return [f"{100 * over(column):.1f} %" for column in columns]


def _mean(values: list[float]) -> float:
    return sum(values) / len(values)


def main() -> None:
    """Simulate, or show what was simulated."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="two families, 100 audits a cell, no trained nets")
    parser.add_argument("--audits", type=int, default=1000, help="audits a cell at the limit (1000)")
    parser.add_argument("--processes", type=int, default=1, help="families simulated at a time (1)")
    parser.add_argument("--json", type=Path, help="write the results here")
    parser.add_argument("--markdown", type=Path, help="simulate nothing: show the results in this file")
    arguments = parser.parse_args()
    if arguments.markdown:
        print(markdown(json.loads(arguments.markdown.read_text(encoding="utf-8"))))
        return
    started = time.perf_counter()
    number = 100 if arguments.quick else arguments.audits
    found: list[Cell] = []
    families = FAMILIES[:2] if arguments.quick else FAMILIES
    with ProcessPoolExecutor(arguments.processes, get_context("spawn")) as pool:
        one = partial(simulated, number=number, fewer=10 if arguments.quick else 1)
        for family, of_family in zip(families, pool.map(one, range(len(families))), strict=True):
            found += of_family
            print(f"{', '.join(family)}: {time.perf_counter() - started:.0f} s", file=sys.stderr)
    if not arguments.quick:
        for name, of in trained():
            found += cells("trained LeNet, digits", name, of, number, np.random.default_rng(0))
    seconds = time.perf_counter() - started
    made = (
        f"{number} audits a cell at the limit, an eighth above it; seeds 0 to {10 * len(FAMILIES)};"
        f" {platform.machine()}, {arguments.processes} processes, {seconds:.0f} s"
    )
    results = {"made": made, "cells": [asdict(one) for one in found]}
    if arguments.json:
        lines = ",\n".join(json.dumps(one) for one in results["cells"])
        arguments.json.write_text(f'{{"made": {json.dumps(made)}, "cells": [\n{lines}\n]}}\n', encoding="utf-8")
    print(markdown(results))  # type: ignore[arg-type]


if __name__ == "__main__":
    main()
