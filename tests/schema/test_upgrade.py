"""Reports of version 1, written by the last samefn that wrote it (cut down), as reports of today: no figure is lost."""

import json
from collections import Counter
from pathlib import Path
from typing import get_args

import numpy as np
import pytest

import samefn
from samefn.core.errors import InputError
from samefn.gate.check import check
from samefn.measures.table import MEASURES
from samefn.reports.read import read_report
from samefn.reports.view import ReportView
from samefn.reports.wording.headline import outcome_headline
from samefn.reports.write import report_json
from samefn.schema.claims import ClaimReason
from samefn.schema.costs import CostEntry, Latency
from samefn.schema.methods import Checkpoint, Distilled, EarlierEpoch, Given, Pruned, Quantized, Replicated, Trained
from samefn.schema.notes import Note
from samefn.schema.report import SCHEMA, Report
from samefn.schema.upgrade.upgrade import is_readable, upgraded
from samefn.verdict.judged_again import judged_again

LOGITS, NOISE = np.random.default_rng(0).normal(size=(2, 300, 4))
V1 = Path(__file__).parents[1] / "data" / "v1"
REPORTS = ("study", "comparison", "language")

# What of version 1 has a code in place of a name, or another name; quantised models named their method twice.
RENAMED = {
    *("training", "distillation", "torch-float32", "onnx-float32", "pruning"),
    *("weights of its own", "the base's initial weights", "none"),
    *("float16", "int8-dynamic", "int8-static"),
    *("flips_harm", "flips_recovery"),
    *("cannot tell", "changed, perhaps a stranger", "stranger", "not asked", "examples and strangers"),
    "students, alpha 0.5",
}


# What of version 1 was written for people alone; reports make it from codes and figures.
SENTENCES = {"sentence", "statement", "rule", "because", "figure", "note"}


def leaves(value):
    """Every number, text and truth value in some JSON, however deep; epochs of version 1 may be 1.0."""
    if isinstance(value, dict | list):
        for part in [value[key] for key in value if key not in SENTENCES] if isinstance(value, dict) else value:
            yield from leaves(part)
    elif value is not None and value != "":
        yield float(value) if isinstance(value, int) and not isinstance(value, bool) else value


@pytest.mark.parametrize("name", REPORTS)
def test_no_number_and_no_name_is_lost(name):
    old = json.loads((V1 / f"{name}.json").read_bytes())
    old["claims"] = []  # decided again
    # What is one text there is two here: a figure and its interval.
    old["requirements"] = [
        {**one, "shown": shown, "ends": ends, "expression": one["expression"].replace("scale[", "relative_distance[")}
        for one in old["requirements"]
        for shown, _, ends in [one.get("shown", "").partition(" [")]
    ]
    del old["verdicts"], old["overall"]  # made again by today's rules
    new = json.loads(report_json(read_report(V1 / f"{name}.json")))
    new["requirements"] = [{**one, "shown_interval": one["shown_interval"][1:]} for one in new["requirements"]]
    lost = Counter(leaves(old)) - Counter(leaves(new))
    assert set(lost) - RENAMED <= {1.0}  # the version, and batches of one
    assert lost[1.0] <= 1


@pytest.mark.parametrize("name", REPORTS)
def test_what_was_upgraded_is_written_and_read_again(name, tmp_path):
    report = read_report(V1 / f"{name}.json")
    assert report.schema_version == SCHEMA
    written = report_json(report)
    assert next(iter(json.loads(written))) == "schema"  # where a person looks first
    (tmp_path / "report.json").write_bytes(written)
    assert read_report(tmp_path) == report


