"""The figures of `llama-perplexity --kl-divergence`, from columns with one number for each scored token.

A figure is a function of means over tokens, a quantile over tokens, or an extreme. So the order of rows does not
matter, and an interval can be made for blocks of dependent tokens.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from samefn.measures.pairs import Floats
from samefn.schema.notes import UndefinedCode

TokenColumn = Literal[
    "base_nll", "nll", "base_nll_squared", "nll_squared", "product", "kl", "change", "change_squared", "same", "moved"
]
# Columns of the rows of language models: the block of a token, and the ln of the probabilities of the token that came.
BLOCK, BASE_TRUE, TRUE = "block", "base_log_true", "log_true"
# From these the columns of figures are made.
SOURCE_COLUMNS = (BASE_TRUE, TRUE, "kl_divergence", "disagreement", "total_variation")
# 1 where more than half of the probability moved, else 0: intervals need their number.
MOVED: TokenColumn = "moved"
UPPER = (0.999, 0.99, 0.95, 0.9)
LOWER = (0.1, 0.05, 0.01, 0.001)


def itself(value: Floats) -> Floats:
    """The value unchanged."""
    return value


@dataclass(frozen=True)
class LanguageFigure:
    """One figure.

    Attributes:
        name: in reports.
        title: for people.
        unit: of its value.
        columns: it is computed from them.
        of_means: from the means of the columns, elementwise, on the scale where errors are symmetric; None for a
            quantile.
        back: from that scale to the figure; monotone.
        quantile: which quantile, 0 to 1; None for functions of means.
        share: whether it is a share of the tokens.
        undefined: when it is not defined although all means are finite; None if that cannot happen.
    """

    name: str
    title: str
    unit: str
    columns: tuple[TokenColumn, ...]
    of_means: Callable[..., Floats] | None = itself
    back: Callable[[Floats], Floats] = itself
    quantile: float | None = None
    share: bool = False
    undefined: UndefinedCode | None = None


def token_columns(
    base_log_true: Floats, log_true: Floats, kl: Floats, same: Floats, total_variation: Floats
) -> Mapping[TokenColumn, Floats]:
    """The columns of the figures, from columns of the rows.

    Args:
        base_log_true: ln of the base's probability of the actual next token, [tokens].
        log_true: the same of the candidate.
        kl: Kullback-Leibler divergence of the two distributions of the next token, nats.
        same: 1 where both have the same most probable token, else 0.
        total_variation: of the two distributions.

    >>> half, quarter = np.log([0.5]), np.log([0.25])
    >>> float(token_columns(half, quarter, np.zeros(1), np.ones(1), np.zeros(1))["change"][0])
    -0.25
    """
    change = np.exp(log_true) - np.exp(base_log_true)
    return {
        "base_nll": -base_log_true,
        "nll": -log_true,
        "base_nll_squared": base_log_true**2,
        "nll_squared": log_true**2,
        "product": base_log_true * log_true,
        "kl": kl,
        "change": change,
        "change_squared": change**2,
        "same": same,
        MOVED: (total_variation > 0.5).astype(np.float64),
    }


def columns_of_rows(columns: Mapping[str, Floats]) -> dict[str, Floats]:
    """The same from `SOURCE_COLUMNS` of the rows."""
    base, other, kl, changed, variation = (columns[name] for name in SOURCE_COLUMNS)
    return {str(name): column for name, column in token_columns(base, other, kl, 1 - changed, variation).items()}


def correlation(base_nll: Floats, nll: Floats, base_squared: Floats, squared: Floats, product: Floats) -> Floats:
    """Pearson's correlation from means; NaN if one of the two does not vary.

    >>> means = (np.array(mean) for mean in (1.0, 1.0, 2.0, 2.0, 1.5))  # variances 1, covariance 0.5
    >>> float(correlation(*means))
    0.5
    """
    variances = (base_squared - base_nll**2) * (squared - nll**2)
    with np.errstate(invalid="ignore", divide="ignore"):
        pearson = (product - base_nll * nll) / np.sqrt(np.maximum(variances, 0))
    return np.asarray(np.where(variances > 0, np.clip(pearson, -1, 1), np.nan))


def _root(mean_square: Floats) -> Floats:
    return np.asarray(np.sqrt(np.maximum(mean_square, 0)))


def _difference(base_nll: Floats, nll: Floats) -> Floats:
    return np.asarray(np.exp(nll) - np.exp(base_nll))


def _ln_ratio(base_nll: Floats, nll: Floats) -> Floats:
    return nll - base_nll


def _quantiles(
    name: str, title: str, unit: str, column: TokenColumn, between: tuple[float, ...]
) -> list[LanguageFigure]:
    """The extremes and quantiles of a column, the largest first."""
    figures = [LanguageFigure(f"{name}_max", f"Maximum {title}", unit, (column,), None, quantile=1.0)]
    for share in between:
        label = "Median" if share == 0.5 else f"{100 * share:g} %"
        figures.append(
            LanguageFigure(f"{name}_p{100 * share:g}", f"{label} {title}", unit, (column,), None, quantile=share)
        )
    return [*figures, LanguageFigure(f"{name}_min", f"Minimum {title}", unit, (column,), None, quantile=0.0)]


_BOTH: tuple[TokenColumn, ...] = ("base_nll", "nll")
LANGUAGE_FIGURES: tuple[LanguageFigure, ...] = (
    LanguageFigure("perplexity_base", "Perplexity of the base", "", ("base_nll",), back=np.exp),
    LanguageFigure("perplexity", "Perplexity", "", ("nll",), back=np.exp),
    LanguageFigure("perplexity_ratio", "Perplexity over the base's", "", _BOTH, _ln_ratio, np.exp),
    LanguageFigure("ln_perplexity_ratio", "ln of that ratio", "nats", _BOTH, _ln_ratio),
    LanguageFigure("perplexity_difference", "Perplexity less the base's", "", _BOTH, _difference),
    LanguageFigure(
        "correlation",
        "Correlation of ln p of the tokens that came",
        "",
        ("base_nll", "nll", "base_nll_squared", "nll_squared", "product"),
        correlation,
        undefined="one does not vary",
    ),
    LanguageFigure("kld_mean", "Mean KL divergence", "nats", ("kl",)),
    *_quantiles("kld", "KL divergence", "nats", "kl", (*UPPER, 0.5, *LOWER)),
    LanguageFigure("true_change_mean", "Mean change of the true token's p", "", ("change",)),
    LanguageFigure("true_change_rms", "RMS change of the true token's p", "", ("change_squared",), back=_root),
    *_quantiles("true_change", "change of the true token's p", "", "change", (*UPPER, 0.75, 0.5, 0.25, *LOWER)),
    LanguageFigure("same_top", "Same top token", "share of tokens", ("same",), share=True),
)
