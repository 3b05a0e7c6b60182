"""Lines of styled text, as wide as asked: nothing in them can break a terminal."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from rich.cells import cell_len, chop_cells
from rich.console import Console
from rich.text import Text

from samefn.reports.wording.escaping import printable
from samefn.reports.wording.groups import Tone

Style: TypeAlias = Literal["", "strong", "quiet"] | Tone


@dataclass(frozen=True)
class Span:
    """Text of one look; without control, direction and other invisible characters."""

    text: str
    style: Style = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "text", printable(self.text))


Line: TypeAlias = tuple[Span, ...]


def plain(line: Line) -> str:
    """The line without its looks."""
    return "".join(span.text for span in line).rstrip()


def shortened(name: str, width: int) -> str:
    """A name in at most so many columns: its middle gives way to an ellipsis.

    >>> shortened("resnet50-int8-static.onnx", 16), shortened("int8.onnx", 16)
    ('resnet50…ic.onnx', 'int8.onnx')
    """
    name = printable(name)
    if cell_len(name) <= width:
        return name
    end = (width - 1) // 2
    tail = chop_cells(name[::-1], end)[0][::-1]
    return f"{chop_cells(name, width - 1 - cell_len(tail))[0]}…{tail}"


def padded(text: str, width: int) -> str:
    """Spaces behind the text, up to so many columns."""
    return text + " " * (width - cell_len(text))


def folded(head: Sequence[Span], text: str, width: int, style: Style = "") -> list[Line]:
    """The text behind a head, folded to the width; further lines begin where the first one's text does."""
    indent = sum(cell_len(span.text) for span in head)
    room = max(20, width - indent)
    pieces = [piece.plain.rstrip() for piece in Text(printable(text)).wrap(Console(width=room), room)] or [""]
    further = [(Span(" " * indent), Span(piece, style)) for piece in pieces[1:]]
    return [(*head, Span(pieces[0], style)), *further]
