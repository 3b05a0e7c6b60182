"""A report in the terminal."""

import numpy as np

import samefn
from samefn.cli.show import print_report
from samefn.schema.report import Failure

LOGITS = np.random.default_rng(0).normal(size=(300, 4))


def model(name, noise):
    moved = LOGITS + noise * np.random.default_rng(1).normal(size=LOGITS.shape)
    return samefn.Predictions.from_logits(name, moved, range(len(LOGITS)), LOGITS.argmax(axis=1))


def test_one_reason_of_many_failures_is_printed_once(capsys):
    report = samefn.compare(model("base", 0), [model("int8", 1)]).report
    failures = tuple(Failure(model=name, error=why) for name, why in (("a", "NaN"), ("b", "cut short"), ("c", "NaN")))
    print_report(report.model_copy(update={"failures": failures}))
    failed = [line for line in capsys.readouterr().out.splitlines() if line.startswith("not made: ")]
    assert failed == ["not made: a and c: NaN", "not made: b: cut short"]


def test_why_there_is_no_relative_distance(capsys):
    result = samefn.compare(model("base", 0), [model("int8", 1), model("int4", 2)], independents=[model("seed", 1e-7)])
    print_report(result.report)
    lines = capsys.readouterr().out.splitlines()
    [line] = [line for line in lines if line.startswith("no relative distance: ")]
    assert line.startswith("no relative distance: int8 and int4: ")
    print_report(samefn.compare(model("base", 0), [model("int8", 1)], independents=[model("seed", 2)]).report)
    assert "no relative distance: " not in capsys.readouterr().out
