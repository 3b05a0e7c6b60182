"""The look of still figures, whatever the user's settings of matplotlib; equal figures give equal bytes."""

import io
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, findfont, get_font
from matplotlib.lines import Line2D
from matplotlib.patheffects import withStroke

from samefn.reports.charts.labels import Label
from samefn.reports.charts.scales import LogScale
from samefn.reports.styles import ROLE_STYLES
from samefn.reports.wording.escaping import printable
from samefn.schema.report import Role

INK, MUTED, RULE, BAND = "#1b1f24", "#5b6570", "#d9dee4", "#f7e3d3"
WIDTH = 6.2
"""Inches. Text stays legible when a phone shows the figure at 60 % of it."""

_SETTINGS: dict[Any, Any] = {
    "font.family": "DejaVu Sans",
    "font.size": 9.0,
    "axes.titlesize": 11.0,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.labelcolor": MUTED,
    "axes.edgecolor": "#aab2bb",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "grid.color": RULE,
    "grid.linewidth": 0.7,
    "text.color": INK,
    "xtick.color": MUTED,
    "ytick.color": INK,
    "ytick.major.size": 0.0,
    "legend.frameon": False,
    "legend.handlelength": 2.4,
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
    "text.parse_math": False,
    "svg.fonttype": "path",
    "svg.hashsalt": "samefn",
}


@contextmanager
def theme() -> Iterator[None]:
    """Draw and save inside it: matplotlib's defaults with this theme, and afterwards what was set before."""
    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(_SETTINGS)
        yield


def image_bytes(figure: Figure, image_format: str) -> bytes:
    """The figure as `svg` or `png` (200 dots an inch), without dates or random ids."""
    out = io.BytesIO()
    metadata = {"Date": None, "Creator": None} if image_format == "svg" else {"Software": None}
    figure.savefig(out, format=image_format, dpi=200, metadata=metadata)
    return out.getvalue()


def drawable(text: str, longest: int = 34) -> str:
    """A name that the font can draw: other letters become a replacement mark, a long one loses its middle."""
    known = _letters()
    text = "".join(letter if ord(letter) in known else "\N{REPLACEMENT CHARACTER}" for letter in printable(text))
    if len(text) <= longest:
        return text
    return f"{text[: longest // 2]}…{text[-(longest - longest // 2 - 1) :]}"


def mark_style(role: Role, *, hollow: bool = False, size: float = 7.0) -> dict[str, Any]:
    """Arguments of `Axes.plot` that draw one role's marker without a line."""
    style = ROLE_STYLES[role]
    return {
        "linestyle": "none",
        "marker": style.marker,
        "markersize": size,
        "markerfacecolor": "white" if hollow else style.light,
        "markeredgecolor": style.light if hollow else "white",
        "markeredgewidth": 1.3 if hollow else 0.7,
    }


def line_style(role: Role) -> dict[str, Any]:
    """Arguments of `Axes.plot` that draw one role's line."""
    style = ROLE_STYLES[role]
    return {
        "color": style.light,
        "linestyle": (0, style.dash) if style.dash else "-",
        "solid_capstyle": "round",
    }


def legend_entries(roles: Iterable[Role], lines: frozenset[Role] = frozenset()) -> list[Line2D]:
    """Legend marks of roles in their usual order; those in `lines` are drawn with their line."""
    present = set(roles)
    entries = []
    for role, style in ROLE_STYLES.items():
        if role in present:
            look = mark_style(role) | (line_style(role) if role in lines else {})
            entries.append(Line2D([], [], label=style.title, **look))
    return entries


def write_labels(axes: Axes, labels: Iterable[Label]) -> None:
    """Write labels where they were placed, on a thin white ground, with a line to those that stand apart."""
    halo = [withStroke(linewidth=2.4, foreground="white")]
    for label in labels:
        if label.led:
            axes.plot([label.x, label.at[0]], [label.y, label.at[1]], color="#8a939d", linewidth=0.7, zorder=3.5)
        axes.text(
            *label.at,
            label.text,
            ha=label.align,
            va="center",
            fontsize=7.5,
            color=INK,
            zorder=8,
            path_effects=halo,
        )


def set_x(axes: Axes, scale: LogScale, most: int = 7) -> None:
    """Give the horizontal axis the scale's ticks; positions on it come from `scale.at`."""
    ticks = scale.ticks(most)
    axes.set_xticks([tick for tick, _ in ticks], [text for _, text in ticks])
    axes.set_xlim(-0.02, 1.02)
    axes.grid(visible=True, axis="x")


def set_y(axes: Axes, scale: LogScale) -> None:
    """The same for the vertical axis."""
    axes.set_yticks([tick for tick, _ in scale.ticks()], [text for _, text in scale.ticks()])
    axes.set_ylim(-0.02, 1.02)
    axes.grid(visible=True, axis="y")


def set_rows(axes: Axes, names: Sequence[str]) -> None:
    """Make the vertical axis a list of names, the first on top."""
    axes.set_yticks(range(len(names)), [drawable(name) for name in names])
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.spines["left"].set_visible(False)


@cache
def _letters() -> frozenset[int]:
    return frozenset(get_font(findfont(FontProperties(family="DejaVu Sans"))).get_charmap())
