"""`samefn diff`."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from samefn.difference.runs import difference, read_run
from samefn.reports.wording.difference import difference_lines


def diff_command(
    before: Path,
    after: Path,
    /,
    *,
    json: Annotated[bool, Parameter(show_default=False, help="Print everything as JSON.")] = False,
) -> int:
    """Show which figures moved beyond their intervals between two runs; exit code 1 where something did.

    The exit code is also 1 where an answer changed or a model is only in one of the runs.

    Args:
        before: The first run's folder, or its report.json.
        after: The second run's.
    """
    found = difference(read_run(before), read_run(after))
    print(found.model_dump_json(by_alias=True, indent=1) if json else "\n".join(difference_lines(found)))
    return 1 if found.differs else 0
