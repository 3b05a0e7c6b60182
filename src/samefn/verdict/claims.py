"""The paper's claims, each with the rule that decides it from intervals; no outcome is written by hand."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from samefn.core.naming import join_words
from samefn.schema.verdicts import ClaimOutcome, Interval, Outcome, TransferOutcome
from samefn.verdict.decide import STRANGER

SHOWN_CHANGED: frozenset[Outcome] = frozenset({"changed", "changed, perhaps a stranger", "stranger", "broken"})
FAR = 0.5  # on the scale: half way to a stranger
LIKE = 1.0  # accuracies within so many relative percent are alike,
LITTLE = 0.1  # and so are those that differ by no more than this share of the answers that changed
FRAGILE = {"mobilenet": 0.1}  # nets that break at this sparsity, as the paper says


@dataclass(frozen=True)
class Standing:
    """What is known of one candidate.

    Attributes:
        id: its id.
        name: for people.
        role: quantized, pruned, student, control or independent; the last two bear on no claim but the last. An
            independent's scale is 1, as the scale is made.
        outcome: its verdict.
        scale: where it is, by disagreement; None where there is no scale.
        other: the same by total variation.
        disagreement: share of changed answers.
        accuracy_deviation: from the base's, relative percent; None without labels.
        alpha: of a student.
        fraction: of a pruned model.
    """

    id: str
    name: str
    role: str
    outcome: Outcome
    scale: Interval | None
    other: Interval | None
    disagreement: Interval
    accuracy_deviation: Interval | None = None
    alpha: float | None = None
    fraction: float | None = None


@dataclass(frozen=True)
class Transferred:
    """What came of one alpha by one measure: students against controls, on all inputs."""

    alpha: float
    measure: str
    outcome: TransferOutcome
    share: Interval | None


@dataclass(frozen=True)
class Record:
    """All that a study knows of its candidates.

    Attributes:
        net: name of the base's net.
        standings: the candidates.
        transferred: one an alpha and measure.
        base_accuracy: of the base, 0 to 1.
    """

    net: str
    standings: Sequence[Standing]
    transferred: Sequence[Transferred] = ()
    base_accuracy: float = 1.0

    def of(self, role: str) -> list[Standing]:
        """The candidates of one role."""
        return [one for one in self.standings if one.role == role]


@dataclass(frozen=True)
class Decision:
    """An outcome, why, and the candidates whose figures decided."""

    outcome: ClaimOutcome
    because: str
    standings: tuple[Standing, ...] = ()
    transferred: tuple[Transferred, ...] = ()


@dataclass(frozen=True)
class Claim:
    """One claim of the paper.

    Attributes:
        id: C1 to C5.
        statement: what the paper says.
        rule: when it holds and when it does not.
        decide: the rule itself.
    """

    id: str
    statement: str
    rule: str
    decide: Callable[[Record], Decision]


def _quantised(record: Record) -> Decision:
    found = record.of("quantized")
    if not found:
        return Decision("not asked", "no quantised model")
    changed = [one for one in found if one.outcome in SHOWN_CHANGED]
    if changed:
        return Decision("does not hold", f"{_named(changed)} changed", tuple(changed))
    best = min(one.disagreement.low for one in found)
    nearer = [one for one in (*record.of("pruned"), *record.of("student")) if one.disagreement.high < best]
    if nearer:
        return Decision("does not hold", f"{_named(nearer)} nearer than any quantised model", (*nearer, *found))
    unsure = [one for one in found if one.outcome != "same"]
    if unsure:
        return Decision("cannot tell", f"{_named(unsure)} undecided", tuple(found))
    return Decision(
        "holds", f"{_named(found)} the same function as the base, and no other method is nearer", tuple(found)
    )


def _pruned(record: Record) -> Decision:
    found = sorted((one for one in record.of("pruned") if one.fraction is not None), key=lambda one: one.fraction or 0)
    if not found:
        return Decision("not asked", "no pruned model")
    least = found[0]
    because = "; ".join(f"{one.name}: {one.outcome}" for one in found)
    fragile = FRAGILE.get(record.net)
    changed, same = least.outcome in SHOWN_CHANGED, least.outcome == "same"
    if fragile is not None and least.fraction is not None and least.fraction <= fragile:
        changed, same = same, changed
    outcome: ClaimOutcome = "holds" if same else "does not hold" if changed else "cannot tell"
    return Decision(outcome, because, tuple(found))


def _strangers(record: Record) -> Decision:
    students = record.of("student")
    if not students:
        return Decision("not asked", "no student")
    missing = [one for one in students if one.scale is None or one.other is None]
    if missing:
        return Decision("cannot tell", f"{_named(missing)} without a scale", tuple(missing))
    if all(_low(one) > STRANGER for one in students):
        return Decision("holds", f"every student's scale lies above {STRANGER:g}", tuple(students))
    for alpha in sorted({one.alpha for one in students if one.alpha is not None}):
        group = [one for one in students if one.alpha == alpha]
        if all(_high(one) <= STRANGER for one in group):
            who = f"all {len(group)} students" if len(group) > 1 else "the student"
            return Decision(
                "does not hold", f"at alpha {alpha:g} the scale of {who} lies below {STRANGER:g}", tuple(group)
            )
    return Decision("cannot tell", f"scales on both sides of {STRANGER:g}, or reaching over it", tuple(students))


def _nothing_distilled(record: Record) -> Decision:
    found = tuple(record.transferred)
    if not found:
        return Decision("not asked", "no students paired with controls without a teacher")
    if all(one.outcome == "nothing transferred" for one in found):
        return Decision("holds", "nothing transferred at every alpha", transferred=found)
    for alpha in sorted({one.alpha for one in found}):
        group = tuple(one for one in found if one.alpha == alpha)
        if all(one.outcome == "transferred" for one in group):
            because = f"something was transferred at alpha {alpha:g}, by {join_words([one.measure for one in group])}"
            return Decision("does not hold", because, transferred=group)
    shown = [f"{one.outcome} at alpha {one.alpha:g} by {one.measure}" for one in found if one.outcome != "cannot tell"]
    because = (
        f"{join_words(shown)}; the rest undecided" if shown else "no share shown above 0, none shown within 0.1 of it"
    )
    return Decision("cannot tell", because.replace("_", " "), transferred=found)


def _accuracy_misleads(record: Record) -> Decision:
    alike = [one for one in record.standings if _alike(one, record.base_accuracy)]
    if not alike:
        return Decision(
            "cannot tell" if record.standings else "not asked", "no model shown to be as accurate as the base"
        )
    placed = [one for one in alike if one.scale is not None and one.other is not None]
    far = [one for one in placed if max(one.scale.low, one.other.low) > FAR]  # type: ignore[union-attr]
    if far:
        return Decision(
            "holds", f"{_named(far)} as accurate as the base and more than half way to a stranger", tuple(far)
        )
    if placed == alike and all(max(one.scale.high, one.other.high) < FAR for one in placed):  # type: ignore[union-attr]
        because = "every model as accurate as the base is less than half way to a stranger"
        return Decision("does not hold", because, tuple(alike))
    because = f"{_named(alike)} as accurate as the base, and not shown on either side of half way to a stranger"
    return Decision("cannot tell", because, tuple(alike))


CLAIMS = (
    Claim(
        "C1",
        "Quantised models stay functionally close to the base; quantisation is the best method.",
        "Holds when every quantised model is the same function and no pruned or distilled model answers fewer inputs "
        "otherwise than the nearest quantised one (by its interval); does not hold when one is shown to have changed "
        "or another method to be nearer.",
        _quantised,
    ),
    Claim(
        "C2",
        "Models pruned by magnitude stay close up to a fraction that depends on the architecture; MobileNet breaks at "
        "10 %.",
        "Holds when the least pruned model is the same function (MobileNet: when it is shown to have changed); does "
        "not hold when the opposite is shown.",
        _pruned,
    ),
    Claim(
        "C3",
        "Distilled students are as far from their teacher as independently trained models, for every alpha.",
        f"Holds when the lower end of every student's scale is above {STRANGER:g}, by answers and by probabilities; "
        f"does not hold when at some alpha every student has an upper end of at most {STRANGER:g} by one of the two.",
        _strangers,
    ),
    Claim(
        "C4",
        "No knowledge is distilled: distillation is a training regulariser.",
        "Holds when nothing is transferred at every alpha, against controls without a teacher, by answers and by "
        "probabilities; does not hold when at some alpha something is transferred by both.",
        _nothing_distilled,
    ),
    Claim(
        "C5",
        "Accuracy misleads: models of like accuracy can be functionally far apart.",
        f"Of like accuracy are models whose accuracy deviation's interval lies within {LIKE:g} percent, or within a "
        "tenth of the share of answers that changed. Holds when one of them, candidate or independent, is shown to be "
        f"more than half way to a stranger (the lower end of a scale above {FAR:g}, by answers or by probabilities); "
        "does not hold when all of them are shown to be nearer by both.",
        _accuracy_misleads,
    ),
)


def _alike(one: Standing, base_accuracy: float) -> bool:
    """Whether accuracy would not tell the model from the base.

    The second rule is for models that are far away: the more answers change, the less exactly the accuracies compare.
    """
    if one.accuracy_deviation is None:
        return False
    most = max(map(abs, one.accuracy_deviation[1:]))
    return most <= LIKE or most / 100 * base_accuracy <= LITTLE * one.disagreement.low


def _low(one: Standing) -> float:
    return min(scale.low for scale in (one.scale, one.other) if scale is not None)


def _high(one: Standing) -> float:
    return min(scale.high for scale in (one.scale, one.other) if scale is not None)


def _named(standings: Sequence[Standing]) -> str:
    return f"{join_words([one.name for one in standings])} {'are' if len(standings) > 1 else 'is'}"
