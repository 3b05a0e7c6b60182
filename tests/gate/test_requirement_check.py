"""What a requirement makes of a report: the whole interval decides, candidate by candidate."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import samefn
from samefn.core.errors import InputError
from samefn.gate.check import check, outcome_for, passed
from samefn.gate.format import format_quantity
from samefn.gate.junit import junit_xml
from samefn.gate.parse import parse
from samefn.gate.quantities import ANSWERS, QUANTITIES
from samefn.gate.requirement import NumericTest, WordTest
from samefn.reports.read import read_report
from samefn.schema.costs import CostEntry, Latency
from samefn.schema.language import LanguageEntry
from samefn.schema.notes import Note
from samefn.schema.quantities import Quantity

MISSING = {"not measured", "no language model"}
MNIST = Path(__file__).parents[2] / "results" / "mnist"


@pytest.mark.parametrize(
    ("low", "high", "outcomes"),
    [
        # of < 1, <= 1, > 1 and >= 1; h holds, f fails, ? inconclusive
        (0.0, 0.9, "hhff"),
        (0.0, 1.0, "?hf?"),
        (0.0, 2.0, "????"),
        (1.0, 1.0, "fhfh"),
        (1.0, 2.0, "f??h"),
        (1.1, 2.0, "ffhh"),
        (-np.inf, np.inf, "????"),
        (-np.inf, 0.0, "hhff"),
        (None, None, "????"),
    ],
)
def test_the_interval_decides(low, high, outcomes):
    words = {"h": "holds", "f": "fails", "?": "inconclusive"}
    found = Quantity(value=0.5, low=low, high=high)
    assert [outcome_for(found, NumericTest(one, 1.0)) for one in ("<", "<=", ">", ">=")] == [
        words[one] for one in outcomes
    ]


@given(st.sampled_from(["<", "<=", ">", ">="]), st.floats(-1, 1), st.tuples(st.floats(-1, 1), st.floats(-1, 1)))
def test_a_requirement_holds_where_every_point_of_the_interval_meets_it(comparison, limit, ends):
    low, high = sorted(ends)
    points = np.array([low, high, *np.linspace(low, high, 50)])
    meets = {"<": points < limit, "<=": points <= limit, ">": points > limit, ">=": points >= limit}[comparison]
    wanted = "holds" if meets.all() else "inconclusive" if meets.any() else "fails"
    assert outcome_for(Quantity(value=low, low=low, high=high), NumericTest(comparison, limit)) == wanted


@pytest.mark.parametrize(
    ("question", "answer", "listed", "outcome"),
    [
        ("verdict", "same", ("same", "changed"), "holds"),
        ("verdict", "changed", ("same", "changed"), "holds"),
        ("verdict", "inconclusive", ("same", "changed"), "inconclusive"),
        ("verdict", "inconclusive", ("same", "inconclusive"), "holds"),
        ("verdict", "", ("same", "changed"), "inconclusive"),
        ("verdict", "broken", ("same", "changed"), "fails"),
        ("quality", "no difference shown", ("better",), "inconclusive"),
        ("quality", "worse", ("better", "no difference shown"), "fails"),
        ("distance", "not shown", ("near",), "inconclusive"),
        ("distance", "between", ("near",), "fails"),
        # `not worse`: only a loss that is shown fails.
        ("loss", "open", ("within", "open"), "holds"),
        ("loss", "over", ("within", "open"), "fails"),
        ("probabilities", "moved", ("not moved",), "fails"),
    ],
)
def test_an_answer_is_one_of_those_asked_for(question, answer, listed, outcome):
    assert outcome_for(Quantity(verdict=answer), WordTest(listed), ANSWERS[question].undecided) == outcome


def test_the_three_answers_are_those_of_the_verdict(result):
    """What is asked of each candidate stands in its verdict; every possible verdict is tried."""
    report, verdict = result.report, result.report.verdicts[0]

    def outcome(text, **changes):
        changed = report.model_copy(update={"verdicts": (verdict.model_copy(update=changes),)})
        [entry] = check(changed, [text.replace(" ", "@near ", 1) if " in " in text else f"{text}@near"])
        return entry.outcome

    words = {"h": "holds", "f": "fails", "?": "inconclusive"}
    flags = {
        "same": ("outcome", {"same": "h", "inconclusive": "?", "changed": "f", "broken": "f"}),
        "not same": ("outcome", {"same": "f", "inconclusive": "?", "changed": "h", "broken": "h"}),
        "worse": ("loss_side", {"over": "h", "open": "?", "within": "f", None: "?"}),
        "not worse": ("loss_side", {"over": "f", "open": "h", "within": "h", None: "?"}),
        "near": ("distance", {"near": "h", "between": "f", "independent": "f", "not shown": "?", None: "?"}),
        "probabilities_moved": ("probabilities_moved", {True: "h", False: "f", None: "?"}),
        "not probabilities_moved": ("probabilities_moved", {True: "f", False: "h", None: "?"}),
        "quality in better, no difference shown": (
            "quality",
            {"better": "h", "no difference shown": "h", "worse": "f", "no labels": "?"},
        ),
    }
    for text, (field, wanted) in flags.items():
        assert {value: outcome(text, **{field: value}) for value in wanted} == {
            value: words[letter] for value, letter in wanted.items()
        }, text


def test_every_candidate_is_held_against_every_requirement(result):
    entries = check(result.report, ["disagreement < 5 % and relative_distance[disagreement] < 0.1", "accuracy > 90 %"])
    assert [(entry.expression, entry.candidate, entry.outcome) for entry in entries] == [
        ("disagreement < 5 %", "candidate-1", "holds"),
        ("disagreement < 5 %", "candidate-2", "fails"),
        ("relative_distance[disagreement] < 0.1", "candidate-1", "holds"),
        ("relative_distance[disagreement] < 0.1", "candidate-2", "fails"),
        ("accuracy > 90 %", "candidate-1", "holds"),
        ("accuracy > 90 %", "candidate-2", "fails"),
    ]
    assert not passed(entries)
    assert passed(entries[::2])


def test_figures_are_those_of_a_real_report():
    report = read_report(MNIST)
    for entry in check(report, ["disagreement < 2 %", "accuracy_deviation > -1", "total_variation < 0.01"]):
        name = entry.expression.split()[0]
        [measured] = [m for m in report.measures if (m.candidate, m.measure) == (entry.candidate, name)]
        narrow = any(note.code == "few differ" for note in measured.notes)
        ends = (None, None) if narrow else (measured.low, measured.high)
        assert (entry.value, entry.low, entry.high) == (measured.value, *ends)
        assert not narrow or entry.outcome == "inconclusive"
    relative_distances = check(report, ["relative_distance[disagreement] < 0.5"])
    judged = {one.candidate: (one.low, one.high) for one in report.relative_distances if one.measure == "disagreement"}
    assert {one.candidate: (one.low, one.high) for one in relative_distances} == {
        name: ends for name, ends in judged.items() if report.model(name).role != "control"
    }
    [half] = check(report, ["bytes_ratio@float16 < 60 %"])
    assert half.value == half.low == half.high == report.model("float16").bytes / report.base.bytes
    verdicts = {entry.candidate: entry.outcome for entry in check(report, ["verdict in same"])}
    said = {one.candidate: one.outcome for one in report.verdicts}
    assert verdicts["float16"] == "holds"
    assert said["float16"] == "same"
    assert verdicts["pruned-90"] == "fails"


def test_every_quantity_is_found_or_missing(result):
    """Costs and language models were not measured here; all else was."""
    report = result.report
    absent = set()
    for name in ANSWERS:
        assert all(
            entry.verdict in ANSWERS[name].answers for entry in check(report, [f"{name} in {ANSWERS[name].answers[0]}"])
        )
    for name, kind in QUANTITIES.items():
        argument = f"[{kind.arguments[0]}]" if kind.arguments else ""
        limit = f"< {1e-9 if kind.low < 1e-9 else kind.low + 1e-9}"
        for entry in check(report, [f"{name}{argument} {limit}"]):
            assert (entry.value is None and not entry.verdict) == (entry.missing in {*MISSING, "no value"})
            if entry.missing in MISSING:
                absent.add(name)
    costs = {name for name in QUANTITIES if name.startswith(("bytes", "latency", "memory", "parameters", "nonzero"))}
    language = {name for name in QUANTITIES if name.startswith(("perplexity", "kld", "true_change", "same_top"))}
    assert absent == costs | language | {"ln_perplexity_ratio", "correlation"}
    [nobody_wrong] = check(report, ["agreement_base_wrong@near > 0.5"])
    assert (nobody_wrong.missing, [note.code for note in nobody_wrong.notes]) == ("no value", ["base never wrong"])


def test_costs_are_points_and_may_be_relative_to_the_base(result):
    costs = {
        "base": CostEntry(parameters=100, nonzero=100, whole=Latency(batch=64, median=0.2), memory=1000),
        "candidate-1": CostEntry(parameters=100, nonzero=25, whole=Latency(batch=64, median=0.05), memory=500),
    }
    models = [
        model.model_copy(
            update={"cost": costs.get(model.id), "bytes": {"base": 4000, "candidate-1": 1000}.get(model.id)}
        )
        for model in result.report.models
    ]
    report = result.report.model_copy(update={"models": tuple(models)})
    asked = {
        "bytes@near < 1 kB": (1000, "fails"),
        "bytes@near <= 1 kB": (1000, "holds"),
        "bytes_ratio@near <= 25 %": (0.25, "holds"),
        "latency_ratio@near < 0.3": (0.25, "holds"),
        "latency@near < 40 ms": (0.05, "fails"),
        "nonzero_share@near < 50 %": (0.25, "holds"),
        "memory_ratio@near < 1": (0.5, "holds"),
        "parameters@near < 100": (100, "fails"),
    }
    for text, (value, outcome) in asked.items():
        [entry] = check(report, [text])
        assert (entry.value, entry.low, entry.high, entry.outcome) == (value, value, value, outcome), text
    [unknown] = check(report, ["latency_one@near < 1 ms"])
    assert (unknown.value, unknown.outcome, unknown.missing) == (None, "inconclusive", "not measured")
    without_base = [model.model_copy(update={"cost": None}) if model.role == "base" else model for model in models]
    [unknown] = check(report.model_copy(update={"models": tuple(without_base)}), ["memory_ratio@near < 1"])
    assert (unknown.value, unknown.outcome, unknown.missing) == (None, "inconclusive", "base not measured")


def test_figures_of_language_models_are_found(result):
    entry = LanguageEntry(
        base="base",
        candidate="candidate-1",
        figure="perplexity_ratio",
        title="",
        unit="",
        value=1.01,
        low=1.0,
        high=1.02,
        error=None,
        naive_error=None,
        tokens=100,
        blocks=10,
        interval="",
    )
    report = result.report.model_copy(update={"language": (entry,)})
    [held] = check(report, ["perplexity_ratio@near < 1.05"])
    assert (held.outcome, held.low, held.high) == ("holds", 1.0, 1.02)


def test_the_worst_part_is_the_one_that_changed_most(result, predictions):
    far = next(e for e in result.report.verdicts if e.candidate == "candidate-2")
    base, moved = predictions("base", 0), predictions("far", 1.5)
    changed = moved.predicted_class != base.predicted_class
    shares = [changed[base.labels == label].mean() for label in range(4)]
    assert (far.worst.by, far.worst.name) == ("class", str(int(np.argmax(shares))))
    [entry] = check(result.report, ['worst_part@"<b>far</b>" < 1 %'])
    assert (entry.outcome, entry.value, entry.worst_part) == (
        "fails",
        pytest.approx(max(shares)),
        f"class {far.worst.name}",
    )
    assert (entry.low, entry.high) == (far.worst.low, far.worst.high)


def test_the_net_loss_is_what_accuracy_fell_by(result, predictions):
    base, moved = predictions("base", 0), predictions("far", 1.5)
    lost = (base.predicted_class == base.labels).mean() - (moved.predicted_class == base.labels).mean()
    [entry] = check(result.report, ['net_loss@"<b>far</b>" < 0.3 %'])
    assert (entry.outcome, entry.value) == ("fails", pytest.approx(lost))
    assert entry.low < lost < entry.high


def test_a_sample_without_an_interval_is_inconclusive(result):
    [entry] = check(result.report, ["calibration_change@near < 0.5"])
    assert (entry.low, entry.high, entry.outcome, entry.missing) == (None, None, "inconclusive", "no interval")
    assert entry.value is not None


def test_few_changes_have_an_interval_that_allows_for_more(result):
    """Three of 400 predictions changed: 3 flips more would be a change of accuracy of less than 2 %, but not of 1 %."""
    far, near = check(result.report, ["accuracy_deviation@near > -5 and accuracy_deviation@near > -1"])
    assert (far.outcome, near.outcome) == ("holds", "inconclusive")
    assert -5 < far.low < far.value < far.high


def test_an_interval_of_an_older_version_that_is_too_narrow_is_none(result):
    [found] = [m for m in result.report.measures if (m.candidate, m.measure) == ("candidate-1", "accuracy_deviation")]
    noted = found.model_copy(update={"notes": (Note(code="few differ", count=3),)})
    report = result.report.model_copy(update={"measures": (noted,)})
    [entry] = check(report, ["accuracy_deviation@near > -5"])
    assert (entry.outcome, entry.low, entry.high, entry.missing) == ("inconclusive", None, None, "narrow interval")
    assert (entry.value, entry.notes) == (noted.value, noted.notes)


def test_rounding_alone_does_not_meet_a_requirement_on_probabilities(predictions):
    """Every one of 400 examples differs by 1e-6 only: how great a rare failure is, none of them shows."""
    report = samefn.compare(predictions("base", 0), [predictions("rounded", 1e-6)]).report
    for requirement in ("kl_divergence < 0.002", "total_variation < 0.002", "cosine_similarity > 0.998"):
        [entry] = check(report, [requirement])
        assert (entry.outcome, entry.missing) == ("inconclusive", None)
        assert [note.code for note in entry.notes] == ["unseen"]
    [entry] = check(report, ["total_variation < 0.01"])  # 3.69 / 400 at most
    assert entry.outcome == "holds"


@pytest.mark.parametrize(
    ("requirement", "value", "ends", "shown"),
    [
        ("disagreement < 1 %", 0.0, (0.0, 0.006129), "0 % [0 %, 0.61 %]"),
        ("disagreement < 0.01", 0.0, (0.0, 0.006129), "0 [0, 0.0061]"),
        ("accuracy_deviation > -1 %", -0.4, (-0.9, 0.1), "−0.4 % [−0.9 %, 0.1 %]"),  # noqa: RUF001
        ("bytes < 4 MB", 52590, None, "52.6 kB"),
        ("bytes < 60 KiB", 52590, None, "51.4 KiB"),
        ("bytes < 1000", 812, None, "812 B"),
        ("latency_one < 1 ms", 3.518e-05, None, "0.0352 ms"),
        ("latency < 2 s", 1.25, None, "1.25 s"),
        ("bytes_ratio < 30 %", 0.3226, None, "32.3 %"),
        ("bytes_ratio < 30 %", 0.29996, None, "29.996 %"),  # three digits would be the limit itself
        ("parameters < 2000000", 1664296, None, "1,664,296"),
        ("relative_distance[disagreement] < 0.1", 0.021, (-0.06, 0.135), "0.02 [−0.06, 0.14]"),  # noqa: RUF001
    ],
)
def test_a_quantity_is_shown_in_the_unit_of_its_limit(requirement, value, ends, shown):
    [wanted] = parse(requirement)
    low, high = ends or (value, value)
    text = format_quantity(Quantity(value=value, low=low, high=high), wanted.quantity, wanted.test)
    assert " ".join(filter(None, text)) == shown
    assert bool(text[1]) == (ends is not None)


def test_a_refused_scale_is_inconclusive_with_its_reason(predictions):
    alone = samefn.compare(predictions("base", 0), [predictions("near", 0.01)])
    [entry] = check(alone.report, ["relative_distance[disagreement] < 0.5"])
    [distance] = [one for one in alone.report.relative_distances if one.measure == "disagreement"]
    assert (entry.outcome, entry.missing) == ("inconclusive", "no relative distance")
    assert distance.refused
    assert entry.refused == distance.refused
    assert not passed([entry])
    assert not passed([entry], "pass")
    assert passed([entry.model_copy(update={"refused": "uncertain"})], "pass")


def test_a_failed_requirement_fails_whatever_doubt_does(result):
    entries = check(result.report, ["disagreement < 5 %"])
    assert not passed(entries, "pass")


def test_one_candidate_can_be_meant_by_name_or_id(result):
    for name in ("near", "candidate-1"):
        [entry] = check(result.report, [f"disagreement@{name} < 5 %"])
        assert entry.candidate == "candidate-1"
    with pytest.raises(InputError, match=r"'nearr'.* near\?.*SF607"):
        check(result.report, ["disagreement@nearr < 5 %"])
    with pytest.raises(InputError, match=r"'base'.*SF607"):
        check(result.report, ["disagreement@base < 5 %"])


def test_without_a_candidate_no_requirement_holds(result):
    kept = tuple(model for model in result.report.models if model.role != "candidate")
    with pytest.raises(InputError, match="SF608"):
        check(result.report.model_copy(update={"models": kept}), ["disagreement < 5 %"])


def test_the_same_requirement_twice_is_asked_once(result):
    assert len(check(result.report, ["disagreement < 5 %", "disagreement < 0.05", "disagreement<5%"])) == 2


def test_accuracy_has_the_interval_of_the_reports_confidence(result):
    def width(report):
        [entry] = check(report, ['accuracy@"<b>far</b>" > 0.9'])
        return entry.high - entry.low

    reports = [result.report.model_copy(update={"confidence": confidence}) for confidence in (0.5, 0.8, 0.99)]
    assert all(narrow < wide for narrow, wide in pairwise(map(width, reports)))


def test_what_was_not_measured_never_passes(predictions):
    bare = samefn.compare(predictions("base", 0), predictions("int8", 0.5))
    entries = check(bare.report, ["latency < 1 s", "near", "distance in near, between"])
    assert {entry.outcome for entry in entries} == {"inconclusive"}
    assert not any(passed([entry], "pass") for entry in entries)
    assert junit_xml(bare.report.model_copy(update={"requirements": entries}), "pass").count(b"<failure") == 3
