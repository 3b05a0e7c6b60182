"""Still figures: every chart for one and for two columns of a paper, as SVG with text as text, and as PNG."""

from collections.abc import Iterable, Iterator

from samefn.reports.charts.drawings import Drawing
from samefn.reports.charts.inline import png_bytes, svg_text
from samefn.reports.charts.theme import WIDTHS, Width

IMAGE_FORMATS = ("svg", "png")
ENDINGS: dict[Width, str] = {"double": "", "single": "-85mm"}
"""What the names of files end in: a figure of two columns has the plain name."""


def figure_files(drawings: Iterable[Drawing]) -> Iterator[tuple[str, bytes]]:
    """Each file's name and content."""
    for drawing in drawings:
        for width in reversed(WIDTHS):
            svg = svg_text(drawing.make(width))
            yield f"{drawing.name}{ENDINGS[width]}.svg", svg.encode()
            yield f"{drawing.name}{ENDINGS[width]}.png", png_bytes(svg)
