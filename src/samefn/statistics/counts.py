"""Counts of a model's changed and right predictions. A verdict needs these and the relative distances."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from samefn.predictions.about import CLASS
from samefn.statistics.design_effects import NET, WHOLE
from samefn.statistics.parts import COUNTED, PartKey
from samefn.statistics.proportions import Proportion
from samefn.statistics.summaries import BINARY, Summary

Counted = Literal["changed", "negative_flips", "positive_flips"]


@dataclass(frozen=True)
class PartCounts:
    """Examples of one class or slice, counted. Flips are None without labels.

    Attributes:
        examples: how many.
        changed: on how many the two predictions differ.
        negative_flips: how many the base alone has right.
        positive_flips: how many the model alone has right.
        design_effects: with groups, examples over effective examples, by what is counted; 1 where not named.
    """

    examples: int
    changed: int
    negative_flips: int | None = None
    positive_flips: int | None = None
    design_effects: Mapping[str, float] = field(default_factory=dict)

    def proportion(self, counted: Counted) -> Proportion:
        """The share of these examples, in effective numbers; of flips only with labels."""
        ones: int | None = getattr(self, counted)
        return _effective(ones or 0, self.examples, self.design_effects.get(counted, 1.0))


@dataclass(frozen=True)
class Counts:
    """Examples of one model beside its base, counted. What is about right and wrong is None without labels.

    Attributes:
        examples: how many.
        changed: on how many the two predictions differ.
        base_right: how many the base has right.
        right: how many the model has.
        negative_flips: how many the base alone has right.
        parts: by slice and value; the classes are the slice `class`, by their number as text: the label, or the base's
            prediction without labels.
        design_effects: with groups, examples over effective examples, by what is counted; 1 where not named.
    """

    examples: int
    changed: int
    base_right: int | None
    right: int | None
    negative_flips: int | None
    parts: Mapping[PartKey, PartCounts]
    design_effects: Mapping[str, float] = field(default_factory=dict)

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
    def classes(self) -> Mapping[int, PartCounts]:
        """The classes that have examples, by number."""
        return {int(value): part for (by, value), part in self.parts.items() if by == CLASS}

    @property
    def majority(self) -> float | None:
        """Share of the most frequent class, 0 to 1; None where classes are not counted."""
        return max(part.examples for part in self.classes.values()) / self.examples if self.classes else None

    @property
    def base_error(self) -> float | None:
        """Share of the examples that the base has wrong; None without labels."""
        return None if self.base_right is None else 1 - self.base_right / self.examples

    def proportion(self, counted: Literal[Counted, "base_right", "right"]) -> Proportion:
        """The share of all examples, in effective numbers; what is about right and wrong only with labels."""
        ones: int | None = getattr(self, counted)
        return _effective(ones or 0, self.examples, self.design_effects.get(counted, 1.0))

    @property
    def flips(self) -> tuple[float, float, float]:
        """Negative flips, positive flips and examples, in effective numbers for the difference of the two."""
        effect = self.design_effects.get(NET, 1.0)
        return (self.negative_flips or 0) / effect, (self.positive_flips or 0) / effect, self.examples / effect


def counts_of(summary: Summary, effects: Mapping[PartKey, Mapping[str, float]] | None = None) -> Counts:
    """Counted from the summary of rows, at least one.

    Args:
        summary: of the rows.
        effects: what groups take from each share, as `design_effects` gives it; None without groups.
    """
    labelled = not summary.missing.get("base_right")
    of = {name: 1 << BINARY.index(name) for name in ("disagreement", "base_right", "right")}
    effects = effects or {}

    def count(has: int, lacks: int = 0) -> int:
        return sum(many for key, many in summary.patterns.items() if key & has == has and not key & lacks)

    def part(by: str, value: str) -> PartCounts:
        examples, changed, negative, positive = (summary.parts[by, value, name] for name in ("examples", *COUNTED))
        of_part = effects.get((by, value), {})
        return PartCounts(examples, changed, negative if labelled else None, positive if labelled else None, of_part)

    return Counts(
        examples=summary.examples,
        changed=count(of["disagreement"]),
        base_right=count(of["base_right"]) if labelled else None,
        right=count(of["right"]) if labelled else None,
        negative_flips=count(of["base_right"], of["right"]) if labelled else None,
        parts={(by, value): part(by, value) for by, value, name in sorted(summary.parts) if name == "examples"},
        design_effects=effects.get(WHOLE, {}),
    )


def base_wrong(summary: Summary) -> int:
    """How many examples the base has wrong; 0 without labels."""
    counts = counts_of(summary)
    return 0 if counts.base_right is None else counts.examples - counts.base_right


def _effective(ones: int, examples: int, effect: float) -> Proportion:
    return Proportion(ones / effect, examples / effect)
