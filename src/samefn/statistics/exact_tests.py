"""Exact tests of counts, from their closed forms."""

import numpy as np
from numpy.typing import NDArray
from scipy.special import betainc


def sign_test(ones: int, count: int) -> float:
    """The two-sided p-value of the binomial test that ones and zeros are equally likely.

    Args:
        ones: how many of them are 1, 0 to `count`.
        count: how many there are.

    Returns:
        0 to 1; 1 where there are none.

    >>> sign_test(1, 9)  # 2 (C(9, 0) + C(9, 1)) / 2^9
    0.0390625
    """
    fewer = min(ones, count - ones)
    if 2 * fewer == count:
        return 1.0
    return min(1.0, 2 * float(betainc(count - fewer, fewer + 1, 0.5)))


def draws_at_least(ones: int, drawn: int, all_ones: int, total: int) -> float:
    """The probability of so many ones or more in a blind draw without replacement: Fisher's exact test, one-sided.

    Args:
        ones: how many ones.
        drawn: how many are drawn, 0 to `total`.
        all_ones: how many ones there are to draw from, 0 to `total`.
        total: how many there are to draw from.

    Returns:
        0 to 1. Exact to rounding: terms of the hypergeometric distribution are made from one another, the most
        probable first, so none is too small beside it to be told, and their sum is what they are divided by.

    >>> round(draws_at_least(2, 2, 2, 4), 4)  # 1 / C(4, 2)
    0.1667
    """
    least, most = max(0, drawn + all_ones - total), min(drawn, all_ones)
    if ones <= least:
        return 1.0
    if ones > most:
        return 0.0
    mode = min(max((drawn + 1) * (all_ones + 1) // (total + 2), least), most)
    at = np.arange(least, most, dtype=np.float64)  # a term's successor over the term
    ratios = (drawn - at) * (all_ones - at) / ((at + 1) * (total - drawn - all_ones + at + 1))
    above, below = np.cumprod(ratios[mode - least :]), np.cumprod(1 / ratios[: mode - least][::-1])[::-1]
    terms: NDArray[np.float64] = np.concatenate([below, [1.0], above])
    tail = terms[ones - least :].sum()
    return float(tail / (terms[: ones - least].sum() + tail))
