"""Classes and slices of the examples: which of them changed too much, and which lost most."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from samefn.predictions.about import CLASS
from samefn.schema.verdicts import PartChange
from samefn.statistics.counts import PartCounts
from samefn.statistics.exact_tests import sign_test
from samefn.statistics.multiple_testing import holm
from samefn.statistics.parts import PartKey

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


def parts_of(counts: Mapping[PartKey, PartCounts], class_names: Sequence[str], limit: float, error: float) -> Parts:
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

    def change(part: PartKey) -> PartChange:
        by, value = part
        one, share = counts[part], shares[part]
        return PartChange(
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

    p_values = holm([share.at_least(limit) for share in shares.values()]).tolist()
    over = [part for part, p in zip(shares, p_values, strict=True) if p < error]
    worst = max(shares, key=lambda part: shares[part].value)
    hardest = _hardest(counts)
    different = set(shares.values())  # a thousand classes have few
    ends = {"low": max(one.low(each) for one in different), "high": max(one.high(each) for one in different)}
    return Parts(
        tuple(change(part) for part in sorted(over, key=lambda part: shares[part].value, reverse=True)),
        change(worst).model_copy(update=ends),
        None if hardest is None else change(hardest),
    )


def _hardest(counts: Mapping[PartKey, PartCounts]) -> PartKey | None:
    flips = [
        (int(one.proportion("negative_flips").ones), int(one.proportion("positive_flips").ones))
        for one in counts.values()
    ]
    p_values = holm([sign_test(lost, lost + won) for lost, won in flips])
    shown = [
        ((lost - won) / counts[part].examples, part)
        for part, (lost, won), p in zip(counts, flips, p_values.tolist(), strict=True)
        if lost > won and p < SIGNIFICANT
    ]
    return max(shown, key=lambda pair: pair[0])[1] if shown else None
