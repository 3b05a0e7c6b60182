"""A comparison of many examples with and without shards: memory of all processes, time, and whether it is right.

    python benchmarks/compare_shards.py
    python benchmarks/compare_shards.py --examples 100000 --shards 4

Base, candidate and one independent model are linear classifiers in ONNX, so that what is measured is samefn. Each
comparison is a fresh process with an empty store. Values must agree to 1e-12 with those without shards, and reports of
other numbers of shards to the bit. What the figures say stands in docs/evidence/shards.md.
"""

import argparse
import json
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from saved.memory import Measured, measured

FEATURES, CLASSES = 32, 100
MIB = 2**20
TOLERANCE = 1e-12


def main() -> None:
    """Measure and print; the exit status is 1 where a figure is wrong."""
    arguments = _arguments()
    with tempfile.TemporaryDirectory(dir=arguments.folder) as name:
        folder = Path(name)
        _make(folder, arguments.examples)
        print("| shards | wall seconds | CPU seconds | anonymous, MiB | store, MiB |\n|---|---:|---:|---:|---:|")
        whole = _run(folder, 0, arguments.workers)
        reports = [_run(folder, shards, arguments.workers) for shards in arguments.shards]
    for shards, report in zip(arguments.shards, reports, strict=True):
        for one, other in zip(report["measures"], whole["measures"], strict=True):
            if abs(one["value"] - other["value"]) > TOLERANCE:
                sys.exit(f"{shards} shards: {one['measure']} is {one['value']}, without {other['value']}")
        if report != reports[0]:
            sys.exit(f"the report of {shards} shards is not that of {arguments.shards[0]}")


def _make(folder: Path, examples: int) -> None:
    draw = np.random.default_rng(0)
    base, other = (draw.normal(size=(FEATURES, CLASSES)).astype(np.float32) for _ in range(2))
    moved = base + np.float32(0.02) * draw.normal(size=base.shape).astype(np.float32)
    for name, weights in (("base", base), ("candidate", moved), ("independent", base + other / 2)):
        made = onnx.helper.make_graph(
            [onnx.helper.make_node("MatMul", ["x", "w"], ["scores"])],
            name,
            [onnx.helper.make_tensor_value_info("x", onnx.TensorProto.FLOAT, ["n", FEATURES])],
            [onnx.helper.make_tensor_value_info("scores", onnx.TensorProto.FLOAT, ["n", CLASSES])],
            [onnx.numpy_helper.from_array(weights, "w")],
        )
        opsets = [onnx.helper.make_opsetid("", 17)]
        onnx.save(onnx.helper.make_model(made, opset_imports=opsets, ir_version=10), folder / f"{name}.onnx")
    inputs = draw.normal(size=(examples, FEATURES)).astype(np.float32)
    noise = 3 * draw.normal(size=(examples, CLASSES)).astype(np.float32)
    np.savez(folder / "test.npz", x=inputs, y=(inputs @ base + noise).argmax(axis=1))


def _run(folder: Path, shards: int, workers: int) -> dict[str, Any]:
    """One comparison, a line of the table; what its report holds beside the times."""
    out, store = folder / f"out-{shards}", folder / f"store-{shards}"
    command = [sys.executable, str(Path(__file__).parent / "saved" / "samefn_main.py"), "compare"]
    command += [str(folder / f"{name}.onnx") for name in ("base", "candidate")]
    command += ["--independent", str(folder / "independent.onnx"), "--data", str(folder / "test.npz")]
    command += ["--out", str(out), "--store", str(store), "--set", "cost=false", "--workers", str(workers)]
    command += ["--shards", str(shards)] if shards else []
    found: Measured = measured(command, folder / "said.txt", os.environ)
    if found.code:
        sys.exit(found.said)
    kept = sum(path.stat().st_size for path in store.rglob("*") if path.is_file())
    print(
        f"| {shards or 'without'} | {found.seconds:.0f} | {found.cpu_seconds:.0f} | {found.anonymous / MIB:,.0f} "
        f"| {kept / MIB:,.0f} |",
        flush=True,
    )
    report: dict[str, Any] = json.loads((out / "report.json").read_text(encoding="utf-8"))
    report.pop("times")
    return report


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--examples", type=int, default=500_000, help="how many (500,000)")
    parser.add_argument("--shards", type=int, nargs="+", default=[4, 20, 100], help="numbers of shards (4 20 100)")
    parser.add_argument("--workers", type=int, default=2, help="processes that ask (2)")
    parser.add_argument("--folder", type=Path, help="where the files go for a while; else where temporary files go")
    return parser.parse_args()


if __name__ == "__main__":
    main()
