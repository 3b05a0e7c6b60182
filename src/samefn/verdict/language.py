"""Every figure of a language model against its base, with intervals over blocks of tokens."""

from collections.abc import Sequence
from math import nan

from samefn.core.errors import InputError
from samefn.measures.language import LANGUAGE_FIGURES, MOVED, LanguageFigure, itself
from samefn.measures.measure import Measure
from samefn.measures.table import MEASURES
from samefn.schema.base import Compared
from samefn.schema.language import Block, LanguageEntry
from samefn.schema.notes import Note, NoteCode
from samefn.schema.report import MeasureEntry
from samefn.schema.verdicts import Interval
from samefn.statistics.block_sums import Blocked, BlockSums
from samefn.statistics.cluster_intervals import (
    BlockEstimate,
    measure_estimate,
    naive_errors,
    of_means,
    proportion,
    quantile_estimates,
)
from samefn.statistics.jackknife import OfMeans
from samefn.statistics.unseen_in_blocks import Allowed, allow_unseen

KL = MEASURES["kl_divergence"]
FEW_BLOCKS = 10  # of fewer the jackknife's error is itself uncertain, and t stands for it only roughly


def language_estimates(
    examples: Blocked, sums: BlockSums, compared: Compared, confidence: float = 0.95, block: Block = "window"
) -> list[LanguageEntry]:
    """All figures, in the order of their table.

    Args:
        examples: the scored tokens in their blocks, with the columns of `samefn.measures.language`.
        sums: over the units of intervals, of those columns that figures are means of, as `means_columns` names them.
        compared: whom they are about.
        confidence: the share of repetitions in which an interval covers the truth, above 0 and below 1.
        block: what the blocks are.

    Raises:
        InputError: fewer than two blocks.
    """
    require_blocks(sums)
    means = {
        one.name: OfMeans(one.columns, one.of_means, one.back)
        for one in LANGUAGE_FIGURES
        if one.of_means and not one.share
    }
    naive = naive_errors(examples, means, sums)
    quantiles = quantile_estimates(examples, _shares(), sums, confidence)
    found = []
    for figure in LANGUAGE_FIGURES:
        if figure.quantile is not None:
            one = quantiles[figure.columns[0], figure.quantile]
        elif figure.share:
            one = proportion(figure.columns[0], sums, confidence)
        else:
            one = of_means(means[figure.name], sums, confidence, naive[figure.name])
        found.append(_entry(figure, one, _ends(figure.name, one, sums, confidence), sums, compared, block))
    return found


def language_interval(name: str, sums: BlockSums, confidence: float) -> Interval:
    """A figure that is a share, or a function of means, with its ends.

    Args:
        name: of a figure, or `disagreement`.
        sums: of its columns, and of `MOVED` for the mean KL divergence.
        confidence: above 0 and below 1.

    Raises:
        InputError: fewer than two blocks.
    """
    require_blocks(sums)
    if name == "disagreement":
        found = proportion(name, sums, confidence)
    else:
        figure = next(one for one in LANGUAGE_FIGURES if one.name == name)
        found = of_means(OfMeans(figure.columns, figure.of_means or itself, figure.back), sums, confidence)
    allowed = _ends(name, found, sums, confidence)
    value, low, high = (nan if end is None else end for end in (found.value, allowed.low, allowed.high))
    return Interval(value, low, high)


def measure_estimates(sums: BlockSums, compared: Compared, confidence: float = 0.95) -> list[MeasureEntry]:
    """Every measure of the table that is made from means over rows, with intervals over blocks.

    Args:
        sums: of the columns that `needed_columns` names.
        compared: whom they are about.
        confidence: above 0 and below 1.

    Raises:
        InputError: fewer than two blocks.
    """
    require_blocks(sums)
    found = []
    for measure in MEASURES.values():
        if measure.of_columns:
            continue
        one = measure_estimate(measure, sums, confidence)
        ends = _allowed(measure, one, [sums.mean(name) for name in measure.columns], sums, confidence)
        notes: list[NoteCode] = ["unseen"] if ends.most else []
        if one.value is None:
            notes.append(measure.undefined or "infinite")
        entry = MeasureEntry(
            **compared._asdict(),
            measure=measure.name,
            value=one.value,
            low=ends.low,
            high=ends.high,
            examples=sums.examples,
            interval=one.method,
            confidence=confidence,
            notes=tuple(Note(code=code) for code in notes),
        )
        found.append(entry)
    return found


def _ends(name: str, found: BlockEstimate, sums: BlockSums, confidence: float) -> Allowed:
    """A figure's ends; of the mean KL divergence they allow for a token that was not drawn."""
    if name != "kld_mean" or found.value is None:
        return Allowed(found.low, found.high)
    return _allowed(KL, found, [found.value], sums, confidence)


def _allowed(
    measure: Measure, found: BlockEstimate, means: Sequence[float], sums: BlockSums, confidence: float
) -> Allowed:
    return allow_unseen(measure, found, means, sums.examples, int(sums.total(MOVED)), confidence)


def _entry(
    figure: LanguageFigure, one: BlockEstimate, ends: Allowed, sums: BlockSums, compared: Compared, block: Block
) -> LanguageEntry:
    return LanguageEntry(
        base=compared.base,
        candidate=compared.candidate,
        figure=figure.name,
        title=figure.title,
        unit=figure.unit,
        value=one.value,
        low=ends.low,
        high=ends.high,
        error=one.error,
        naive_error=one.naive,
        tokens=sums.examples,
        blocks=sums.blocks,
        block=block,
        interval=one.method,
        notes=_notes(figure, one, ends, sums.blocks),
    )


def means_columns() -> tuple[str, ...]:
    """The columns whose sums `language_estimates` needs."""
    of_figures = (name for one in LANGUAGE_FIGURES if one.quantile is None for name in one.columns)
    return tuple(dict.fromkeys((*of_figures, MOVED)))


def needed_columns() -> tuple[str, ...]:
    """The columns that `measure_estimates` needs."""
    of_measures = (name for one in MEASURES.values() if not one.of_columns for name in one.columns)
    return tuple(dict.fromkeys((*of_measures, MOVED)))


def require_blocks(sums: BlockSums) -> None:
    """Refuse what intervals cannot be made of.

    Raises:
        InputError: fewer than two blocks.
    """
    if sums.blocks < 2:
        raise InputError(
            "SF474",
            "one window or document of text says nothing about others",
            where="data",
            fix="give a longer text, shorter windows or more documents",
        )


def _shares() -> dict[str, list[float]]:
    """Which quantiles of which columns the figures are."""
    shares: dict[str, list[float]] = {}
    for one in LANGUAGE_FIGURES:
        if one.quantile is not None:
            shares.setdefault(one.columns[0], []).append(one.quantile)
    return shares


def _notes(figure: LanguageFigure, found: BlockEstimate, ends: Allowed, blocks: int) -> tuple[Note, ...]:
    codes: list[NoteCode] = []
    if found.value is None:
        codes.append(figure.undefined or "infinite")
    if figure.quantile in (0.0, 1.0):
        codes.append("extreme")
    elif found.method == "Woodruff" and (found.low is None or found.high is None):
        codes.append("few beyond")
    elif ends.most:
        codes.append("unseen")
    if blocks < FEW_BLOCKS:
        codes.append("few blocks")
    return tuple(Note(code=code) for code in codes)
