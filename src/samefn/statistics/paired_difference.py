"""The difference of two shares of the same examples, with an interval."""

from math import sqrt

from scipy.special import ndtri

PRECISION = 1e-12  # of the ends


def paired_difference(lost: float, won: float, examples: float, error: float) -> tuple[float, float]:
    """Tango's score interval of (lost - won) / examples: how much of its accuracy a model lost.

    Args:
        lost: examples that the first alone has right; of grouped examples the effective number.
        won: examples that the second alone has right.
        examples: how many there are, at least `lost` and `won` together.
        error: probability with which the truth is beyond each end, above 0 and below one half.

    Returns:
        Lower and upper end, -1 to 1.

    Source:
        Tango 1998, Equivalence test and confidence interval for the difference in proportions for the paired-sample
        design.

    >>> low, high = paired_difference(9, 1, 100, 0.025)
    >>> round(low, 3), round(high, 3)
    (0.023, 0.154)
    """
    z = float(ndtri(1 - error))

    def score(difference: float, side: int) -> float:
        """Rises with its distance from the difference found: 0 at the end of the interval on that side."""
        apart = side * (examples * difference - lost + won)
        # The share that the second alone has right, most likely if this were the true difference.
        b = -lost - won + (2 * examples - lost + won) * difference
        c = -won * difference * (1 - difference)
        won_then = (sqrt(max(0.0, b * b - 8 * examples * c)) - b) / (4 * examples)
        return apart * abs(apart) - z * z * examples * (2 * won_then + difference * (1 - difference))

    found = (lost - won) / examples

    def end(side: int) -> float:
        """Halving: importing a solver takes longer than all other work of a small comparison."""
        inside, outside = found, float(side)
        while abs(outside - inside) > PRECISION:
            middle = (inside + outside) / 2
            inside, outside = (inside, middle) if score(middle, side) > 0 else (middle, outside)
        return outside

    return -1.0 if found <= -1 else end(-1), 1.0 if found >= 1 else end(1)
