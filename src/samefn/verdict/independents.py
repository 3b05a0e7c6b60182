"""Are the independents good enough to stand for the other end of the relative distance?"""

from math import sqrt

from scipy.special import ndtri

TOLERATED = 0.1  # share of an independent's distance that worse accuracy alone may make up: the verdict's limit


def accuracy_gap(lost: int, won: int, changed: int, examples: int, confidence: float = 0.95) -> float | None:
    """How much less accurate an independent is than the base, where that alone moves it from the base by too much.

    A model that is less accurate by a gap differs from the base on at least that share of the inputs, however it was
    trained.
    Such an independent is too far away: the relative distance of every candidate is too small, and *same* comes too
    easily.
    A gap counts when its lower end (normal, paired over examples) is more than a tenth of the independent's
    disagreement.

    Args:
        lost: examples that the base alone has right.
        won: examples that the independent alone has right.
        changed: examples on which their predictions differ.
        examples: how many there are, 1 or more.
        confidence: of the gap's interval, above 0 and below 1.

    Returns:
        The gap as a share of the examples, 0 to 1; None where the independent is good enough.

    >>> accuracy_gap(1000, 0, 1000, 1000), accuracy_gap(10, 10, 20, 1000)
    (1.0, None)
    """
    gap = (lost - won) / examples
    spread = sqrt(max(0.0, (lost + won) / examples - gap**2))  # each example's gap is -1, 0 or 1
    low = gap - float(ndtri((1 + confidence) / 2)) * spread / sqrt(examples)
    return gap if low > TOLERATED * changed / examples else None
