"""The last steps of a comparison, which are the same for all: costs, layers, requirements and times."""

import time

from samefn.comparison.costs import with_costs
from samefn.comparison.measured import ComparisonRun
from samefn.config.comparison import ComparisonSpec
from samefn.gate.check import check
from samefn.schema.environment import Times
from samefn.schema.report import Report


def complete(spec: ComparisonSpec, comparison: ComparisonRun, started: float) -> Report:
    """The whole report of a comparison whose models were run.

    Args:
        spec: what was asked for.
        comparison: run and analysed.
        started: seconds since 1970.
    """
    costs, cost_warnings = comparison.costs() if spec.cost else ({}, ())
    report = with_costs(comparison.report, costs, {one.model.id: one.record for one in comparison.models})
    located, layer_warnings = comparison.locate() if spec.locate else ((), ())
    return report.model_copy(
        update={
            "located": located,
            "warnings": (*report.warnings, *cost_warnings, *layer_warnings),
            "requirements": check(report, spec.require),
            "times": Times(started=started, seconds=time.time() - started, tasks=dict(comparison.seconds)),
        }
    )
