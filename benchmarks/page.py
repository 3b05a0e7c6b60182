"""Make report pages in every state that a reader may meet, and print how large they are.

    python benchmarks/page.py out/

Each page is a comparison of made-up models on made-up pictures, seeded, so that the pages are equal from run to run.
How to measure first paint and accessibility of them in Chromium: docs/evidence/page.md.
"""

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path
from time import perf_counter

import numpy as np
from numpy.typing import NDArray

import samefn
from samefn.reports.page.report import report_html
from samefn.schema.costs import CostEntry, Latency
from samefn.schema.report import Failure, ModelEntry, Report

SIDE, CLASSES, SEED = 64, 10, 0
NAMES = ("plane", "car", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
HOSTILE = (
    "<script>alert(1)</script>",
    "</script><img src=https://example.com/x onerror=alert(2)>",
    '\'" onmouseover="alert(3)" x=\'',
    "\u202eright to left\u2066",
    f"a-name-{'without-a-break-' * 12}",
)
Logits = NDArray[np.float64]


def pictures(count: int) -> NDArray[np.uint8]:
    """[count, 3, side, side] of smooth colours with some grain: about as large as photographs when they are packed."""
    draw = np.random.default_rng(SEED)
    coarse = draw.uniform(0, 255, (count, 3, 9, 9))
    at = np.linspace(0, 8, SIDE, endpoint=False)
    left, part = at.astype(int), at % 1
    rows = coarse[:, :, left] * (1 - part)[:, None] + coarse[:, :, left + 1] * part[:, None]
    smooth = rows[..., left] * (1 - part) + rows[..., left + 1] * part
    return np.clip(smooth + draw.normal(0, 5, smooth.shape), 0, 255).astype(np.uint8)


def logits(count: int) -> tuple[Logits, NDArray[np.int64]]:
    """Of the base, and labels of which about 94 % are its class."""
    draw = np.random.default_rng(SEED)
    base = 4 * draw.normal(size=(count, CLASSES))
    labels = np.where(draw.random(count) < 0.94, base.argmax(1), draw.integers(0, CLASSES, count))
    return base, labels


def compared(
    names: Sequence[str],
    *,
    count: int = 4_000,
    labelled: bool = True,
    data: Callable[[int], NDArray[np.generic]] = pictures,
    class_names: Sequence[str] = NAMES,
) -> Report:
    """A comparison of candidates that differ from the base by more and more noise."""
    draw = np.random.default_rng(SEED + 1)
    base, labels = logits(count)
    moved = [base + 2.0 ** (-6 + 7 * at / len(names)) * draw.normal(size=base.shape) for at in range(len(names))]
    independents = [base + 3 * draw.normal(size=base.shape) for _ in range(3)]

    def predictions(name: str, of: Logits) -> samefn.Predictions:
        return samefn.Predictions.from_logits(name, of, range(count), labels if labelled else None)

    result = samefn.compare(
        predictions("base.onnx", base),
        [predictions(name, of) for name, of in zip(names, moved, strict=True)],
        independents=[predictions(f"seed{at}.onnx", of) for at, of in enumerate(independents, start=1)],
        data=data(count),
        labels=labels if labelled else None,
        slices={"light": np.where(np.arange(count) % 3 == 0, "night", "day")},
        class_names=class_names,
    )
    return with_costs(result.report)


def with_costs(report: Report) -> Report:
    """The report with made-up sizes and latencies, so that there is a trade-off."""

    def costed(at: int, model: ModelEntry) -> ModelEntry:
        ratio = 1.0 if model.role != "candidate" else 0.2 + 0.9 * ((7 * at) % 11) / 10
        latency = Latency(batch=1, median=0.004 * ratio, low=0.0039 * ratio, high=0.0042 * ratio, runs=30)
        return model.model_copy(
            update={
                "bytes": int(45e6 * ratio),
                "cost": CostEntry(one=latency, whole=latency.model_copy(update={"batch": 64})),
            }
        )

    return report.model_copy(update={"models": tuple(costed(at, one) for at, one in enumerate(report.models))})


def states() -> dict[str, Callable[[], Report]]:
    """What makes the report of each page, by the page's name."""

    def failed() -> Report:
        failures = tuple(Failure(model=name, name=f"{name}.onnx", error="diverged: loss is nan") for name in "ab")
        return compared(["int8.onnx"]).model_copy(update={"failures": failures, "warnings": ("Check it. Twice.",)})

    return {
        "one": lambda: compared(["int8.onnx"]),
        "same": lambda: compared(["float16.onnx", "other.onnx"], count=8_000),
        "five": lambda: compared([f"int{bits}.onnx" for bits in (8, 6, 4, 3, 2)]),
        "fifty": lambda: compared([f"candidate-{at:02}.onnx" for at in range(50)]),
        "unlabelled": lambda: compared(["int8.onnx"], labelled=False),
        "values": lambda: compared(["int8.onnx", "int4.onnx"], data=lambda count: logits(count)[0][:, :7]),
        "failures": failed,
        "hostile": lambda: compared(HOSTILE, class_names=[*HOSTILE, *NAMES[len(HOSTILE) :]]),
    }


def main() -> None:
    """Write the pages and print name, bytes, pictures and seconds."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("out", type=Path, help="a folder for the pages")
    parser.add_argument("--only", nargs="+", choices=states(), help="make these states alone")
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    print("| state | bytes | pictures | seconds to render |")
    print("|---|---|---|---|")
    for name, make in states().items():
        if arguments.only and name not in arguments.only:
            continue
        report = make()
        started = perf_counter()
        page = report_html(report).encode()
        seconds = perf_counter() - started
        (arguments.out / f"{name}.html").write_bytes(page)
        print(f"| {name} | {len(page):,} | {page.count(b'data:image/png')} | {seconds:.1f} |")


if __name__ == "__main__":
    main()
