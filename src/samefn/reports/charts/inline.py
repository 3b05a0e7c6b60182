"""Charts as SVG inside a page: no script, no link, no style that a page's rules forbid, the page's colours and font."""

import re
from collections.abc import Callable
from typing import TypeAlias
from xml.etree import ElementTree as ET

import altair as alt
import vl_convert
from altair.utils.schemapi import debug_mode

from samefn.reports.charts.theme import WIDTHS, Width, css_colour
from samefn.reports.wording.escaping import printable

AnyChart: TypeAlias = alt.Chart | alt.LayerChart
_LONG = re.compile(r"\d+\.\d{3,}")
_DOTS = 300
_ENLARGED = 1.3  # letters of 10 pixels become the 13 of a page's small text
_SVG = "http://www.w3.org/2000/svg"
_VERSION = ".".join(alt.SCHEMA_VERSION.removeprefix("v").split(".")[:2])
_ATTRIBUTES = (
    "d x y x1 x2 y1 y2 width height transform fill stroke stroke-width stroke-dasharray stroke-linecap stroke-linejoin "
    "opacity fill-opacity stroke-opacity text-anchor font-size font-weight font-style display"
)
_KEPT = frozenset(_ATTRIBUTES.split())


def svg_text(chart: AnyChart) -> str:
    """The chart as an SVG file: text as text."""
    return vl_convert.vegalite_to_svg(chart.to_dict(validate=False), vl_version=_VERSION)


def png_bytes(svg: str) -> bytes:
    """A chart's SVG file as PNG, 300 dots an inch; vl-convert takes a pixel for a 72nd of one."""
    return vl_convert.svg_to_png(svg, ppi=_DOTS, scale=72 / 96)


def inline_svg(chart: AnyChart, title: str) -> str:
    """The chart as an element of a page.

    Colours are variables of `charts_css`, the font is the page's, and there are no ids. A mark's description becomes
    its tip.

    Args:
        chart: what to draw.
        title: what it shows, in words; for those who cannot see it.
    """
    drawn = ET.fromstring(svg_text(chart))  # noqa: S314  (drawn here, no entity can be in it)
    box = drawn.attrib["viewBox"]
    wide = f"{_ENLARGED * float(box.split()[2]):.0f}"
    root = ET.Element("svg", {"viewBox": box, "width": wide, "role": "img", "aria-label": printable(title)})
    for child in drawn:
        # The ground is the page's.
        if child.tag != f"{{{_SVG}}}rect":
            root.append(_cleaned(child))
    return ET.tostring(root, encoding="unicode", short_empty_elements=True)


def inline_chart(make: Callable[[Width], AnyChart], title: str, *, narrow: bool = False) -> str:
    """A chart for pages, drawn for wide windows and for phones; `charts_css` shows the one that fits.

    Args:
        make: draws it.
        title: what it shows, in words.
        narrow: whether it stands beside another chart: then one for phones fits every window.
    """
    # Checking each part against Vega-Lite's schema takes more time than drawing; the tests of charts do it.
    with debug_mode(False):
        if narrow:
            return f'<div class="drawn">{inline_svg(make("single"), title)}</div>'
        drawn = "".join(f'<div class="{width}">{inline_svg(make(width), title)}</div>' for width in reversed(WIDTHS))
    return f'<div class="drawn">{drawn}</div>'


def _cleaned(element: ET.Element) -> ET.Element:
    """The element with the attributes that a page needs; without what is empty."""
    clean = ET.Element(element.tag.removeprefix(f"{{{_SVG}}}"))
    for name, value in element.attrib.items():
        if name not in _KEPT:
            continue
        if name in ("fill", "stroke"):
            clean.set(name, css_colour(value))
        else:
            clean.set(name, _LONG.sub(lambda number: f"{float(number[0]):.2f}", value))
    clean.text, clean.tail = element.text, None
    if element.attrib.get("aria-roledescription") == "point" and (tip := element.attrib.get("aria-label")):
        ET.SubElement(clean, "title").text = tip
    for child in element:
        if child.attrib.get("class") not in ("background", "foreground"):
            clean.append(_cleaned(child))
    return clean
