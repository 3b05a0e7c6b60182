"""The grid: every cell that the verdict is judged in, and the bars. It was fixed before the rule was written.

A family says how inputs, models and changes come about. Its cells are every number of inputs with every limit and every
truth (for *same or changed* and *better or worse*), and every number of inputs with every true relative distance and
every number of independents (for *how far*).
"""

from dataclasses import dataclass
from typing import Literal

SIZES = (100, 300, 1_000, 3_000, 10_000, 50_000)  # inputs of one audit
LIMITS = (0.001, 0.005, 0.01)  # of the share of changed predictions
TRUTHS = (0.0, 0.1, 0.3, 1.0, 1.5, 2.0, 4.0)  # the true share, in limits
CLASS_LIMIT = 5  # the limit of one class or slice, in limits
INDEPENDENTS = (0, 1, 2, 3, 5, 10)

DISTANCE_SIZES = (300, 1_500, 5_000, 50_000)
DISTANCES = (0.0, 0.03, 0.1, 0.15, 0.5, 0.8, 1.0)  # the true relative distance of disagreement

GAPS = 0.35  # of unequal independents: root mean square of the gaps of accuracy to the base, as a share of the distance
OF_ERRORS = 0.1  # the limit that an audit takes from the base's errors, as their share

Change = Literal[
    "noise", "heavy noise", "another model", "confident", "float noise", "rare class", "one slice", "better", "even"
]
Labels = Literal["all", "none", "a tenth"]
Independents = Literal["equal", "unequal", "start of the base", "one start"]


@dataclass(frozen=True)
class Family:
    """A kind of task, of models and of change.

    Attributes:
        name: of the family.
        classes: how many.
        error: the base's error rate, 0 to 1.
        change: how the candidate comes from the base. `noise`: on the logits, so inputs near the boundary change;
            `heavy noise`: the same, 1 input in 20 has ten times as much, and many inputs are near the boundary;
            `another model`: it predicts like another model on a share of the inputs; `confident`: three of four changed
            inputs are any inputs, and the new prediction is sure; `float noise`: every input moves by float16's
            rounding, and any few move far; `rare class`: only inputs of the rarest class; `one slice`: only those of
            one slice; `better`: of changed inputs three of four become right; `even`: as many become right as wrong.
        labels: which inputs have one.
        imbalance: the most frequent class is so many times as frequent as the rarest.
        group: how many inputs are near-duplicates of each other; they are drawn together.
        declared: whether the audit is told of the groups.
        independents: `equal`: exchangeable, of about equal accuracy; `unequal`: their distances have a coefficient of
            variation of 27 %; `start of the base`: a third of them is half as far from the base; `one start`: a third
            is half as far from one another.
        slices: how many slices the inputs are in, beside their classes.
        default_limit: whether the audit takes the limit from the base's errors. Then the truth is held against it.
    """

    name: str
    classes: int = 10
    error: float = 0.05
    change: Change = "noise"
    labels: Labels = "all"
    imbalance: float = 1.0
    group: int = 1
    declared: bool = True
    independents: Independents = "equal"
    slices: int = 0
    default_limit: bool = False


FAMILIES = (
    Family("rounded weights"),
    Family("limit from the errors", default_limit=True),
    Family("heavy tails of difficulty", change="heavy noise"),
    Family("another model on a share", change="another model"),
    Family("rare confident failures", change="confident"),
    Family("float noise, rare large changes", change="float noise"),
    Family("classes 1 : 100, the rarest changes", change="rare class", imbalance=100.0),
    Family("one slice of 10 changes", change="one slice", slices=10),
    Family("near-duplicates in groups of 8, declared", group=8),
    Family("near-duplicates in groups of 8, not declared", group=8, declared=False),
    Family("a better candidate", error=0.1, change="better"),
    Family("as many better as worse", error=0.1, change="even"),
    Family("a base at chance", error=0.9),
    Family("2 classes", classes=2),
    Family("1,000 classes", classes=1_000, error=0.25),
    Family("no labels", labels="none"),
    Family("a tenth with labels", labels="a tenth"),
    Family("unequal independents", change="another model", independents="unequal"),
    Family("a third start as the base", change="another model", independents="start of the base"),
    Family("a third share a start", change="another model", independents="one start"),
)

