"""What a reader of a report can do next, on the command line."""

from samefn.reports.view import ReportView
from samefn.schema.methods import Given
from samefn.schema.report import Report

# Adapters of models whose layers can be swapped.
_WITH_LAYERS = frozenset({"onnx", "torch"})


def next_steps(report: Report, *, verbose: bool) -> tuple[str, ...]:
    """Those options of `samefn compare` that were not given and would add something, and `-v`.

    Args:
        report: of a comparison; of a study there is `-v` alone.
        verbose: whether all was printed.
    """
    steps: tuple[str, ...] = ()
    if report.compared:
        steps = (*_limit(report), *_locate(report), *_independents(report), *_require(report))
    return steps if verbose else (*steps, "-v for all figures")


def _limit(report: Report) -> tuple[str, ...]:
    """Where a limit that nobody chose leaves something open."""
    left = [one for one in report.verdicts if one.outcome == "inconclusive" and one.reason != "figures"]
    chosen = any(one.against[0].origin == "given" for one in left)
    return ("--limit for your own limit",) if left and not chosen else ()


def _locate(report: Report) -> tuple[str, ...]:
    """Where something changed, in models that have layers."""
    methods = [model.method for model in report.models if model.role in {"base", "candidate"}]
    have_layers = all(isinstance(method, Given) and method.adapter in _WITH_LAYERS for method in methods)
    moved = any(one.outcome in {"changed", "broken"} for one in report.verdicts)
    return ("--locate for the layers",) if moved and have_layers and not report.located else ()


def _independents(report: Report) -> tuple[str, ...]:
    without = ReportView(report).without_independents and not report.language
    return ("--independent for the distance",) if without else ()


def _require(report: Report) -> tuple[str, ...]:
    return ("--require for CI",) if report.verdicts and not report.requirements else ()
