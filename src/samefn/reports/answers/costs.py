"""What a candidate takes beside the base: its size and its latency."""

from samefn.reports.answers.fact import Fact
from samefn.reports.view import ReportView
from samefn.reports.wording.numbers import format_ratio
from samefn.schema.costs import Latency
from samefn.schema.report import ModelEntry


def cost_facts(view: ReportView, model: ModelEntry) -> tuple[Fact, ...]:
    """Its size and its latency as ratios to the base's, those that are known; marked where larger or slower."""
    facts = (_size(view.base, model), _latency(view.base, model))
    return tuple(fact for fact in facts if fact is not None)


def _size(base: ModelEntry | None, model: ModelEntry) -> Fact | None:
    if base is None or not base.bytes or model.bytes is None:
        return None
    ratio = format_ratio(model.bytes / base.bytes)
    if model.bytes > base.bytes and ratio != format_ratio(1):
        return Fact("size", "size", ratio, "", "larger", "farther")
    return Fact("size", "size", ratio, tone="unchanged" if model.bytes < base.bytes else "alike")


def _latency(base: ModelEntry | None, model: ModelEntry) -> Fact | None:
    """Of one input, or else of a batch; faster or slower only where the two ranges of the runs do not meet."""
    if base is None or base.cost is None or model.cost is None:
        return None
    for before, after in ((base.cost.one, model.cost.one), (base.cost.whole, model.cost.whole)):
        if before is not None and after is not None and before.median > 0:
            ratio, batch = format_ratio(after.median / before.median), f"batch {after.batch}"
            if _longer(after, before):
                return Fact("latency", "latency", ratio, "", f"slower, {batch}", "farther")
            return Fact("latency", "latency", ratio, "", batch, "unchanged" if _longer(before, after) else "alike")
    return None


def _longer(one: Latency, other: Latency) -> bool:
    """Whether one takes longer than the other beyond the quartiles of both."""
    low = one.median if one.low is None else one.low
    return low > (other.median if other.high is None else other.high)
