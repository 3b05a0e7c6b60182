"""One candidate in about ten lines: every figure is the report's, and what has nothing to say is not there."""

from math import exp

import pytest

from samefn.reports.answers.facts import candidate_answers, subject
from samefn.reports.answers.line import plain
from samefn.reports.answers.lines import answer_lines
from samefn.reports.view import ReportView
from samefn.reports.wording.numbers import format_limit
from samefn.schema.layers import LocatedEntry
from samefn.schema.report import DataEntry, Failure, Report

from . import made_up


def facts(report: Report) -> dict[str, tuple[str, str, str]]:
    [answer] = candidate_answers(ReportView(report))
    return {fact.key: (fact.value, fact.interval, fact.note) for fact in answer.facts}


def lines(report: Report, width: int = 80) -> list[str]:
    shown = [plain(line) for line in answer_lines(report, width)]
    assert max(map(len, shown)) <= max(60, width)
    return shown


@pytest.fixture(scope="module")
def changed() -> Report:
    return made_up.comparison({"int8.onnx": 1.5})


def test_the_figures_are_those_of_the_verdict(changed: Report) -> None:
    verdict, shown = changed.verdicts[0], facts(changed)
    share = verdict.against[0]
    assert float(shown["changed"][0].removesuffix(" %")) == pytest.approx(100 * share.value, abs=0.1)
    ends = [float(end) for end in shown["changed"][1].strip("[]").split(", ")]
    assert ends == pytest.approx([100 * share.low, 100 * share.high], abs=0.1)
    assert shown["flips"][0] == f"{verdict.negative_flips} negative, {verdict.positive_flips} positive"
    before, after = (float(one) for one in shown["accuracy"][0].removesuffix(" %").split(" → "))
    assert (before, after) == pytest.approx([100 * changed.base.accuracy, 100 * changed.models[1].accuracy], abs=0.01)
    assert verdict.worst is not None
    assert shown["worst"][0].startswith(f"{verdict.worst.name}: ")
    [answer] = candidate_answers(ReportView(changed))
    assert (answer.words, answer.tone) == ("CHANGED, WORSE", "farther")
    assert f"limit {format_limit(share.limit)} %" in answer.limit
    assert share.limit == pytest.approx((1 - (changed.base.accuracy or 0)) / 10)


def test_about_ten_lines_and_the_answer_in_the_second(changed: Report) -> None:
    shown = lines(changed)
    assert shown[0] == "int8.onnx against base.onnx, 2,000 inputs with labels"
    assert shown[1].startswith("CHANGED, WORSE   limit ")
    assert len(shown) <= 9


def test_costs_share_a_line_that_says_larger_and_slower(changed: Report) -> None:
    smaller = facts(made_up.with_costs(changed, {"int8.onnx": (0.26, 0.71)}))
    assert (smaller["size"], smaller["latency"]) == (("0.26x", "", ""), ("0.71x", "", "batch 1"))
    report = made_up.with_costs(changed, {"int8.onnx": (1.3, 1.4)})
    assert (facts(report)["size"], facts(report)["latency"]) == (
        ("1.30x", "", "larger"),
        ("1.40x", "", "slower, batch 1"),
    )
    [line] = [line for line in lines(report) if line.strip().startswith("size")]
    assert line.split(maxsplit=2) == ["size,", "latency", "1.30x (larger), 1.40x (slower, batch 1)"]


def test_within_the_spread_of_its_runs_no_latency_is_slower(changed: Report) -> None:
    assert facts(made_up.with_costs(changed, {"int8.onnx": (1, 1.02)}))["latency"][2] == "batch 1"


def test_without_costs_labels_and_independents_their_lines_are_not_there() -> None:
    report = made_up.comparison({"int8.onnx": 0.5}, labelled=False)
    assert {"accuracy", "flips", "size", "latency"}.isdisjoint(facts(report))
    assert facts(report)["distance"] == ("not measured", "", "no independents")
    assert subject(ReportView(report)) == "int8.onnx against base.onnx, 2,000 inputs without labels"


def test_what_did_not_change_has_no_flips_and_no_worst_class() -> None:
    report = made_up.comparison({"copy.onnx": 0})
    assert {"flips", "worst"}.isdisjoint(facts(report))
    assert facts(report)["changed"][2] == "equal up to rounding, 2,000 inputs"
    assert any(line.strip().startswith("warning: copy.onnx gives exactly") for line in lines(report))
    near = made_up.comparison({"int8.onnx": 1e-3}, inputs=300)
    assert facts(near)["changed"][2] == "none of 300 inputs"
    assert not any("gives exactly" in line for line in lines(near))


def test_inconclusive_says_how_many_more_inputs_would_settle_it() -> None:
    report = made_up.comparison({"int8.onnx": 0.1}, inputs=400)
    [verdict] = report.verdicts
    assert verdict.outcome == "inconclusive"
    assert verdict.inputs_needed is not None
    more = verdict.inputs_needed - verdict.examples
    [line] = [line for line in lines(report) if line.startswith("  to settle it: ")]
    number = int(line.split("about ")[1].split()[0].replace(",", ""))
    assert more <= number <= 1.1 * more + 1
    over = verdict.against[0].value > verdict.against[0].limit
    assert ("show it changed" in line, "show it the same" in line) == (over, not over)
    at_the_limit = report.model_copy(update={"verdicts": (verdict.model_copy(update={"inputs_needed": None}),)})
    assert "at the limit" in candidate_answers(ReportView(at_the_limit))[0].next_step


