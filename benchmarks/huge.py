"""Saved predictions of any size through `samefn compare`: how much memory it takes, how long, and whether it is right.

    python benchmarks/huge.py --examples 50000 200000 1000000 --json results/huge/huge.json
    python benchmarks/huge.py --examples 200000 --forms npy --cases plain --profile
    python benchmarks/huge.py --markdown results/huge/huge.json

Base, candidate and one independently trained model, 1,000 classes, are written chunk by chunk into a temporary folder
(at 1,000,000 examples in float16 6 GB) and compared by a fresh process, which keeps decoded copies in temporary files
(in float32, 12 GB). The disagreement must be that of a plain count. What they say: docs/evidence/scale.md.
"""

import argparse
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from saved.making import count, holes, labels, logits, write
from saved.memory import Measured, measured
from saved.table import markdown, parts

from samefn.runtimes.host import host

FORMS = ("npy", "safetensors", "npz", "parquet")
CASES = ("plain", "reversed", "nan")


def main() -> None:
    """Measure, or show what was measured; the exit status is 1 where a figure is wrong."""
    arguments = _arguments()
    if arguments.markdown:
        print(markdown(json.loads(arguments.markdown.read_text(encoding="utf-8"))))
        return
    results: dict[str, Any] = {"machine": host(), "classes": arguments.classes, "dtype": arguments.dtype, "runs": []}
    for examples in arguments.examples:
        for form in arguments.forms:
            with tempfile.TemporaryDirectory(dir=arguments.folder) as folder:
                for run in _runs(Path(folder), form, examples, arguments):
                    results["runs"].append(run)
                    print(json.dumps(run), file=sys.stderr, flush=True)
                    if arguments.json:
                        arguments.json.parent.mkdir(parents=True, exist_ok=True)
                        arguments.json.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    print(markdown(results))
    if not all(run["right"] for run in results["runs"]):
        sys.exit("a figure is not that of the plain count")


def _runs(folder: Path, form: str, examples: int, arguments: argparse.Namespace) -> Iterator[dict[str, Any]]:
    """All cases of one form and size."""
    shape, dtype = (examples, arguments.classes), arguments.dtype
    true = labels(*shape)
    paths = {model: folder / f"{model}.{form}" for model in ("base", "independent", "candidate")}
    for model in ("base", "independent"):
        write(paths[model], logits(*shape, model, dtype), shape, dtype, true)
    for case in arguments.cases:
        if form == "npy" and case == "reversed":
            continue  # it holds no ids
        write(paths["candidate"], logits(*shape, "candidate", dtype, case), shape, dtype, true)
        found = _compared(folder, paths, profile=arguments.profile)
        figures = _figures(folder / "out" / "report.json")
        run = {
            "form": form,
            "case": case,
            "examples": examples,
            "file_bytes": paths["candidate"].stat().st_size,
            "exit_code": found.code,
            "seconds": found.seconds,
            "cpu_seconds": found.cpu_seconds,
            "anonymous_bytes": found.anonymous,
            "mapped_bytes": found.mapped,
            "figures": figures,
        }
        if case == "nan":
            bad = int(holes(np.arange(examples)).sum())
            run["right"] = found.code == 2 and f"{bad} of {examples} rows" in found.said
        else:
            run["counted"] = count(*shape, dtype)
            run["right"] = round(figures.get("disagreement", -1.0) * examples) == run["counted"]
        if not run["right"]:
            run["said"] = found.said.splitlines()[-3:]
        if arguments.profile:
            run["profile"] = parts(folder / "profile")
        yield run


def _compared(folder: Path, paths: dict[str, Path], *, profile: bool) -> Measured:
    command = [sys.executable, str(Path(__file__).parent / "saved" / "samefn_main.py"), "compare"]
    command += [str(paths["base"]), str(paths["candidate"]), "--independent", str(paths["independent"])]
    command += ["--out", str(folder / "out"), "--store", str(folder / "store")]
    shutil.rmtree(folder / "out", ignore_errors=True)
    environment = {**os.environ, **({"SAMEFN_PROFILE": str(folder / "profile")} if profile else {})}
    return measured(command, folder / "said.txt", environment)


def _figures(report: Path) -> dict[str, float]:
    """Of the candidate: what the report says of it."""
    if not report.is_file():
        return {}
    told = json.loads(report.read_text(encoding="utf-8"))
    found = {e["measure"]: e["value"] for e in told["measures"] if e["candidate"] == "candidate-1"}
    wanted = ("candidate-1", "disagreement")
    [scale] = [e for e in told["relative_distances"] if (e["candidate"], e["measure"]) == wanted]
    kept = {name: found[name] for name in ("disagreement", "total_variation", "kendall_tau")}
    return {"examples": told["data"]["test_examples"], **kept, "scale_disagreement": scale["value"]}


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--examples", type=int, nargs="+", default=[50_000], help="sizes, one after another (50,000)")
    parser.add_argument("--classes", type=int, default=1000, help="1,000")
    parser.add_argument("--dtype", choices=("float32", "float16"), default="float32", help="of the files (float32)")
    parser.add_argument("--forms", nargs="+", choices=FORMS, default=FORMS, help="forms of the files (all)")
    parser.add_argument("--cases", nargs="+", choices=CASES, default=CASES, help="of the candidate (all)")
    parser.add_argument("--folder", type=Path, help="where the files go for a while; else where temporary files go")
    parser.add_argument("--profile", action="store_true", help="also say which parts take how long; slower")
    parser.add_argument("--json", type=Path, help="write the results here")
    parser.add_argument("--markdown", type=Path, help="measure nothing: show the results in this file")
    return parser.parse_args()


if __name__ == "__main__":
    main()
