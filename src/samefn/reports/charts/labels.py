"""Where names stand among points: models that are close share a label, and no label covers another."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

Align = Literal["left", "center", "right"]


@dataclass(frozen=True)
class LabelPoint:
    """A point that needs a label: x and y from 0 to 1, y upwards."""

    name: str
    x: float
    y: float


@dataclass(frozen=True)
class Label:
    """A label near a point.

    Attributes:
        text: the names of the models there; of more than two, the first and how many more.
        x: of the point.
        y: of the point.
        at: where the text stands: its left end, middle or right end, and the middle of its height.
        align: which of them.
        led: whether it stands so far away that a line leads to it.
        names: how many names it has.
    """

    text: str
    x: float
    y: float
    at: tuple[float, float]
    align: Align
    led: bool
    names: int


@dataclass(frozen=True)
class LetterSize:
    """The size of text, in shares of the chart: width of a letter, height of a line, gap to its point."""

    width: float
    height: float
    offset: float


_Box = tuple[float, float, float, float]
_DIRECTIONS = ((1, 0), (-1, 0), (0, 1), (0, -1), (0.8, 0.8), (0.8, -0.8), (-0.8, 0.8), (-0.8, -0.8))


def clusters(ends: Sequence[LabelPoint], near: float) -> list[list[LabelPoint]]:
    """Points within `near` of the first one of a cluster, in the order given.

    >>> points = [LabelPoint("a", 0, 0), LabelPoint("b", 0.5, 0.5), LabelPoint("c", 0.01, 0)]
    >>> [len(cluster) for cluster in clusters(points, near=0.03)]
    [2, 1]
    """
    groups: list[list[LabelPoint]] = []
    for end in ends:
        for group in groups:
            if (group[0].x - end.x) ** 2 + (group[0].y - end.y) ** 2 <= near**2:
                group.append(end)
                break
        else:
            groups.append([end])
    return groups


def place_labels(
    ends: Sequence[LabelPoint], near: float, letters: LetterSize, others: Sequence[tuple[float, float]] = ()
) -> list[Label]:
    """Labels that overlap neither one another nor a point; what fits nowhere is left out.

    Args:
        ends: the points, the most important first.
        near: how close points are that share a label.
        letters: their size.
        others: more places that labels keep clear of where they can: the points of lines.
    """
    reach = letters.offset * 0.8
    marks = [(end.x - reach, end.y - reach, end.x + reach, end.y + reach) for end in ends]
    placed: list[Label] = []
    boxes: list[_Box] = []
    for group in clusters(ends, near):
        here = {(end.x, end.y) for end in group}
        # A line may lead out of the marks of its own group.
        solid = [box for end, box in zip(ends, marks, strict=True) if (end.x, end.y) not in here] + boxes
        leads = [point for label in placed for point in _lead(label)]
        fitting = [
            (label, box)
            for label in _choices(group, letters)
            if _inside(box := _box(label, letters))
            and not any(_overlap(box, other) for other in (*marks, *boxes))
            and not any(_holds(box, point) for point in leads)
            and not any(_holds(other, point) for point in _lead(label) for other in solid)
        ]
        if fitting:
            # The first of those that cover the fewest points of lines: choices come nearest first.
            label, box = min(fitting, key=lambda choice: sum(_holds(choice[1], point) for point in others))
            placed.append(label)
            boxes.append(box)
    return placed


def _choices(group: Sequence[LabelPoint], letters: LetterSize) -> Iterator[Label]:
    first, names = group[0], [end.name for end in group]
    texts = [(" · ".join(names), len(names))] if len(names) <= 2 else []
    if len(names) > 1:
        texts.append((f"{names[0]} + {len(names) - 1} more", 1))
    for text, named in texts:
        for steps in (1.0, 2.5, 4.5, 7.0):
            for dx, dy in _DIRECTIONS:
                far = letters.offset * steps
                rise = letters.height / 2 if dx == 0 else 0.0
                at = (first.x + dx * far, first.y + dy * (far + rise))
                align: Align = "center" if dx == 0 else "left" if dx > 0 else "right"
                yield Label(text, first.x, first.y, at, align, steps > 1, named)


def _box(label: Label, letters: LetterSize) -> _Box:
    width = letters.width * len(label.text)
    x = label.at[0] - {"left": 0.0, "center": width / 2, "right": width}[label.align]
    y = label.at[1] - letters.height / 2
    return (x, y, x + width, y + letters.height)


def _lead(label: Label) -> list[tuple[float, float]]:
    """Points along the line that leads from the point to its label, if there is one."""
    steps = [step / 12 for step in range(13)] if label.led else []
    return [(label.x + (label.at[0] - label.x) * t, label.y + (label.at[1] - label.y) * t) for t in steps]


def _inside(box: _Box) -> bool:
    return box[0] >= 0 and box[1] >= 0 and box[2] <= 1 and box[3] <= 1


def _overlap(a: _Box, b: _Box) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def _holds(box: _Box, point: tuple[float, float]) -> bool:
    return box[0] <= point[0] <= box[2] and box[1] <= point[1] <= box[3]