def test_the_methods_of_a_study_have_types():
    report = read_report(V1 / "study.json")
    kinds = {model.id: type(model.method) for model in report.models}
    assert kinds["base"] is kinds["independent-1"] is kinds["control-same-order"] is Trained
    assert kinds["student-a0.5-s2"] is kinds["control-random-a0.5-s3"] is Distilled
    assert kinds["control-earlier-epoch"] is EarlierEpoch
    assert kinds["torch-threads-2"] is Replicated
    assert kinds["int8-dynamic-batch-32"] is kinds["float16"] is Quantized
    assert kinds["pruned-50"] is Pruned
    student = report.model("student-a0.5-s2").method
    assert (student.alpha, student.seed, student.teacher, student.start) == (0.5, 2, "base", "base")
    assert (student.training.epochs, student.training.optimizer.name) == (3, "adam")
    random = report.model("control-random-a0.5-s3").method
    assert (random.teacher, random.seed) == ("random", 3)
    assert report.model("control-same-order").method.start == "own"
    assert report.model("pruned-50").method.fraction == 0.5
    assert (report.name, report.net, report.protocol, report.switches) == ("tiny", "lenet", "corrected", ())
    assert (report.confidence, report.compared) == (0.95, False)


def test_models_that_differ_in_their_seed_are_one_family():
    report = read_report(V1 / "study.json")
    families = Counter(model.family for model in report.models if model.family)
    shared = ("student, alpha 0.5", "control without a teacher", "student of a random teacher, alpha 0.5")
    assert {family: families[family] for family in shared} == dict.fromkeys(shared, 2)
    assert {report.model(one).family for one in ("base", "independent-1", "pruned-50")} == {""}
    assert outcome_headline(ReportView(report))


def test_the_claims_of_a_study_are_decided_again():
    report = read_report(V1 / "study.json")
    assert [(claim.id, claim.outcome, claim.reason, claim.candidates) for claim in report.claims] == [
        ("C1", "inconclusive", "not shown to be near", ("float16", "int8-dynamic", "int8-static")),
        ("C2", "does not hold", "distances", ("pruned-50",)),
        # Two seeds do not show that the students are nearer than their controls.
        ("C3", "inconclusive", "not shown against both", ("student-a0.5-s2", "student-a0.5-s3")),
        ("C4", "inconclusive", "transfer undecided", ()),
        ("C5", "does not hold", "less than half way", ("float16", "int8-dynamic", "int8-static")),
    ]


@pytest.mark.parametrize(
    ("claim", "because", "reason", "candidates", "alpha"),
    [
        ("C1", "no quantised model", "no quantized model", [], None),
        ("C1", "a and a, b are changed", "changed", ["1", "2"], None),
        ("C1", "a, b is nearer than any quantised model", "another method is nearer", ["2"], None),
        ("C1", "a is the same function as the base, and no other method is nearer", "same and nearest", ["1"], None),
        ("C2", "no pruned model", "no pruned model", [], None),
        ("C2", "a, b: same; a: stranger", "verdicts", ["2", "1"], None),
        ("C3", "no student", "no student", [], None),
        ("C3", "a is without a scale", "no relative distance", ["1"], None),
        ("C3", "every student's scale lies above 0.8", "above the independent limit", [], None),
        (
            "C3",
            "at alpha 1e-05 the relative distance of the student lies below 0.8",
            "below the independent limit",
            [],
            1e-05,
        ),
        (
            "C3",
            "relative distances on both sides of 0.8, or reaching over it",
            "around the independent limit",
            [],
            None,
        ),
        ("C4", "no students paired with controls without a teacher", "no control", [], None),
        ("C4", "nothing transferred at every alpha", "nothing transferred", [], None),
        ("C4", "something was transferred at alpha 0.1, by disagreement and total_variation", "transferred", [], 0.1),
        ("C4", "transferred at alpha 0.1 by total variation; the rest undecided", "transfer undecided", [], 0.1),
        ("C5", "no model shown to be as accurate as the base", "none as accurate", [], None),
        ("C5", "a is as accurate as the base and more than half way to a stranger", "more than half way", ["1"], None),
        (
            "C5",
            "a, b is as accurate as the base, and not shown on either side of half way to a stranger",
            "around half way",
            ["2"],
            None,
        ),
    ],
)
def test_the_texts_of_claims_become_reasons(claim, because, reason, candidates, alpha):
    figures = [{"candidate": one, "figure": "disagreement"} for one in candidates]
    old = {"id": claim, "outcome": "does not hold", "because": because, "figures": figures}
    models = [{"id": "0", "name": "base"}, {"id": "1", "name": "a"}, {"id": "2", "name": "a, b"}]
    [new] = upgraded({"schema": 1, "models": models, "claims": [old]})["claims"]
    assert (new["reason"], new["candidates"], new["alpha"]) == (reason, candidates, alpha)
    assert new["reason"] in get_args(ClaimReason)


