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

# Columns of a line that goes to a file or a pipe.
PIPE_WIDTH = 80
# So many sentences of a kind are said; the rest is counted.
_MOST = 3


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
    """A name in at most so many columns: what gives way to an ellipsis is nearer to its start, as ends differ more.

    >>> shortened("resnet50-int8-static.onnx", 16), shortened("int8.onnx", 16)
    ('resne…tatic.onnx', 'int8.onnx')
    """
    name = printable(name)
    if cell_len(name) <= width:
        return name
    end = 2 * (width - 1) // 3
    tail = chop_cells(name[::-1], end)[0][::-1]
    return f"{chop_cells(name, width - 1 - cell_len(tail))[0]}…{tail}"


def padded(text: str, width: int) -> str:
    """Spaces behind the text, up to so many columns."""
    return text + " " * (width - cell_len(text))


def folded(head: Sequence[Span], text: str, width: int, style: Style = "", most: int = 0) -> list[Line]:
    """The text behind a head, folded to the width; further lines begin where the first one's text does.

    Args:
        head: what the first line begins with.
        text: the text.
        width: columns of all.
        style: look of the text.
        most: lines that it may take, the last of them then ends in an ellipsis; 0 for any number.
    """
    indent = sum(cell_len(span.text) for span in head)
    room = max(20, width - indent)
    pieces = [piece.plain.rstrip() for piece in Text(printable(text)).wrap(Console(width=room), room)] or [""]
    if 0 < most < len(pieces):
        end = pieces[most - 1]
        pieces = [*pieces[: most - 1], f"{chop_cells(end, room - 1)[0].rstrip(' ,.;:')}…"]
    further = [(Span(" " * indent), Span(piece, style)) for piece in pieces[1:]]
    return [(*head, Span(pieces[0], style)), *further]


def said(term: str, sentences: Sequence[str], width: int, most: int = 0, style: Style = "strong") -> list[Line]:
    """Sentences of one kind behind their term, each on at most so many lines; of many a few, and how many more."""
    head = (Span("  "), Span(f"{term}: ", style))
    lines = [line for sentence in sentences[:_MOST] for line in folded(head, sentence, width, most=most)]
    more = len(sentences) - _MOST
    return lines + (folded(head, f"{more} more in the report", width) if more > 0 else [])
