"""Classes and slices of the examples: which of them changed too much, and which lost most."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from samefn.schema.verdicts import PartChange
from samefn.statistics.counts import Part, PartCounts
from samefn.statistics.exact_tests import sign_test
from samefn.statistics.multiple_testing import holm
from samefn.statistics.proportions import Proportion

SIGNIFICANT = 0.05  # of a net loss in one class or slice


@dataclass(frozen=True)
class Parts:
    """What the classes and slices show.

    Attributes:
        over: those shown to be over the limit, the largest share first.
        worst: the one with the largest share; its interval is that of the largest share. None where there are none.
        hardest: the one with the largest net loss of those where a loss is shown; None if none.
    """

    over: tuple[PartChange, ...] = ()
    worst: PartChange | None = None
    hardest: PartChange | None = None


def parts_of(
    counts: Mapping[Part, PartCounts], class_names: Sequence[str], limit: float, error: float, weight: float = 1.0
) -> Parts:
    """Test all classes and slices at once.

    A part is over the limit where the exact one-sided test of its share says so after Holm's correction over all parts.

    Args:
        counts: of each part.
        class_names: by class index.
        limit: on a part's share of changed predictions, 0 to 1.
        error: probability that any part is said to be over the limit that is not, above 0 and below 1.
        weight: how many examples drawn one by one an example is worth, above 0 and at most 1; for grouped examples.
    """
    if not counts:
        return Parts()
    each = error / len(counts)
    shares = {part: Proportion(one.changed * weight, one.examples * weight) for part, one in counts.items()}
    p_values = holm([share.at_least(limit) for share in shares.values()]).tolist()
    changes = [
        PartChange(
            by=part.by,
            name=class_names[int(part.value)] if part.by == "class" else part.value,
            examples=one.examples,
            changed=one.changed,
            share=share.value,
            low=share.low(each),
            high=share.high(each),
            negative_flips=one.negative_flips,
            positive_flips=one.positive_flips,
        )
        for (part, one), share in zip(counts.items(), shares.values(), strict=True)
    ]
    over = [one for one, p in zip(changes, p_values, strict=True) if p < error]
    worst = max(changes, key=lambda one: one.share)
    ends = {"low": max(one.low for one in changes), "high": max(one.high for one in changes)}
    return Parts(
        tuple(sorted(over, key=lambda one: one.share, reverse=True)),
        worst.model_copy(update=ends),
        _hardest(changes, weight),
    )


def _hardest(changes: Sequence[PartChange], weight: float) -> PartChange | None:
    flips = [(one.negative_flips or 0, one.positive_flips or 0) for one in changes]
    p_values = holm([sign_test(int(lost * weight), int(lost * weight) + int(won * weight)) for lost, won in flips])
    shown = [
        (lost - won, one)
        for one, (lost, won), p in zip(changes, flips, p_values.tolist(), strict=True)
        if lost > won and p < SIGNIFICANT
    ]
    return max(shown, key=lambda pair: pair[0])[1] if shown else None