def test_unlabelled_inputs_are_counted(changed: Report) -> None:
    more = DataEntry(
        name="more", source="", fingerprint="", train_examples=0, test_examples=10_000, class_names=(), shape=(4,)
    )
    report = changed.model_copy(update={"unlabelled": more})
    assert lines(report)[0] == "int8.onnx against base.onnx, 2,000 inputs with labels, 10,000 without"


def test_with_independents_the_distance_says_what_it_means() -> None:
    value, interval, note = facts(made_up.comparison({"int8.onnx": 0.3}, independents=3))["distance"]
    assert 0 < float(value) < 1
    assert interval
    assert "no independents" not in note


def test_a_broken_candidate_says_what_the_most_frequent_class_gives() -> None:
    report = made_up.comparison({"int2.onnx": 300})
    assert candidate_answers(ReportView(report))[0].words == "BROKEN, WORSE"
    assert "always the most frequent class: " in facts(report)["accuracy"][2]


def test_a_class_over_its_limit_is_named_with_the_limit(changed: Report) -> None:
    verdict = changed.verdicts[0]
    one = verdict.worst
    assert one is not None
    over = verdict.model_copy(update={"over": (one, one), "class_limit": 0.0275})
    report = changed.model_copy(update={"verdicts": (over,)})
    assert facts(report)["worst"][2] == "over its limit 2.75 %, and 1 more"


def test_failures_are_said_by_reason_and_many_are_counted(changed: Report) -> None:
    failures = tuple(Failure(model=f"m{at}", error="no such operator") for at in range(3))
    assert "  not made: m0, m1 and m2: no such operator" in lines(changed.model_copy(update={"failures": failures}))
    many = tuple(Failure(model=f"m{at}", error=f"reason {at}") for at in range(9))
    shown = [line for line in lines(changed.model_copy(update={"failures": many})) if "not made" in line]
    assert len(shown) == 4
    assert shown[-1] == "  not made: 6 more in the report"


def test_a_base_in_doubt_comes_before_the_answer(changed: Report) -> None:
    doubtful = changed.overall[0].model_copy(update={"doubt": "no better"})
    shown = lines(changed.model_copy(update={"overall": (doubtful,)}))
    answer = next(at for at, line in enumerate(shown) if line.startswith("CHANGED"))
    assert "Check labels" in shown[1]
    assert answer > 1
    assert not any(line.strip().startswith("warning: Check labels") for line in shown)


def test_a_language_model_has_its_figures_beside_their_limits() -> None:
    report = made_up.language()
    shown = facts(report)
    assert shown["changed"] == ("8.30 %", "[7.80, 8.80]", "limit 10 %")
    assert shown["divergence"] == ("0.0310 nats", "[0.0290, 0.0330]", "limit 0.01")
    assert shown["perplexity"][0] == "8.41 → 8.59"
    assert shown["perplexity"][2].endswith(f"limit {exp(0.02):.3g}")
    assert lines(report)[0] == "Q4_K_M against base.onnx, 65,536 tokens in 256 windows"


@pytest.mark.parametrize("hostile", ["a\nb", "a\x1b[31mb", "a\u202eb", "x" * 900, "名" * 300, "%s {x} [bold]"])
@pytest.mark.parametrize("width", [60, 80, 140])
def test_a_name_cannot_break_the_lines(hostile: str, width: int) -> None:
    report = made_up.comparison({"int8": 1.5, "int4": 2.0})
    models = tuple(
        model.model_copy(update={"name": f"{hostile}{model.name}"}) if model.role == "candidate" else model
        for model in report.models
    )
    named = report.model_copy(update={"models": models})
    shown = lines(named, width)
    assert not {"\n", "\x1b", "\u202e"} & set("".join(shown))
    alone = named.model_copy(update={"verdicts": named.verdicts[:1]})
    assert not {"\n", "\x1b", "\u202e"} & set("".join(lines(alone, width)))


def test_the_layer_that_moves_most_is_named(changed: Report) -> None:
    swap = LocatedEntry(
        candidate="candidate-1", group="fc", direction="forward", swapped="the weight", disagreement=0.1,
        disagreement_low=0, disagreement_high=1, total_variation=0.1, total_variation_low=0, total_variation_high=1,
        share=0.83, bytes=0, examples=2000,
    )  # fmt: skip
    others = (swap.model_copy(update={"direction": "backward"}), swap, swap.model_copy(update={"group": "conv"}))
    assert facts(changed.model_copy(update={"located": others}))["layer"][0] == "fc: 83 % of the distance"
    nothing = (swap.model_copy(update={"share": None}),)
    assert "layer" not in facts(changed.model_copy(update={"located": nothing}))