@pytest.mark.parametrize(
    ("seeds", "low", "high", "reason"),
    [
        (1, None, None, "one seed"),
        (2, None, None, "no interval"),
        (4, 0.1, 0.2, "few seeds"),
        (5, 0.1, 0.2, "above 0"),
        (5, -0.2, -0.1, "below 0"),
        (5, -0.2, 0.2, "undecided"),
    ],
)
def test_an_inconclusive_share_has_its_reason(seeds, low, high, reason):
    old = {"outcome": "cannot tell", "seeds": seeds, "low": low, "high": high, "sentence": "made up"}
    [new] = upgraded({"schema": 1, "transfer": [old]})["transfer"]
    assert new == {"outcome": "inconclusive", "seeds": seeds, "low": low, "high": high, "reason": reason}


def test_costs_and_requirements_of_a_comparison():
    report = read_report(V1 / "comparison.json")
    base = report.base
    assert isinstance(base.method, Given)
    assert (base.method.adapter, base.method.batch_size, base.method.facts["intra_op_threads"]) == ("onnx", 64, 1)
    old = json.loads((V1 / "comparison.json").read_bytes())["models"][0]["cost"]
    assert base.cost == CostEntry(
        parameters=old["parameters"],
        nonzero=old["nonzero"],
        memory=old["memory"],
        one=Latency(batch=1, median=old["latency_one"]),
        whole=Latency(batch=old["batch"], median=old["latency"]),
    )
    relative_distance = report.requirements[0]
    assert relative_distance.shown_interval == f"[{relative_distance.shown_interval[1:-1]}]" != "[]"
    # Checked again in the upgraded report, every requirement comes out as it did, all of its figures the same.
    again = check(report, list(dict.fromkeys(entry.expression for entry in report.requirements)))
    *others, verdict = zip(again, report.requirements, strict=True)
    assert all(now == before for now, before in others)
    # The verdict was "changed, perhaps a stranger", which version 1 did not take for "changed".
    assert [(one.verdict, one.outcome) for one in verdict] == [("changed", "holds"), ("changed", "fails")]


def test_measures_have_the_names_of_today():
    old = json.loads((V1 / "language.json").read_bytes())["measures"]
    new = {one.measure: one.value for one in read_report(V1 / "language.json").measures}
    values = {one["measure"]: one["value"] for one in old}
    assert (new["negative_flips"], new["positive_flips"]) == (values["flips_harm"], values["flips_recovery"])
    assert set(new) <= set(MEASURES)


def test_requirements_of_version_1_name_the_measures_of_today():
    old = {"expression": "flips_harm@my_flips_harm < 1 %", "sentence": "int8: flips_recovery < 1 % fails."}
    [new] = upgraded({"schema": 1, "requirements": [old]})["requirements"]
    assert new["expression"] == "negative_flips@my_flips_harm < 1 %"
    assert "sentence" not in new


