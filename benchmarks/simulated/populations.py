"""Populations of inputs, models and candidates, of which every true share is known."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import softmax

from samefn.measures.compiled.margins import margins
from simulated.grid import Family

INPUTS = 96_000  # inputs in a population, as the independents see them
REPLICATES = 8  # of each input, as the candidate sees it: its noise is another each time
INDEPENDENTS = 100
RIVALS = 20  # logits of one input: the right class and the nearest others
SHARED = 0.5  # share of the noise's variance that all models have in common: correlated errors
SAME_START = 0.75  # of a model's own noise that models with the same start have in common: they are half as far
SKILL, UNEQUAL_SKILL = 0.05, 0.15  # relative standard deviation of independents' signal
DUPLICATES = 0.95  # share of the noise's variance that near-duplicates have in common
SURE = 5.0  # by so much a confident new prediction is ahead
FLOAT16 = 2.0**-11  # relative rounding

PART = ("rare class", "one slice")  # changes of one class or slice: the true share is that part's

Floats = NDArray[np.float32]
Slots = NDArray[np.int8]


@dataclass(frozen=True)
class Candidate:
    """A candidate whose true share of changed predictions is known.

    Attributes:
        slots: [replicates x inputs] its predictions.
        margins: [2, replicates x inputs] the margin of the base's class over its rival, of the base and its own, as
            rows have them; its own is below 0 where it changed.
        moved: [replicates x inputs] total variation of the two; None but where inputs depend on each other and the
            audit is not told.
        share: of changed predictions, 0 to 1.
        parts: [classes and slices] of changed predictions among the inputs of each.
        net_loss: base's accuracy less its own.
    """

    slots: Slots
    margins: Floats
    moved: Floats | None
    share: float
    parts: NDArray[np.float64]
    net_loss: float


@dataclass(frozen=True)
class Population:
    """Everything that can be drawn.

    A prediction is a slot: how many classes above the label it is, 0 where it is right.

    Attributes:
        family: its description.
        labels: [inputs] true classes.
        slots: [inputs] the base's predictions.
        independents: [independents, inputs] their predictions; none where they are not asked about.
        odd: [independents] which of them share a start.
        logits: [inputs, rivals] of the base, by slot; what candidates are made from.
        other: [inputs, rivals] of one more independent.
    """

    family: Family
    labels: NDArray[np.int64]
    slots: Slots
    independents: Slots
    odd: NDArray[np.bool_]
    logits: Floats = field(repr=False)
    other: Floats = field(repr=False)

    @property
    def error(self) -> float:
        """The base's error rate."""
        return float(np.mean(self.slots != 0))

    @property
    def frequencies(self) -> NDArray[np.float64]:
        """[classes and slices] how frequent each is."""
        return self.by_part(np.arange(len(self.labels))) / len(self.labels)

    @property
    def distances(self) -> NDArray[np.float64]:
        """[independents] share of predictions that differ from the base's."""
        return np.asarray((self.independents != self.slots).mean(axis=1))

    def classes(self, inputs: NDArray[np.int64]) -> NDArray[np.int64]:
        """The class of some inputs: the label, or the base's prediction where inputs have no labels."""
        predicted = self.slots[inputs] if self.family.labels == "none" else 0
        return np.asarray((self.labels[inputs] + predicted) % self.family.classes)

    def by_part(self, inputs: NDArray[np.int64]) -> NDArray[np.int64]:
        """[classes and slices] how many of some inputs are of each class, and of each slice.

        The class is that of `classes`.
        """
        family = self.family
        of_classes = np.bincount(self.classes(inputs), minlength=family.classes)
        if not family.slices:
            return of_classes
        return np.concatenate([of_classes, np.bincount(inputs % family.slices, minlength=family.slices)])


