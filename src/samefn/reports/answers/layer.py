"""The layer that changes a candidate most, where layers were located."""

from samefn.reports.answers.fact import Fact
from samefn.reports.wording.numbers import MINUS
from samefn.schema.report import ModelEntry, Report


def layer_facts(report: Report, model: ModelEntry) -> tuple[Fact, ...]:
    """The layer that alone, put into the base, makes most of the distance; none where nothing is located or moved."""
    swaps = (one for one in report.located if one.candidate == model.id and one.direction == "forward")
    worst = next((one for one in swaps if one.share is not None), None)
    if worst is None:
        return ()
    share = f"{100 * (worst.share or 0):.0f} %".replace("-", MINUS)
    return (Fact("layer", "worst layer", f"{worst.group}: {share} of the distance"),)
