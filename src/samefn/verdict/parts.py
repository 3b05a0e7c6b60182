"""Classes and slices of the examples: which of them changed too much, and which lost most."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from samefn.predictions.about import CLASS
from samefn.schema.verdicts import PartChange
from samefn.statistics.counts import PartCounts
from samefn.statistics.exact_tests import sign_test
from samefn.statistics.multiple_testing import holm
from samefn.statistics.parts import Part

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


def parts_of(counts: Mapping[Part, PartCounts], class_names: Sequence[str], limit: float, error: float) -> Parts:
    """Test all classes and slices at once.

    A part is over the limit where the exact one-sided test of its share says so after Holm's correction over all parts.

    Args:
        counts: of each part.
        class_names: by class index.
        limit: on a part's share of changed predictions, 0 to 1.
        error: probability that any part is said to be over the limit that is not, above 0 and below 1.
    """
    if not counts:
        return Parts()
    each = error / len(counts)
    shares = {part: one.proportion("changed") for part, one in counts.items()}
    p_values = holm([share.at_least(limit) for share in shares.values()]).tolist()
    changes = [
        PartChange(
            by=by,
            name=class_names[int(value)] if by == CLASS else value,
            examples=one.examples,
            changed=one.changed,
            share=share.value,
            low=share.low(each),
            high=share.high(each),
            negative_flips=one.negative_flips,
            positive_flips=one.positive_flips,
        )
        for ((by, value), one), share in zip(counts.items(), shares.values(), strict=True)
    ]
    over = [one for one, p in zip(changes, p_values, strict=True) if p < error]
    worst = max(changes, key=lambda one: one.share)
    ends = {"low": max(one.low for one in changes), "high": max(one.high for one in changes)}
    return Parts(
        tuple(sorted(over, key=lambda one: one.share, reverse=True)),
        worst.model_copy(update=ends),
        _hardest(list(counts.values()), changes),
    )


def _hardest(counts: Sequence[PartCounts], changes: Sequence[PartChange]) -> PartChange | None:
    flips = [(int(one.proportion("negative_flips").ones), int(one.proportion("positive_flips").ones)) for one in counts]
    p_values = holm([sign_test(lost, lost + won) for lost, won in flips])
    shown = [
        (lost - won, one)
        for one, (lost, won), p in zip(changes, flips, p_values.tolist(), strict=True)
        if lost > won and p < SIGNIFICANT
    ]
    return max(shown, key=lambda pair: pair[0])[1] if shown else None