# Only these have other independents than `rounded weights`; *how far* is asked in them.
DISTANCE_FAMILIES = (
    "rounded weights",
    "heavy tails of difficulty",
    "another model on a share",
    "rare confident failures",
    "near-duplicates in groups of 8, declared",
    "a base at chance",
    "2 classes",
    "1,000 classes",
    "unequal independents",
    "a third start as the base",
    "a third share a start",
)


@dataclass(frozen=True)
class NearCell:
    """A change that a user would call none: in `NEAR_FAMILY`.

    Attributes:
        name: of the cell.
        share: the true share of changed predictions, 0 to 1.
        examples: inputs of one audit.
        today: share of *near* with 2, 3 and 5 independents, by the rule before this one.
    """

    name: str
    share: float
    examples: int
    today: tuple[float, float, float]


# Its independents differ from the base in 3.9 % of the predictions.
NEAR_FAMILY = Family("rounded weights, few errors", error=0.029)
NEAR_INDEPENDENTS = (2, 3, 5)
NEAR_CELLS = (
    NearCell("float16", 0.00005, 1_500, (0.21, 0.63, 0.83)),
    NearCell("0.075 % changed", 0.00075, 2_000, (0.17, 0.43, 0.55)),
    NearCell("0.13 % changed", 0.0013, 3_000, (0.13, 0.40, 0.54)),
)


PAIRED = 1_000  # draws of the largest number of inputs and independents; each smaller audit is the start of one
PAIRED_FAMILIES = ("rounded weights", "unequal independents")
PAIRED_LIMIT = 0.005
PAIRED_TRUTHS = (0.1, 0.3, 2.0)
PAIRED_NETS = {"5-bit weights": 0.3, "50% pruned": 2.0}  # trained nets, with their truth in limits


@dataclass(frozen=True)
class Bar:
    """What is to be reached.

    Attributes:
        name: of the bar.
        today: by the rule before this one, in words.
        most: the most that a rate may be; None where only the least counts.
        least: the least; None where only the most counts. Without both nothing is to be reached.
    """

    name: str
    today: str
    most: float | None = None
    least: float | None = None


CLEAR_CHANGES = 8  # inputs times limit, from which an audit should not be inconclusive,
CLEAR_BELOW, CLEAR_ABOVE = 0.3, 2.0  # where the truth is at most, or at least, so many limits
POOLED_CHANGES = 20  # expected changes, from which pooled coverage has an upper bar too
HOLD = 0.005  # a truth that is nearer to a limit, as a share of it, is at the limit
COUNTED_CLASS = 100  # inputs of a class, from which its share counts as truth

INCONCLUSIVE = Bar("inconclusive although clear", "about half", most=0.10)
WRONG_SAME = Bar("wrong *same* at the limit", "up to 17 %", most=0.025)
WRONG_SAME_FAR = Bar("wrong *same* from 1.5 limits", "0.8 %", most=0.01)
SAME_OVER_PARTS = Bar("a class or slice at its limit, and *same* of the whole", "-")  # no bar: see the page
WRONG_CHANGED = Bar("wrong *changed* at the limit, classes and slices included", "-", most=0.025)
COVERAGE = Bar("coverage of the share, every cell", "70 to 98 %", least=0.93)
POOLED = Bar("coverage of the share, pooled from 20 expected changes", "-", least=0.94, most=0.97)
WRONG_QUALITY = Bar("*better* or *worse* without a true difference", "-", most=0.05)
NEAR = Bar("*near* where it is", "13 to 83 %", least=0.95)
WRONG_NEAR = Bar("wrong *near* at 0.1, exchangeable independents", "2.5 %", most=0.025)
WRONG_NEAR_UNEQUAL = Bar("wrong *near* at 0.1, unequal or sharing a start", "to 15 %", most=0.07)
WRONG_NEAR_FAR = Bar("wrong *near* from 0.15, unequal or sharing a start", "-", most=0.01)
FLAGGED = Bar("unequal or sharing a start is flagged, 3 independents or more", "-", least=0.80)
WARNED = Bar("near-duplicates that are not declared are warned of", "never", least=0.80)
NEVER_FALLS = Bar("right answers lost by more independents or inputs, paired draws", "up to 62 points", most=0.02)
