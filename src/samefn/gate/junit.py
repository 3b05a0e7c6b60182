"""Requirements as JUnit XML, which build servers show."""

import re
from xml.etree import ElementTree as Xml

from samefn.gate.check import OnDoubt
from samefn.reports.view import ReportView
from samefn.reports.wording.escaping import printable
from samefn.schema.report import Report

# What XML 1.0 has no place for, escaped or not.
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit_xml(report: Report, on_doubt: OnDoubt = "fail") -> bytes:
    """One test case a requirement and candidate, and an error a model that could not be asked.

    What cannot be told is a failure, or skipped where doubt passes. Of names control characters are spelled out, and
    what XML cannot hold is replaced.

    Args:
        report: with its requirements.
        on_doubt: what an undecided requirement is.
    """
    findings = ReportView(report)
    suite = Xml.Element("testsuite", name=_text(report.name))
    counts = {"failures": 0, "errors": 0, "skipped": 0}
    for entry in report.requirements:
        case = _case(suite, findings.name(entry.candidate), entry.expression)
        if entry.outcome == "holds":
            continue
        doubt = entry.outcome == "inconclusive" and on_doubt == "pass"
        counts["skipped" if doubt else "failures"] += 1
        said = Xml.SubElement(case, "skipped" if doubt else "failure", message=_text(entry.sentence))
        if not doubt:
            said.set("type", entry.outcome)
            said.text = _text(entry.sentence)
    for failure in report.failures:
        counts["errors"] += 1
        case = _case(suite, failure.label if failure.name else findings.name(failure.model), "can be asked")
        Xml.SubElement(case, "error", message=_text(failure.error), type="not asked").text = _text(failure.error)
    totals = {"tests": str(len(suite)), **{kind: str(number) for kind, number in counts.items()}, "time": "0"}
    suite.attrib.update(totals)
    whole = Xml.Element("testsuites", {"name": "samefn", **totals})
    whole.append(suite)
    Xml.indent(whole)
    return bytes(Xml.tostring(whole, encoding="utf-8", xml_declaration=True)) + b"\n"


def _case(suite: Xml.Element, classname: str, name: str) -> Xml.Element:
    return Xml.SubElement(suite, "testcase", classname=_text(classname), name=_text(name), time="0")


def _text(text: str) -> str:
    return _NOT_XML.sub("\ufffd", printable(text))
