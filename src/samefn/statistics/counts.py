"""Counts of a model's changed and right predictions. A verdict needs these and the relative distances."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from samefn.statistics.proportions import Proportion
from samefn.statistics.summaries import BINARY, Summary

CLASS = "class"  # the name of the slices that classes are


class Part(NamedTuple):
    """A class or slice: the column it is of (`class`, or a slice's name), and its value there (a class's index)."""

    by: str
    value: str


@dataclass(frozen=True)
class PartCounts:
    """Examples of one class or slice, counted. Flips are None without labels."""

    examples: int
    changed: int
    negative_flips: int | None = None
    positive_flips: int | None = None


@dataclass(frozen=True)
class Counts:
    """Examples of one model beside its base, counted. What is about right and wrong is None without labels.

    Attributes:
        examples: how many.
        changed: on how many the two predictions differ.
        base_right: how many the base has right.
        right: how many the model has.
        negative_flips: how many the base alone has right.
        parts: the same of each class (the label, or the base's prediction without labels) and of each slice.
        weight: how many examples drawn one by one an example is worth, above 0 and at most 1: below 1 where examples
            come in groups.
    """

    examples: int
    changed: int
    base_right: int | None
    right: int | None
    negative_flips: int | None
    parts: Mapping[Part, PartCounts]
    weight: float = 1.0

    def share(self, ones: int) -> Proportion:
        """So many of the examples, counted as if each had been drawn alone."""
        return Proportion(ones * self.weight, self.examples * self.weight)

    @property
    def base_error(self) -> float | None:
        """Share of the examples that the base has wrong; None without labels."""
        return None if self.base_right is None else 1 - self.base_right / self.examples

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
    def majority(self) -> float | None:
        """Share of the most frequent class, 0 to 1; None where classes are not counted."""
        sizes = [one.examples for part, one in self.parts.items() if part.by == CLASS]
        return max(sizes) / self.examples if sizes else None


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
        parts={
            Part(CLASS, str(name)): PartCounts(examples, summary.changed.get(name, 0))
            for name, examples in sorted(summary.classes.items())
        },
    )


def base_wrong(summary: Summary) -> int:
    """How many examples the base has wrong; 0 without labels."""
    counts = counts_of(summary)
    return 0 if counts.base_right is None else counts.examples - counts.base_right
