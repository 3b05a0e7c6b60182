"""What `--verbose` adds: failures by their reason, and why there is no relative distance."""

import io

import numpy as np
from rich.console import Console

import samefn
from samefn.cli.details import print_report_details
from samefn.schema.report import Failure

LOGITS = np.random.default_rng(0).normal(size=(300, 4))


def model(name, noise):
    moved = LOGITS + noise * np.random.default_rng(1).normal(size=LOGITS.shape)
    return samefn.Predictions.from_logits(name, moved, range(len(LOGITS)), LOGITS.argmax(axis=1))


def details(report, width=400):
    console = Console(file=io.StringIO(), width=width)
    print_report_details(report, console)
    return console.file.getvalue().splitlines()


def test_one_reason_of_many_failures_is_printed_once():
    report = samefn.compare(model("base", 0), [model("int8", 1)]).report
    failures = tuple(Failure(model=name, error=why) for name, why in (("a", "NaN"), ("b", "cut short"), ("c", "NaN")))
    failed = [line for line in details(report.model_copy(update={"failures": failures})) if line.startswith("not made")]
    assert failed == ["not made: a and c: NaN", "not made: b: cut short"]


def test_why_there_is_no_relative_distance():
    result = samefn.compare(model("base", 0), [model("int8", 1), model("int4", 2)], independents=[model("seed", 1e-7)])
    [line] = [line for line in details(result.report) if line.startswith("no relative distance: ")]
    assert line.startswith("no relative distance: int8 and int4: ")
    other = samefn.compare(model("base", 0), [model("int8", 1)], independents=[model("seed", 2)])
    assert not any(line.startswith("no relative distance: ") for line in details(other.report))


def test_no_line_is_wider_than_the_console():
    report = samefn.compare(model("base", 0), [model("int8", 1), model("int4", 2)]).report
    assert max(map(len, details(report, 80))) <= 80