@pytest.mark.parametrize(
    ("text", "notes"),
    [
        ("over 30 of 100 examples", [("some examples", 30)]),
        ("0 of 80 examples differ: too few for the bootstrap, too narrow", [("few differ", 0)]),
        ("3 of 400 examples differ: too few, the interval is too narrow", [("few differ", 3)]),
        (
            "1 of 80 examples are infinite; no interval: the value is infinite",
            [("infinite examples", 1), ("infinite",)],
        ),
        ("no interval: a bootstrap of binned errors is biased upwards", [("binned",)]),
        ("a few examples outweigh all others: the interval is rough", [("few outweigh all",)]),
        ("needs labels", [("no labels",)]),
        ("needs probabilities, and of one of the two models only answers are known", [("classes only",)]),
        ("needs probabilities, and one of the two models has only predicted classes", [("classes only",)]),
        ("not defined: the base answers nothing right", [("base never right",)]),
        ("not defined: the base has nothing right", [("base never right",)]),
        ("not defined: the base has nothing wrong", [("base never wrong",)]),
        ("not defined: the candidate neither errs nor differs", [("never wrong or different",)]),
        ("not defined: both have everything right, or both everything wrong", [("both all right or all wrong",)]),
        ("not defined: one of the two does not vary; 4 blocks only", [("one does not vary",), ("few blocks",)]),
        ("not defined: ", [("infinite",)]),
        ("the text's own extreme: no interval", [("extreme",)]),
        ("too few tokens beyond it for both ends; 4 blocks only", [("few beyond",), ("few blocks",)]),
        ("", []),
    ],
)
def test_notes_of_version_2_are_codes(text, notes):
    parts = ("measures", "language", "requirements")
    new = upgraded({"schema": 2} | {part: [{"note": text}] for part in parts})
    for part in parts:
        [entry] = new[part]
        assert [Note.model_validate(note) for note in entry.get("notes", ())] == [
            Note(code=code, count=count[0] if count else None) for code, *count in notes
        ]
        assert "note" not in entry


def test_a_note_that_no_samefn_wrote_is_refused(tmp_path):
    content = json.loads((V1 / "comparison.json").read_bytes())
    content["measures"][2]["note"] = "needs labels; needs sleep"
    (tmp_path / "report.json").write_text(json.dumps(content))
    with pytest.raises(InputError, match=r"is not a report: measures\.2\.notes\.1\.code: "):
        read_report(tmp_path)


def test_notes_of_requirements_of_version_2_are_what_they_are_about():
    refused = {"missing": "no relative distance", "note": "one group"}
    worst = {"note": "class 3; 4 to 6"}
    first, second = upgraded({"schema": 2, "requirements": [refused, worst]})["requirements"]
    assert first == {"missing": "no relative distance", "refused": "one group"}
    assert second == {"worst_part": "class 3; 4 to 6"}


def test_a_checkpoint_of_the_users():
    settings = {"net": "lenet", "file": "mine.pt", "sha256": "0" * 64}
    content = {
        "schema": 1,
        "study": {"protocol": "corrected"},
        "models": [{"method": "checkpoint", "settings": settings}],
    }
    [model] = upgraded(content)["models"]
    assert Checkpoint.model_validate(model["method"]) == Checkpoint(**settings)


def test_a_report_of_version_3_keeps_its_verdicts(tmp_path):
    """It had two figures more in each relative distance, which nothing read."""
    base, near, other = (
        samefn.Predictions.from_logits(name, LOGITS + by, range(len(LOGITS)), LOGITS.argmax(axis=1))
        for name, by in (("base", 0.0), ("near", NOISE / 50), ("other", NOISE))
    )
    report = samefn.compare(base, [near], independents=[other]).report
    content = json.loads(report_json(report))
    assert content["relative_distances"]
    more = {"error": [0.1, 0.2, 0.3], "distance_slack": 0.1}
    old = {**content, "schema": 3, "relative_distances": [{**one, **more} for one in content["relative_distances"]]}
    (tmp_path / "report.json").write_text(json.dumps(old))
    assert read_report(tmp_path) == report


@pytest.mark.parametrize("version", [0, SCHEMA + 1, 1.0, True, "1", None, [1], {"1": 1}])
def test_other_versions_are_not_readable(version):
    assert not is_readable(version)


@pytest.mark.parametrize("part", ["study", "models", "measures", "transfer", "claims", "requirements", "language"])
@pytest.mark.parametrize(
    "value", [None, 7, "text", [7], [[]], {"a": 7}, [{"settings": [], "figures": 7, "cost": 1, "note": 7}]]
)
def test_whatever_stands_in_an_old_report_the_way_to_today_does_not_fail(part, value):
    assert upgraded({"schema": 1, part: value})["schema"] == SCHEMA


@pytest.mark.parametrize("part", ["models", "measures", "data", "environment"])
def test_an_old_report_that_lacks_a_part_is_refused_as_a_new_one_is(part, tmp_path):
    content = json.loads((V1 / "comparison.json").read_bytes())
    del content[part]
    (tmp_path / "report.json").write_text(json.dumps(content))
    with pytest.raises(InputError, match=f"is not a report: {part}: "):
        read_report(tmp_path)


