"""Counts of a model's changed and right predictions. A verdict needs these and the relative distances."""

from collections.abc import Mapping
from dataclasses import dataclass

from samefn.statistics.summaries import BINARY, Summary


@dataclass(frozen=True)
class Counts:
    """Examples of one model beside its base, counted. What is about right and wrong is None without labels.

    Attributes:
        examples: how many.
        changed: on how many the two predictions differ.
        base_right: how many the base has right.
        right: how many the model has.
        negative_flips: how many the base alone has right.
        classes: how many are of each class: the label, or the base's prediction without labels.
        changed_classes: those of them on which the two predictions differ.
    """

    examples: int
    changed: int
    base_right: int | None
    right: int | None
    negative_flips: int | None
    classes: Mapping[int, int]
    changed_classes: Mapping[int, int]

    @property
    def positive_flips(self) -> int | None:
        """How many the model alone has right."""
        if self.base_right is None or self.right is None or self.negative_flips is None:
            return None
        return self.right - (self.base_right - self.negative_flips)

    @property
    def accuracies(self) -> tuple[float, float] | None:
        """The base's and the model's, 0 to 1."""
        if self.base_right is None or self.right is None:
            return None
        return self.base_right / self.examples, self.right / self.examples

    @property
    def majority(self) -> float:
        """Share of the most frequent class, 0 to 1."""
        return max(self.classes.values()) / self.examples


def counts_of(summary: Summary) -> Counts:
    """Counted from the summary of rows, at least one."""
    labelled = not summary.missing.get("base_right")
    of = {name: 1 << BINARY.index(name) for name in ("disagreement", "base_right", "right")}

    def count(has: int, lacks: int = 0) -> int:
        return sum(many for key, many in summary.patterns.items() if key & has == has and not key & lacks)

    return Counts(
        examples=summary.examples,
        changed=count(of["disagreement"]),
        base_right=count(of["base_right"]) if labelled else None,
        right=count(of["right"]) if labelled else None,
        negative_flips=count(of["base_right"], of["right"]) if labelled else None,
        classes=summary.classes,
        changed_classes=summary.changed,
    )


def base_wrong(summary: Summary) -> int:
    """How many examples the base has wrong; 0 without labels."""
    counts = counts_of(summary)
    return 0 if counts.base_right is None else counts.examples - counts.base_right