def population(family: Family, independents: int = 0, inputs: int = INPUTS) -> Population:
    """The inputs and models of a family.

    Args:
        family: the family.
        independents: how many; 0 where they are not asked about.
        inputs: how many, a multiple of the family's group.
    """
    draws = np.random.default_rng(0)
    rivals = min(family.classes, RIVALS)
    shape = (inputs, rivals)
    frequency = family.imbalance ** (-np.arange(family.classes) / max(1, family.classes - 1))
    labels = np.repeat(
        draws.choice(family.classes, inputs // family.group, p=frequency / frequency.sum()), family.group
    )
    tail = 1.0 if family.change == "heavy noise" else 4.0
    easy = np.repeat(draws.gamma(tail, 1 / tail, inputs // family.group), family.group).astype(np.float32)
    common = np.sqrt(SHARED) * _noise(draws, shape, family.group)
    own = np.sqrt(1 - SHARED) * _noise(draws, shape, family.group)
    signal = _signal(easy, common + own, family.error)

    def model(skill: float, like: Floats | None = None) -> Floats:
        noise = np.sqrt(1 - SHARED) * _noise(draws, shape, family.group)
        if like is not None:
            noise = np.sqrt(SAME_START) * like + np.sqrt(1 - SAME_START) * noise
        logits = common + noise
        logits[:, 0] += signal * max(0.0, 1 + skill * draws.normal()) * easy
        return np.asarray(2 * logits, dtype=np.float32)

    base = common + own
    base[:, 0] += signal * easy
    base = _smooth(np.asarray(2 * base, dtype=np.float32))
    start = own if family.independents == "start of the base" else np.sqrt(1 - SHARED) * _noise(draws, shape, 1)
    odd = np.arange(independents) < (independents // 3 if "start" in family.independents else 0)
    skill = UNEQUAL_SKILL if family.independents == "unequal" else SKILL
    slots = [_first(model(skill, start if one else None)) for one in odd]
    first = _first(base)
    mean = np.mean([np.mean(one != first) for one in slots]) if slots else 0.0
    # Candidates are to reach a relative distance of 1: what they are made from is as far as the mean independent.
    while np.mean(_first(other := model(skill)) != first) < mean:
        pass
    return Population(
        family,
        labels,
        slots=first,
        independents=np.array(slots, dtype=np.int8).reshape(independents, inputs),
        odd=odd,
        logits=base,
        other=other,
    )


def population_of(
    family: Family, labels: NDArray[np.int64], base: Floats, independents: Sequence[Floats]
) -> Population:
    """A population of models that are there.

    Args:
        family: what is known of it.
        labels: [inputs] true classes.
        base: [inputs, classes] its logits.
        independents: theirs.
    """
    by_slot = [_by_slot(one, labels) for one in (base, *independents)]
    slots = [_first(one) for one in by_slot]
    return Population(
        family,
        labels,
        slots=slots[0],
        independents=np.array(slots[1:]),
        odd=np.zeros(len(independents), dtype=bool),
        logits=by_slot[0],
        other=by_slot[0],
    )


def candidate_of(of: Population, logits: Floats) -> Candidate:
    """A candidate that is there, from its logits, [inputs, classes]."""
    by_slot = _by_slot(logits, of.labels)
    return _candidate(of, _first(by_slot), _margins(of, by_slot), None)


def candidates(of: Population, shares: list[float]) -> Iterator[Candidate]:
    """Candidates of the family's change.

    Args:
        of: the population.
        shares: the true share of changed predictions of each; of `PART` that of the class or slice.
    """
    change = _Change(of, np.random.default_rng(1))
    for share in shares:
        yield change.candidate(share)


class _Change:
    """How the candidate comes from the base; what is random in it is the same for every share."""

    def __init__(self, of: Population, draws: np.random.Generator) -> None:
        self._of, self._kind = of, of.family.change
        inputs, rivals = of.logits.shape
        self._first = of.slots
        shape = (REPLICATES, inputs)
        self._order = np.repeat(draws.random((REPLICATES, inputs // of.family.group)), of.family.group, axis=1)
        self._new = draws.integers(1, rivals, shape).astype(np.int8)  # slots above the base's, for a sure change
        self._noise = np.stack([_noise(draws, (inputs, rivals), of.family.group) for _ in range(REPLICATES)])
        if self._kind == "heavy noise":
            self._noise[draws.random(shape) < 0.05] *= 10
        self._kept: tuple[float, Slots, Floats] | None = None
        self._levels = self._flip_levels() if self._kind in ("noise", "heavy noise", "confident") else None

    def candidate(self, share: float) -> Candidate:
        """The candidate that changes so many predictions."""
        of = self._of
        slots, rivals = self._moved(size := self._scale(share))
        moved = None if of.family.declared else self._total_variation(size)
        if self._kind == "another model":
            replaced = self._replaced(share)
            slots = np.where(replaced, _first(of.other), slots)
            rivals = np.where(replaced, _margins(of, of.other)[:, None], rivals)
        if self._kind in ("confident", "float noise", "better", "even", *PART):
            sure, new = self._sure(share, slots != self._first)
            slots[sure] = new[sure]
            inputs = np.nonzero(sure)[1]
            ahead = of.logits[inputs, self._first[inputs]] - of.logits[inputs, new[sure]]
            rivals[:, sure] = ahead, np.full(len(inputs), -SURE)
        return _candidate(of, slots.ravel(), rivals.reshape(2, -1), moved)

    def _total_variation(self, size: float) -> Floats:
        """[replicates x inputs] of the base and itself with noise of a size."""
        before = softmax(self._of.logits, axis=1)
        after = (softmax(self._of.logits + size * one, axis=1) for one in self._noise)
        return np.concatenate([np.abs(one - before).sum(axis=1) / 2 for one in after])

    def _moved(self, size: float) -> tuple[Slots, Floats]:
        """[replicates, inputs] predictions, and their margins, with noise of a size; most kinds have one size only."""
        if self._kept is None or self._kept[0] != size:
            slots = np.empty(self._order.shape, dtype=np.int8)
            rivals = np.empty((2, *self._order.shape), dtype=np.float32)
            relative = self._of.logits if self._kind == "float noise" else 1
            for at in range(REPLICATES):
                logits = self._of.logits + size * relative * self._noise[at]
                slots[at] = _first(logits)
                rivals[:, at] = _margins(self._of, logits)
            self._kept = size, slots, rivals
        return self._kept[1].copy(), self._kept[2].copy()

    def _scale(self, share: float) -> float:
        """The noise's size; it changes so many predictions, a quarter of them, or next to none."""
        if self._levels is not None:
            part = share / 4 if self._kind == "confident" else share
            # As many levels lie below the scale as predictions change.
            return float(np.partition(self._levels.ravel(), at)[at]) if (at := round(part * self._levels.size)) else 0.0
        return FLOAT16 if self._kind == "float noise" else 0.0

    def _flip_levels(self) -> Floats:
        """[replicates, inputs] the least size of noise that changes each prediction."""
        levels = []
        for noise in self._noise:
            gaps = _at(self._of.logits, self._first)[:, None] - self._of.logits
            gained = noise - _at(noise, self._first)[:, None]
            levels.append(np.where(gained > 0, gaps / np.where(gained > 0, gained, 1), np.inf).min(axis=1))
        return np.stack(levels)

    def _replaced(self, share: float) -> NDArray[np.bool_]:
        """[replicates, inputs] where the candidate predicts like the other model."""
        differs = _first(self._of.other) != self._first
        return self._chosen(share, np.broadcast_to(differs, self._order.shape), extend=True)

    def _sure(self, share: float, changed: NDArray[np.bool_]) -> tuple[NDArray[np.bool_], Slots]:
        """[replicates, inputs] where the prediction is another one for sure, and which."""
        of, rivals = self._of, self._of.logits.shape[1]
        new = ((self._first + self._new) % rivals).astype(np.int8)
        right = np.broadcast_to(self._first == 0, self._order.shape)
        if self._kind in PART:
            slices = np.arange(len(of.labels)) % max(1, of.family.slices)
            part = of.labels == of.family.classes - 1 if self._kind == "rare class" else slices == 0
            return self._chosen(share * float(part.mean()), np.broadcast_to(part, self._order.shape)), new
        if self._kind in ("better", "even"):
            won = share * (0.75 if self._kind == "better" else 0.5)
            new = np.where(right, self._new, 0).astype(np.int8)
            return self._chosen(won, ~right) | self._chosen(share - won, right), new
        return self._chosen(share - float(changed.mean()), ~changed), new

    def _chosen(self, share: float, among: NDArray[np.bool_], extend: bool = False) -> NDArray[np.bool_]:
        """A share of all inputs, at random among some; with `extend`, others up to the same place of the order too."""
        at = round(max(0.0, share) * among.size)
        places = np.sort(self._order[among])
        if at > len(places):
            raise ValueError(f"{self._of.family.name}: {share} of the inputs cannot change")
        last = places[at - 1] if at else -1.0
        return np.asarray(self._order <= last if extend else among & (self._order <= last))


def _candidate(of: Population, slots: Slots, of_rivals: Floats, moved: Floats | None) -> Candidate:
    replicates = len(slots) // len(of.slots)
    base = np.tile(of.slots, replicates)
    changed = slots != base
    inputs = np.tile(np.arange(len(of.slots)), replicates)
    return Candidate(
        slots,
        of_rivals,
        moved,
        share=float(changed.mean()),
        parts=of.by_part(inputs[changed]) / np.maximum(1, of.by_part(inputs)),
        net_loss=float(np.mean(base == 0) - np.mean(slots == 0)),
    )


def another_model(of: Population) -> Population:
    """The same population, whose candidates predict like another model on a share of the inputs."""
    return replace(of, family=replace(of.family, change="another model"))


def _noise(draws: np.random.Generator, shape: tuple[int, int], group: int) -> Floats:
    """[inputs, rivals] of variance 1; near-duplicates share most of it."""
    own = draws.standard_normal(shape, dtype=np.float32)
    if group == 1:
        return own
    together = np.repeat(draws.standard_normal((shape[0] // group, shape[1]), dtype=np.float32), group, axis=0)
    return np.asarray(np.sqrt(DUPLICATES) * together + np.sqrt(1 - DUPLICATES) * own, dtype=np.float32)


def _signal(easy: Floats, noise: Floats, error: float) -> float:
    """How far the right class stands out at this error rate."""
    needed = (noise[:, 1:].max(axis=1) - noise[:, 0]) / easy
    return max(0.0, float(np.quantile(needed, 1 - error)))


def _smooth(logits: Floats) -> Floats:
    """Spread the smallest margins as evenly as those of an infinite population: 5 % of the inputs."""
    first = _first(logits)
    margins = _margin(logits, first)
    low = np.argsort(margins)[: len(margins) // 20]
    edge = margins[low[-1]]
    # The share of these below x edges is a x + (1 - a) x^2; a is what makes it right at a half.
    a = 4 * float(np.mean(margins[low] < edge / 2)) - 1
    share = (np.arange(len(low)) + 0.5) / len(low)
    x = share if abs(1 - a) < 1e-6 else (np.sqrt(a * a + 4 * (1 - a) * share) - a) / (2 * (1 - a))
    second = _first(_without(logits[low], first[low]))
    logits[low, second] = logits[low, first[low]] - x * edge
    return logits


def _margins(of: Population, logits: Floats) -> Floats:
    """[2, inputs] the margin of the base's class over its rival, of the base and of a candidate."""
    into = np.empty((2, len(logits)))
    base, candidate = (np.ascontiguousarray(one, dtype=np.float32) for one in (of.logits, logits))
    margins(base, candidate, of.slots.astype(np.int64), into)
    return into.astype(np.float32)


def _margin(logits: Floats, first: Slots) -> Floats:
    """[inputs] the logit of a slot less the largest other."""
    return np.asarray(_at(logits, first) - _without(logits, first).max(axis=1))


def _without(logits: Floats, first: Slots) -> Floats:
    rest = logits.copy()
    np.put_along_axis(rest, first[:, None].astype(np.int64), -np.inf, axis=1)
    return rest


def _by_slot(logits: Floats, labels: NDArray[np.int64]) -> Floats:
    classes = np.arange(logits.shape[1])
    return np.take_along_axis(logits, (labels[:, None] + classes) % len(classes), axis=1)


def _first(logits: Floats) -> Slots:
    return np.asarray(logits.argmax(axis=1), dtype=np.int8)


def _at(logits: Floats, slots: Slots) -> Floats:
    return np.asarray(np.take_along_axis(logits, slots[:, None].astype(np.int64), axis=1)[:, 0])
