"""A sign that windows of a text depend on each other although no documents are declared."""

from collections.abc import Mapping

import numpy as np

from samefn.schema.dependence import DependenceEntry
from samefn.statistics.block_sums import BlockSums
from samefn.statistics.serial_correlation import correlated_figures

# The chance of a false alarm in one report, shared among its tests.
FALSE_ALARM = 0.005
LEAST = 1.2  # a smaller factor does not matter
FIGURES = ("kl_divergence", "disagreement")


def correlated_windows(windows: Mapping[str, BlockSums]) -> tuple[DependenceEntry, ...]:
    """Whether windows that follow each other are about as far from the base.

    Args:
        windows: by candidate, sums over windows, in the order of the text.

    Returns:
        One entry for each candidate that shows it, with the larger factor of the two figures.
    """
    allowed = FALSE_ALARM / (len(FIGURES) * max(1, len(windows)))
    found = []
    for candidate, sums in windows.items():
        one_class = np.zeros(sums.blocks, dtype=np.int64)
        signs = [correlated_figures(sums.sums[name] / sums.sizes, one_class) for name in FIGURES]
        factor = max((one.factor for one in signs if one.p_value <= allowed), default=1.0)
        if factor >= LEAST:
            found.append(DependenceEntry(code="windows in a row", candidate=candidate, factor=factor))
    return tuple(found)
