"""Every measure as data: the facts that the checks, the documentation and the reports read."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, cast

import polars as pl

from samefn.measures.accuracy import accuracy_deviation
from samefn.measures.disagreement import disagreement, flips_harm, flips_recovery
from samefn.measures.distances import activation_distance, cosine_similarity, total_variation
from samefn.measures.divergences import jensen_shannon, kl_divergence, kl_divergence_reverse
from samefn.measures.pairs import Floats
from samefn.measures.ranks import rank_disagreement

Direction = Literal["distance", "similarity", "signed"]


@dataclass(frozen=True)
class Measure:
    """One measure of a candidate against its base. Its value is computed from rows, one an example.

    Attributes:
        name: its key in the table, and its column in the rows where it has one.
        title: for people.
        meaning: what it says, in one sentence.
        formula: its definition; p and q are the softmax rows of base and candidate.
        unit: what it is counted in.
        low: the least value it can take.
        high: the greatest.
        direction: `distance` (0 where the two are the same), `similarity` (`high` where they are the same) or
            `signed` (0 where they are the same, either sign elsewhere).
        symmetric: whether base and candidate can be exchanged.
        family: what kind of measure it is: the module that computes it.
        source: where it comes from.
        needs_labels: whether it needs the true classes.
        binary: whether an example's value is 0 or 1, so that the value is a proportion.
        per_example: computes the rows' column from log-probabilities of base and candidate, and the labels
            where it needs them; None where the value is not a mean over examples.
        columns: the columns of the rows whose means decide the value; its own for a mean over examples.
        of_means: computes the value from those means, NaN where it is not defined; None where it is the mean.
    """

    name: str
    title: str
    meaning: str
    formula: str
    unit: str
    low: float
    high: float
    direction: Direction
    symmetric: bool
    family: str
    source: str
    needs_labels: bool
    binary: bool
    per_example: Callable[..., Floats] | None
    columns: tuple[str, ...]
    of_means: Callable[..., Floats] | None = None

    @property
    def identical(self) -> float:
        """The value of a model against itself."""
        return self.high if self.direction == "similarity" else 0.0

    def value(self, rows: pl.DataFrame) -> float | None:
        """The figure over rows; None where it is not defined: no examples, no labels, a base never right."""
        means = [cast("float | None", rows[column].mean()) for column in self.columns]
        if any(mean is None for mean in means):
            return None
        value = float(self.of_means(*means)) if self.of_means else float(cast("float", means[0]))
        return None if math.isnan(value) else value


def _of_examples(
    per_example: Callable[..., Floats],
    *,
    title: str,
    meaning: str,
    formula: str,
    unit: str,
    high: float,
    source: str,
    direction: Direction = "distance",
    symmetric: bool = True,
    needs_labels: bool = False,
    binary: bool = False,
) -> Measure:
    """A measure that is a mean over examples; all of them start at 0."""
    name, family = per_example.__name__, per_example.__module__.rpartition(".")[2]
    return Measure(
        name=name,
        title=title,
        meaning=meaning,
        formula=formula,
        unit=unit,
        low=0.0,
        high=high,
        direction=direction,
        symmetric=symmetric,
        family=family,
        source=source,
        needs_labels=needs_labels,
        binary=binary,
        per_example=per_example,
        columns=(name,),
    )


_ALL = (
    Measure(
        name="accuracy_deviation",
        title="Accuracy deviation",
        meaning="How much accuracy changed, relative to the base's; negative where the candidate is worse.",
        formula="100 · (acc_q - acc_p) / acc_p",
        unit="percent of the base's accuracy",
        low=-100.0,
        high=math.inf,
        direction="signed",
        symmetric=False,
        family="accuracy",
        source="Mason-Williams, Bro changed :( Compression: A Functional Perspective",
        needs_labels=True,
        binary=False,
        per_example=None,
        columns=("base_right", "right"),
        of_means=accuracy_deviation,
    ),
    _of_examples(
        disagreement,
        title="Prediction disagreement",
        meaning="How often the two choose another class (churn); agreement is 1 minus it.",
        formula="mean [argmax p ≠ argmax q]",
        unit="share of examples",
        high=1.0,
        source="Milani Fard et al. 2016 (Launch and Iterate: Reducing Prediction Churn); "
        "Fort et al. 2019 (arXiv:1912.02757); Stanton et al. 2021 (arXiv:2106.05945)",
        binary=True,
    ),
    _of_examples(
        flips_harm,
        title="Flips, right to wrong",
        meaning="How often the base is right and the candidate wrong.",
        formula="mean [argmax p = label, argmax q ≠ label]",
        unit="share of examples",
        high=1.0,
        source="Dutta et al. 2024, Accuracy is Not All You Need (arXiv:2407.09141)",
        symmetric=False,
        needs_labels=True,
        binary=True,
    ),
    _of_examples(
        flips_recovery,
        title="Flips, wrong to right",
        meaning="How often the base is wrong and the candidate right.",
        formula="mean [argmax p ≠ label, argmax q = label]",
        unit="share of examples",
        high=1.0,
        source="Dutta et al. 2024, Accuracy is Not All You Need (arXiv:2407.09141)",
        symmetric=False,
        needs_labels=True,
        binary=True,
    ),
    _of_examples(
        activation_distance,
        title="Activation distance",
        meaning="How far apart the two rows of probabilities lie in space.",
        formula="mean √Σ (p - q)²",
        unit="probability (L2 norm)",
        high=math.sqrt(2),
        source="Chundawat et al. 2023, Can Bad Teaching Induce Forgetting? (arXiv:2205.08096)",
    ),
    _of_examples(
        total_variation,
        title="Total variation",
        meaning="How much probability moved to other classes; 1 minus it is the expected acceptance rate of "
        "speculative decoding.",
        formula="mean ½ Σ |p - q|",
        unit="probability",
        high=1.0,
        source="Levin and Peres 2017, Markov Chains and Mixing Times, chapter 4; "
        "Leviathan et al. 2023 (arXiv:2211.17192)",
    ),
    _of_examples(
        cosine_similarity,
        title="Cosine similarity",
        meaning="How nearly the two rows of probabilities point the same way.",
        formula="mean Σ p q / (√Σ p² √Σ q²)",
        unit="cosine",
        high=1.0,
        source="Salton and McGill 1983, Introduction to Modern Information Retrieval",
        direction="similarity",
    ),
    _of_examples(
        kl_divergence,
        title="KL divergence, base to candidate",
        meaning="What is lost when the candidate's probabilities stand for the base's; infinite where the "
        "candidate excludes a class that the base does not.",
        formula="mean Σ p ln(p / q)",
        unit="nats",
        high=math.inf,
        source="Kullback and Leibler 1951, On Information and Sufficiency; Stanton et al. 2021 (arXiv:2106.05945)",
        symmetric=False,
    ),
    _of_examples(
        kl_divergence_reverse,
        title="KL divergence, candidate to base",
        meaning="What is lost when the base's probabilities stand for the candidate's; infinite where the "
        "base excludes a class that the candidate does not.",
        formula="mean Σ q ln(q / p)",
        unit="nats",
        high=math.inf,
        source="Kullback and Leibler 1951, On Information and Sufficiency; Stanton et al. 2021 (arXiv:2106.05945)",
        symmetric=False,
    ),
    _of_examples(
        jensen_shannon,
        title="Jensen-Shannon divergence",
        meaning="How much a class drawn from one of the two tells about which of them it came from.",
        formula="mean ½ Σ p ln(p / m) + ½ Σ q ln(q / m), m = (p + q) / 2",
        unit="nats",
        high=math.log(2),
        source="Lin 1991, Divergence Measures Based on the Shannon Entropy",
    ),
    _of_examples(
        rank_disagreement,
        title="Rank disagreement",
        meaning="How many places differ when each model puts the classes in its order of preference.",
        formula="mean over examples and positions k of [class ranked k-th by p ≠ class ranked k-th by q]",
        unit="share of class positions",
        high=1.0,
        source="Mason-Williams 2024",
    ),
)

MEASURES: dict[str, Measure] = {measure.name: measure for measure in _ALL}
