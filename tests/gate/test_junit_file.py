"""JUnit XML: read back as a build server reads it, whatever the names are."""

from xml.etree import ElementTree as Xml

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samefn.gate.check import check
from samefn.gate.junit import junit_xml
from samefn.reports.view import ReportView
from samefn.reports.wording.requirements import requirement_sentence
from samefn.schema.report import Failure


def judged(result, *requirements, **changes):
    entries = check(result.report, requirements)
    return result.report.model_copy(update={"requirements": entries, **changes})


@pytest.mark.parametrize(("on_inconclusive", "kind"), [("fail", "failure"), ("pass", "skipped")])
def test_each_requirement_and_candidate_is_a_test_case(result, on_inconclusive, kind):
    report = judged(
        result,
        "disagreement < 5 %",
        "disagreement@near < 1 %",
        "latency < 1 ms",
        failures=(Failure(model="other", error="broke"),),
    )
    root = Xml.fromstring(junit_xml(report, on_inconclusive))
    [suite] = root
    assert (root.tag, suite.tag, suite.get("name")) == ("testsuites", "testsuite", "compare")
    cases = [(case.get("classname"), case.get("name"), [child.tag for child in case]) for case in suite]
    assert cases == [
        ("near", "disagreement < 5 %", []),
        ("<b>far</b>", "disagreement < 5 %", ["failure"]),
        ("near", "disagreement@near < 1 %", [kind]),
        ("near", "latency < 1 ms", ["failure"]),
        ("<b>far</b>", "latency < 1 ms", ["failure"]),
        ("other", "can be run", ["error"]),
    ]
    for element in (root, suite):
        assert int(element.get("tests")) == len(cases)
        for total, tag in (("failures", "failure"), ("skipped", "skipped"), ("errors", "error")):
            assert int(element.get(total)) == len(list(suite.iter(tag)))
    [failed] = [case for case in suite if case.get("classname") == "<b>far</b>" and case[0].get("type") == "fails"]
    sentence = requirement_sentence(ReportView(report), report.requirements[1])
    assert failed[0].get("message") == sentence == failed[0].text


@given(st.text(max_size=30) | st.text("\x00\x1b\ufffe\uffff\u202e]>&<\"'", max_size=10))
def test_any_name_is_held(result, name):
    report = judged(result, "disagreement < 5 %")
    entries = tuple(entry.model_copy(update={"expression": name}) for entry in report.requirements)
    models = tuple(model.model_copy(update={"name": name}) for model in report.models)
    changed = report.model_copy(update={"requirements": entries, "models": models, "study": {"name": name}})
    cases = Xml.fromstring(junit_xml(changed)).findall("testsuite/testcase")
    assert len(cases) == 2
    if name.isascii() and name.isprintable():
        assert {case.get("classname") for case in cases} == {name}
