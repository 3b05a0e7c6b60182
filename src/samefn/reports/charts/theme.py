"""The look of charts: sizes, colours with their names in CSS, and names cut to the room they have."""

import unicodedata
from typing import Any, Literal

import altair as alt

from samefn.reports.styles import ROLE_STYLES
from samefn.reports.wording.escaping import printable
from samefn.schema.report import Role
from samefn.schema.verdicts import Outcome

Width = Literal["single", "double"]
"""One or two columns of a paper: 85 and 175 mm. A page shows the first on a phone, else the second."""

WIDTHS: dict[Width, int] = {"single": 321, "double": 661}
"""In CSS pixels, 96 an inch."""

FONT = "Liberation Sans"
"""It comes with vl-convert, so text takes the same room on every machine. A page uses its own font instead."""

TEXT, SMALL = 10, 9
"""Sizes of letters in pixels: 7.5 and 6.75 points."""

INK, MUTED, RULE, PAPER = "#1b1f24", "#59636e", "#dde2e8", "#ffffff"
BAND, LIMIT, IMPOSSIBLE = "#fae3d0", "#d5efe6", "#eef1f4"

OUTCOME_COLOURS: dict[Outcome, str] = {
    "same": "#0f8f6b",
    "inconclusive": "#a97900",
    "changed": "#cf5300",
    "broken": "#7b3294",
}

# Light colour: (name in CSS, dark colour). Two things of one colour share a name.
_COLOURS: dict[str, tuple[str, str]] = {
    **{style.light: (f"r-{role}", style.dark) for role, style in reversed(ROLE_STYLES.items())},
    INK: ("c-ink", "#e9edf1"),
    MUTED: ("c-muted", "#9aa5b1"),
    RULE: ("c-rule", "#2b333c"),
    PAPER: ("c-paper", "#0f1317"),
    BAND: ("c-band", "#452b18"),
    LIMIT: ("c-limit", "#12382d"),
    IMPOSSIBLE: ("c-impossible", "#181e25"),
    OUTCOME_COLOURS["same"]: ("c-same", "#41c99f"),
    OUTCOME_COLOURS["inconclusive"]: ("c-inconclusive", "#dbb04a"),
    OUTCOME_COLOURS["changed"]: ("c-changed", "#ff8f4d"),
    OUTCOME_COLOURS["broken"]: ("c-broken", "#c58be0"),
}


def css_colour(light: str) -> str:
    """The colour as pages write it: a variable of `charts_css`, which a dark page sets otherwise.

    >>> css_colour("#ffffff")
    'var(--c-paper)'
    """
    return f"var(--{_COLOURS[light][0]})" if light in _COLOURS else light


def charts_css() -> str:
    """The style sheet of a page with charts: their colours by light and dark, and their width by the window's."""
    light = "".join(f"--{name}:{colour};" for colour, (name, _) in _COLOURS.items())
    dark = "".join(f"--{name}:{colour};" for name, colour in _COLOURS.values())
    return (
        f":root{{{light}}}\n"
        f"@media (prefers-color-scheme:dark){{:root{{{dark}}}}}\n"
        f"@media print{{:root{{{light}}}}}\n"
        ".drawn svg{display:block;max-width:100%;height:auto;font-family:inherit}\n"
        ".drawn .single{display:none}\n"
        "@media screen and (max-width:600px){.drawn .double{display:none}.drawn .single{display:block}}\n"
    )


def chart_of(records: list[dict[str, Any]]) -> alt.Chart:
    """A chart of these records."""
    # A tuple: altair copies lists whenever a chart gets another part.
    return alt.Chart(alt.InlineData(values=tuple(records)))


def framed(
    layers: list[alt.Chart], *, width: float, height: float, left: float, right: float, top: float, bottom: float
) -> alt.LayerChart:
    """Layers in a frame whose size nothing measures: equal data give equal charts, whatever fonts a machine has."""
    padding = {"left": left, "right": right, "top": top, "bottom": bottom}
    chart: alt.LayerChart = (
        alt.layer(*layers, width=width, height=height)
        .properties(padding=padding, autosize=alt.AutoSizeParams(type="none"), background=PAPER)
        .configure(font=FONT, aria=True)
        .configure_view(stroke=None)
        .configure_axis(
            labelFontSize=SMALL,
            titleFontSize=SMALL,
            titleFontWeight="normal",
            labelColor=MUTED,
            titleColor=MUTED,
            gridColor=RULE,
            domain=False,
            ticks=False,
            labelOverlap=False,
            labelFlush=False,
        )
        .configure_text(font=FONT, fontSize=TEXT, color=INK, baseline="middle")
    )
    return chart


def dashes(role: Role) -> list[float]:
    """Lengths of dash and gap of a role's lines; none for a full line."""
    return list(ROLE_STYLES[role].dash)


def text_width(text: str, size: float = TEXT) -> float:
    """At most about how wide a text is, in pixels; Chinese letters, for example, are as wide as high."""
    return size * sum(map(_letter_width, text))


def _letter_width(letter: str) -> float:
    if letter in "iljtfr.,:;|!'()[] ":
        return 0.38
    if letter in "mwMW@%…" or unicodedata.east_asian_width(letter) in "WF":
        return 1.0
    return 0.73 if letter.isupper() else 0.6


def shortened(name: str, room: float, size: float = TEXT) -> str:
    """A name on one line in so many pixels; a longer one loses its middle.

    >>> shortened("a name that is longer than its room", 60)
    'a na…room'
    """
    text = printable(name)
    if text_width(text, size) <= room:
        return text
    keep = len(text)
    while keep > 2 and text_width(f"{text[: keep - keep // 2]}…{text[len(text) - keep // 2 :]}", size) > room:
        keep -= 1
    return f"{text[: keep - keep // 2]}…{text[len(text) - keep // 2 :]}"
