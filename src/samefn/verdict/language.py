"""Every figure of a language model against its base, with intervals over blocks of tokens."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from samefn.core.errors import InputError
from samefn.measures.language import LANGUAGE_FIGURES, Column, LanguageFigure
from samefn.measures.measure import Measure
from samefn.measures.table import MEASURES
from samefn.statistics.cluster_intervals import BlockEstimate, Floats, Ints, of_means, proportion, quantile

FEW_BLOCKS = 10  # of fewer the jackknife's error is itself uncertain, and t stands for it only roughly


@dataclass(frozen=True)
class LanguageEstimate:
    """One figure with its interval.

    Attributes:
        figure: which.
        found: value, interval and errors.
        tokens: how many scored tokens it is over.
        blocks: how many blocks they come in.
        note: what limits it, empty where nothing does.
    """

    figure: LanguageFigure
    found: BlockEstimate
    tokens: int
    blocks: int
    note: str = ""


def language_estimates(
    columns: Mapping[Column, Floats], blocks: Ints, confidence: float = 0.95
) -> list[LanguageEstimate]:
    """All figures, in the order of their table.

    Args:
        columns: as `samefn.measures.language.token_columns` gives them.
        blocks: number of each token's block from 0 on, [tokens].
        confidence: the share of repetitions in which an interval covers the truth, above 0 and below 1.

    Raises:
        InputError: fewer than two blocks.
    """
    count = blocks_of(blocks)
    found = []
    for figure in LANGUAGE_FIGURES:
        used = [columns[name] for name in figure.columns]
        if figure.quantile is not None:
            one = quantile(used[0], blocks, figure.quantile, confidence)
        elif figure.share:
            one = proportion(used[0], blocks, confidence)
        else:
            one = of_means(used, blocks, figure.of_means or _itself, figure.back, confidence)
        found.append(LanguageEstimate(figure, one, len(blocks), count, _note(figure, one, count)))
    return found


def measure_estimates(
    columns: Mapping[str, Floats], blocks: Ints, confidence: float = 0.95
) -> list[tuple[Measure, BlockEstimate]]:
    """Every measure of the table that is made from means over rows, with intervals over blocks.

    Args:
        columns: of the rows, as float64, [tokens] each.
        blocks: number of each token's block from 0 on, [tokens].
        confidence: above 0 and below 1.

    Raises:
        InputError: fewer than two blocks.
    """
    blocks_of(blocks)
    found = []
    for measure in MEASURES.values():
        if measure.of_columns:
            continue
        used = [columns[name] for name in measure.columns]
        if measure.binary and measure.among is None:
            found.append((measure, proportion(used[0], blocks, confidence)))
        else:
            found.append((measure, of_means(used, blocks, measure.of_means or _itself, _itself, confidence)))
    return found


def needed_columns() -> tuple[str, ...]:
    """The columns of the rows that `measure_estimates` reads."""
    return tuple(dict.fromkeys(name for one in MEASURES.values() if not one.of_columns for name in one.columns))


def blocks_of(blocks: Ints) -> int:
    """How many blocks.

    Raises:
        InputError: fewer than two.
    """
    count = len(np.unique(blocks))
    if count < 2:
        raise InputError(
            "one window of text says nothing about others", where="n_ctx", fix="give a longer text or shorter windows"
        )
    return count


def _itself(mean: Floats) -> Floats:
    return mean


def _note(figure: LanguageFigure, found: BlockEstimate, blocks: int) -> str:
    notes = []
    if found.value is None:
        notes.append("not defined: one of the two does not vary")
    if figure.quantile in (0.0, 1.0):
        notes.append("the text's own extreme: no interval")
    elif found.method == "Woodruff" and (found.low is None or found.high is None):
        notes.append("too few tokens beyond it for both ends")
    if blocks < FEW_BLOCKS:
        notes.append(f"{blocks} blocks only")
    return "; ".join(notes)
