"""How often a model answers as its base does, and right: all that a verdict needs beside the scale."""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from samefn.statistics.summaries import ANSWERS, Summary, classes_of


@dataclass(frozen=True)
class Counts:
    """Examples of one model beside its base, counted. What is about right and wrong is None without labels.

    Attributes:
        examples: how many.
        changed: on how many the two answer differently.
        base_right: how many the base has right.
        right: how many the model has.
        harm: how many the base alone has right.
        classes: how many are of each class: the label, or the base's answer without labels.
        changed_classes: those of them on which the two answer differently.
    """

    examples: int
    changed: int
    base_right: int | None
    right: int | None
    harm: int | None
    classes: Mapping[int, int]
    changed_classes: Mapping[int, int]

    @property
    def recovery(self) -> int | None:
        """How many the model alone has right."""
        if self.base_right is None or self.right is None or self.harm is None:
            return None
        return self.right - (self.base_right - self.harm)

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


def counts_of_rows(rows: pl.DataFrame) -> Counts:
    """Counted from rows in memory, at least one."""
    labelled = rows["label"].null_count() == 0
    base_right, right = rows["base_right"], rows["right"]
    classes, changed = classes_of(rows)
    return Counts(
        examples=rows.height,
        changed=int((rows["disagreement"] > 0).sum()),
        base_right=int(base_right.sum()) if labelled else None,
        right=int(right.sum()) if labelled else None,
        harm=int((base_right & ~right).sum()) if labelled else None,
        classes=classes,
        changed_classes=changed,
    )


def counts_of_summary(summary: Summary) -> Counts:
    """Counted from the summary of rows, at least one."""
    labelled = not summary.missing.get("base_right")
    of = {name: 1 << ANSWERS.index(name) for name in ("disagreement", "base_right", "right")}

    def count(has: int, lacks: int = 0) -> int:
        return sum(many for key, many in summary.patterns.items() if key & has == has and not key & lacks)

    return Counts(
        examples=summary.examples,
        changed=count(of["disagreement"]),
        base_right=count(of["base_right"]) if labelled else None,
        right=count(of["right"]) if labelled else None,
        harm=count(of["base_right"], of["right"]) if labelled else None,
        classes=summary.classes,
        changed_classes=summary.changed,
    )
