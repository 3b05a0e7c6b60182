"""Names from files and users, made safe to print: the invisible is spelled out, the special is escaped."""

import re
import unicodedata

from samefn.reports.wording.numbers import MINUS, TIMES

_LATEX = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "#": r"\#",
    "%": r"\%",
    "_": r"\_",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': r"\textquotedbl{}",
    MINUS: r"$-$",
    "\N{EM DASH}": r"---",
    "∞": r"$\infty$",
    TIMES: r"$\times$",
    "\N{GREEK SMALL LETTER ALPHA}": r"$\alpha$",
}
_POWER = re.compile(f"{TIMES}10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)")
_PLAIN = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")


def printable(text: str) -> str:
    r"""The text on one line, with control, direction and other invisible characters spelled out.

    A right-to-left override can make one name look like another; here it is seen.

    >>> print(printable("a\nb\u202ec"))
    a\nb\u202ec
    """
    return "".join(
        character.encode("unicode_escape").decode()
        if unicodedata.category(character) in {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
        else character
        for character in text
    )


def latex(text: str) -> str:
    r"""The text for LaTeX; powers of ten become mathematics.

    >>> print(latex("50 % of a_b: 3×10⁻⁷"))
    50 \% of a\_b: 3$\times10^{-7}$
    """  # noqa: RUF002
    pieces = _POWER.split(printable(text))
    escaped = ["".join(_LATEX.get(character, character) for character in piece) for piece in pieces[::2]]
    powers = [rf"$\times10^{{{piece.translate(_PLAIN)}}}$" for piece in pieces[1::2]] + [""]
    return "".join(piece + power for piece, power in zip(escaped, powers, strict=True))


def markdown(text: str) -> str:
    r"""The text for a cell of a Markdown table.

    >>> print(markdown("a|b <i>*c*"))
    a\|b &lt;i&gt;\*c\*
    """
    text = re.sub(r"([\\`*_\[\]|~$#])", r"\\\1", printable(text))
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def spreadsheet(text: str) -> str:
    r"""The text for a cell of CSV: what a spreadsheet would take for a formula gets an apostrophe in front.

    Numbers are no text: `-0.5` as a number is written as it is.

    >>> print(spreadsheet("=1+1"), spreadsheet("\t=1+1"), spreadsheet("a-b"))
    '=1+1 \t=1+1 a-b
    """
    shown = printable(text)
    # Full-width and small signs count too: some spreadsheets read them as the plain ones.
    first = unicodedata.normalize("NFKC", shown.lstrip()[:1])[:1]
    return f"'{shown}" if first in {"=", "+", "-", "@"} else shown