def test_what_is_no_model_is_refused(tmp_path):
    content = json.loads((V1 / "comparison.json").read_bytes())
    (tmp_path / "report.json").write_text(json.dumps({**content, "models": [*content["models"], 7]}))
    with pytest.raises(InputError, match=r"is not a report: models\.6: "):
        read_report(tmp_path)


def test_verdicts_are_made_again_from_the_figures():
    old = {one["candidate"]: one for one in json.loads((V1 / "language.json").read_bytes())["verdicts"]}
    report = read_report(V1 / "language.json")
    shares = {
        one.candidate: one for one in report.measures if (one.measure, one.base) == ("disagreement", report.base.id)
    }
    assert {one.candidate for one in report.verdicts} == set(shares) & set(old)
    for verdict in report.verdicts:
        [against], share = verdict.against, shares[verdict.candidate]
        assert (against.value, against.low, against.high) == pytest.approx(
            (share.value, share.low, share.high), rel=1e-3
        )
        assert against.limit == pytest.approx(min(0.01, max(0.001, 0.1 * (1 - report.base.accuracy))))
        before = old[verdict.candidate]
        assert (verdict.negative_flips, verdict.positive_flips) == (before["harm"], before["recovery"])
        assert verdict.net_loss == pytest.approx(report.base.accuracy - report.model(verdict.candidate).accuracy)
    assert report.overall[0].candidate in old


def test_what_was_broken_stays_broken():
    content = json.loads((V1 / "comparison.json").read_bytes())
    content["verdicts"][0]["outcome"] = "broken"
    candidate = content["verdicts"][0]["candidate"]
    report = judged_again(Report.model_validate(upgraded(content)), {(content["verdicts"][0]["evaluation"], candidate)})
    assert {one.candidate: one.outcome for one in report.verdicts}[candidate] == "broken"


def test_tokens_of_a_text_are_counted_as_the_interval_says():
    report = read_report(V1 / "language.json")
    for verdict in report.verdicts:
        [share] = [
            one
            for one in report.measures
            if (one.candidate, one.measure, one.base) == (verdict.candidate, "disagreement", verdict.base)
        ]
        assert verdict.against[0].high == pytest.approx(share.high, rel=1e-4)
        assert verdict.effective_examples <= verdict.examples


def test_a_wide_interval_over_blocks_is_that_of_fewer_tokens():
    content = json.loads((V1 / "language.json").read_bytes())
    [share] = [one for one in content["measures"] if one["measure"] == "disagreement"]
    # beta.ppf(.975, 6, 245), the upper end of 5 of 250: so much is each of the tokens worth.
    share.update(value=0.02, low=0.006, high=0.04606)
    [verdict] = judged_again(Report.model_validate(upgraded(content)), ()).verdicts
    assert verdict.effective_examples == pytest.approx(250, rel=0.01)


def changed_report(name, change, tmp_path):
    """A report of version 1 in which something is changed, read."""
    content = json.loads((V1 / f"{name}.json").read_bytes())
    change(content)
    (tmp_path / "report.json").write_text(json.dumps(content))
    return read_report(tmp_path)


@pytest.mark.parametrize("name", REPORTS)
def test_a_report_whose_base_was_not_made_is_read(name, tmp_path):
    def without_base(content):
        content["models"] = [one for one in content["models"] if one["role"] != "base"]

    report = changed_report(name, without_base, tmp_path)
    assert (report.verdicts, ReportView(report).base) == ((), None)


@pytest.mark.parametrize("name", REPORTS)
@pytest.mark.parametrize(("field", "value"), [("examples", 0), ("high", 1.0)])
def test_figures_that_no_run_writes_are_no_fault(name, field, value, tmp_path):
    def spoilt(content):
        for one in content["measures"]:
            one[field] = value

    report = changed_report(name, spoilt, tmp_path)
    assert bool(report.verdicts) == (field == "high")
    assert all(verdict.effective_examples > 0 for verdict in report.verdicts)
