"""`samefn gate`."""

from pathlib import Path

from samefn.cli.options import JunitOption, OnInconclusiveOption, RequireOption
from samefn.core.atomic_files import write_atomically
from samefn.core.errors import InputError
from samefn.core.paths import require_writable_file
from samefn.gate.check import check, passed
from samefn.gate.junit import junit_xml
from samefn.reports.read import read_report
from samefn.reports.wording.escaping import printable
from samefn.reports.wording.requirements import requirement_sentences
from samefn.reports.wording.warnings import all_warnings


def gate(
    run: Path,
    /,
    *,
    require: RequireOption = None,
    on_inconclusive: OnInconclusiveOption = None,
    junit: JunitOption = None,
) -> int:
    """Check a report against requirements; exit code 1 where one is not met.

    Nothing is run, and the report is not changed. The exit code is also 1 where a model of the report failed.

    Args:
        run: The run's folder, or its report.json.
    """
    if not require:
        raise InputError("SF030", "no requirement is given", where="gate", fix="add --require 'disagreement < 1 %'")
    if junit is not None:
        require_writable_file(junit, "--junit")
    report = read_report(run)
    checked = report.model_copy(update={"requirements": check(report, require)})
    for sentence in requirement_sentences(checked):
        print(printable(sentence))
    for warning in all_warnings(checked):
        print(f"warning: {printable(warning)}")
    for failure in checked.failures:
        print(f"not made: {printable(failure.label)}: {printable(failure.error)}")
    policy = on_inconclusive or "fail"
    if junit is not None:
        write_atomically(junit, junit_xml(checked, policy))
    return 0 if passed(checked.requirements, policy) and not checked.failures else 1
