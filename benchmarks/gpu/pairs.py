"""The paper's pairs of data set and net, and how much of what each of them needs."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from samefn.config.read import read_spec
from samefn.config.study import StudySpec
from samefn.config.suite import SuiteSpec

# Shape, classes, training images, test images.
DATA = {
    "mnist": ((1, 28, 28), 10, 60_000, 10_000),
    "cifar10": ((3, 32, 32), 10, 50_000, 10_000),
    "cifar100": ((3, 32, 32), 100, 50_000, 10_000),
}
# The paper's: a base, two independents and three students, who have one teacher.
PAPER = {"trainings": 6, "teachers": 1}


@dataclass(frozen=True)
class Pair:
    """A data set and a net.

    Attributes:
        title: how the preset `paper` calls it.
        net: the net's name.
        shape: channels, height and width of an image.
        classes: how many classes.
        train: training images.
        test: test images, all of which are evaluated before a training and after each of its epochs.
        epochs: of a training.
        batch_size: images a step.
        preset: how many trainings, and how many teachers' answers, the preset `paper` makes for it.
    """

    title: str
    net: str
    shape: tuple[int, int, int]
    classes: int
    train: int
    test: int
    epochs: int
    batch_size: int
    preset: dict[str, int]

    @property
    def steps(self) -> int:
        """Steps of an epoch."""
        return -(-self.train // self.batch_size)

    def record(self) -> dict[str, Any]:
        """As JSON keeps it."""
        return {**asdict(self), "shape": list(self.shape)}


def read_pair(record: dict[str, Any]) -> Pair:
    """The pair of a record, among whatever else that holds."""
    fields = {name: record[name] for name in Pair.__annotations__}
    return Pair(**{**fields, "shape": tuple(record["shape"])})


def paper_pairs() -> tuple[Pair, ...]:
    """The pairs of the preset `paper`, with its settings."""
    suite = read_spec("paper")
    if not isinstance(suite, SuiteSpec):
        raise SystemExit("the preset `paper` is no suite")
    return tuple(_pair(member.pair, member.spec) for member in suite.members())


def chosen(titles: Sequence[str]) -> tuple[Pair, ...]:
    """The pairs of these titles in the paper's order; all where none is given.

    Raises:
        ValueError: a title is none of theirs.
    """
    known = paper_pairs()
    if strange := sorted(set(titles) - {pair.title for pair in known}):
        message = f"no pair {strange[0]!r}; there are {', '.join(pair.title for pair in known)}"
        raise ValueError(message)
    return tuple(pair for pair in known if not titles or pair.title in titles)


def _pair(title: str, spec: StudySpec) -> Pair:
    training = spec.training
    return Pair(title, spec.net, *DATA[spec.data.name], training.epochs, training.batch_size, _preset(spec))


def _preset(spec: StudySpec) -> dict[str, int]:
    trainings, teachers = 1 + len(spec.independents) + ("same-order" in spec.controls), 0
    if (taught := spec.distillation) is not None:
        trainings += len(taught.seeds) * (len(taught.alphas) + taught.control + taught.random_teacher)
        teachers = 1 + taught.random_teacher
    return {"trainings": trainings, "teachers": teachers}
