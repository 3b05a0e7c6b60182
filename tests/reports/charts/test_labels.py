"""Labels near points: none covers another or a point, and how many names they have."""

from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from samefn.reports.charts.labels import Label, LabelPoint, LetterSize, place_labels

LETTERS = LetterSize(width=0.012, height=0.03, offset=0.02)
place = st.floats(0.0, 1.0, allow_nan=False)
points = st.lists(st.tuples(st.text("abc", min_size=1, max_size=12), place, place), max_size=25)


def box(label: Label) -> tuple[float, float, float, float]:
    width = LETTERS.width * len(label.text)
    left = label.at[0] - {"left": 0.0, "center": width / 2, "right": width}[label.align]
    return left, label.at[1] - LETTERS.height / 2, left + width, label.at[1] + LETTERS.height / 2


@settings(max_examples=60, deadline=None)
@given(points)
def test_no_label_covers_another_or_a_point(found: list[tuple[str, float, float]]) -> None:
    labels = place_labels([LabelPoint(*point) for point in found], near=0.02, letters=LETTERS)
    boxes = [box(label) for label in labels]
    for one, other in combinations(boxes, 2):
        apart = one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]
        assert apart
    for left, low, right, high in boxes:
        assert 0 <= left <= right <= 1
        assert 0 <= low <= high <= 1
        assert not any(left < x < right and low < y < high for _, x, y in found)
    assert sum(label.names for label in labels) <= len(found)


def test_points_that_are_close_share_a_label() -> None:
    near = [LabelPoint(name, 0.5 + 0.001 * at, 0.5) for at, name in enumerate("abc")]
    [pair] = place_labels(near[:2], near=0.02, letters=LETTERS)
    assert (pair.text, pair.names) == ("a · b", 2)
    [more] = place_labels(near, near=0.02, letters=LETTERS)
    assert (more.text, more.names) == ("a + 2 more", 1)
