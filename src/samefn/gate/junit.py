"""Requirements as JUnit XML, which build servers show."""

import re
from xml.etree import ElementTree as Xml

from samefn.gate.check import OnInconclusive, may_pass
from samefn.reports.view import ReportView
from samefn.reports.wording.escaping import printable
from samefn.reports.wording.requirements import requirement_sentence
from samefn.schema.report import Report

# Characters that XML 1.0 cannot hold, escaped or not.
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit_xml(report: Report, on_inconclusive: OnInconclusive = "fail") -> bytes:
    """One test case for each requirement and candidate, and an error for each model that was not run.

    An inconclusive requirement is a failure, or skipped where it may pass. In names, control characters
    are spelled out, and characters that XML cannot hold are replaced.

    Args:
        report: with its requirements.
        on_inconclusive: whether an inconclusive requirement fails.
    """
    findings = ReportView(report)
    suite = Xml.Element("testsuite", name=_text(report.name))
    counts = {"failures": 0, "errors": 0, "skipped": 0}
    for entry in report.requirements:
        case = _case(suite, findings.name(entry.candidate), entry.expression)
        if entry.outcome == "holds":
            continue
        sentence = _text(requirement_sentence(findings, entry))
        if may_pass(entry, on_inconclusive):
            counts["skipped"] += 1
            Xml.SubElement(case, "skipped", message=sentence)
        else:
            counts["failures"] += 1
            Xml.SubElement(case, "failure", message=sentence, type=entry.outcome).text = sentence
    for failure in report.failures:
        counts["errors"] += 1
        case = _case(suite, failure.label if failure.name else findings.name(failure.model), "can be run")
        Xml.SubElement(case, "error", message=_text(failure.error), type="not run").text = _text(failure.error)
    totals = {"tests": str(len(suite)), **{kind: str(number) for kind, number in counts.items()}, "time": "0"}
    suite.attrib.update(totals)
    root = Xml.Element("testsuites", {"name": "samefn", **totals})
    root.append(suite)
    Xml.indent(root)
    return bytes(Xml.tostring(root, encoding="utf-8", xml_declaration=True)) + b"\n"


def _case(suite: Xml.Element, classname: str, name: str) -> Xml.Element:
    return Xml.SubElement(suite, "testcase", classname=_text(classname), name=_text(name), time="0")


def _text(text: str) -> str:
    return _NOT_XML.sub("\ufffd", printable(text))
