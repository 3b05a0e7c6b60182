"""From the text of requirements to their parts. A parser of its own: nothing in the text is ever run."""

import math

from samefn.core.errors import InputError
from samefn.core.naming import suggest
from samefn.gate.quantities import FIGURES, OUTCOMES, TITLES, VERDICT, FigureName
from samefn.gate.requirement import Limit, OneOf, Requirement
from samefn.gate.tokens import A_VERDICT, Kind, Token, refusal, tokens
from samefn.schema.verdicts import Outcome

EXAMPLE = "write FIGURE < NUMBER, as in disagreement < 1 %"
# Of outcomes that begin alike the longer one is tried first.
_OUTCOMES = sorted(((outcome, tokens(outcome)[:-1]) for outcome in OUTCOMES), key=lambda pair: -len(pair[1]))


def parse(text: str) -> tuple[Requirement, ...]:
    """Read requirements, joined by `and`, such as `scale[disagreement] < 0.1 and bytes@int8.onnx < 4 MB`.

        FIGURE [ARGUMENT in brackets] [@CANDIDATE] (< | <= | > | >=) NUMBER [UNIT]
        verdict [@CANDIDATE] in OUTCOME, OUTCOME

    Raises:
        InputError: the text is none, or names no figure; it says at which character.

    >>> [str(one) for one in parse("disagreement <= 1 % and verdict in same, cannot tell")]
    ['disagreement <= 0.01', 'verdict in same, cannot tell']
    """
    return _Reader(text).requirements()


class _Reader:
    """Reads one token after another."""

    def __init__(self, text: str) -> None:
        self._text, self._tokens, self._next = text, tokens(text), 0

    def requirements(self) -> tuple[Requirement, ...]:
        found = [self._requirement()]
        while self._take("word", "and"):
            found.append(self._requirement())
        if self._here.kind != "end":
            raise self._unexpected("and or the end")
        return tuple(found)

    @property
    def _here(self) -> Token:
        return self._tokens[self._next]

    def _take(self, kind: Kind, text: str | None = None) -> Token | None:
        """The next token where it is of that kind and text; it is then passed."""
        here = self._here
        if here.kind != kind or text not in {None, here.text}:
            return None
        self._next += 1
        return here

    def _needed(self, kind: Kind, text: str | None, expected: str) -> Token:
        token = self._take(kind, text)
        if token is None:
            raise self._unexpected(expected)
        return token

    def _unexpected(self, expected: str, fix: str = EXAMPLE) -> InputError:
        here = self._here
        found = "it ends" if here.kind == "end" else f"there is {here.text!r}"
        return refusal(self._text, here.start, f"{found} where {expected} is expected", fix)

    def _requirement(self) -> Requirement:
        first = self._needed("word", None, "a figure")
        if first.text not in FIGURES:
            fix = f"write {TITLES[first.text]}" if first.text in TITLES else suggest(first.text, FIGURES)
            raise refusal(self._text, first.start, f"unknown figure {first.text!r}", fix)
        figure = FIGURES[first.text]
        argument = self._argument(first, figure)
        candidate = self._candidate()
        test = self._one_of() if first.text == VERDICT else self._limit(first, figure)
        written = " ".join(self._text[first.start : self._tokens[self._next - 1].end].split())
        return Requirement(first.text, argument, candidate, test, written)

    def _argument(self, name: Token, figure: FigureName) -> str:
        opened = self._take("mark", "[")
        if not figure.arguments:
            if opened:
                what = f"{name.text} takes nothing in brackets, but there is a bracket"
                raise refusal(self._text, opened.start, what, f"write {name.text}")
            return ""
        example = f"write {name.text}[{figure.arguments[0]}]"
        if not opened:
            raise refusal(self._text, self._here.start, f"{name.text} of what is not said", example)
        said = self._needed("word", None, "the name of a distance")
        if said.text not in figure.arguments:
            fix = f"{example}; {suggest(said.text, figure.arguments)}"
            raise refusal(self._text, said.start, f"{name.text} knows no {said.text!r}", fix)
        self._needed("mark", "]", "]")
        return said.text

    def _candidate(self) -> str:
        token = self._take("candidate")
        if token is not None and not token.text:
            raise refusal(self._text, token.start, "a candidate without a name")
        return token.text if token else ""

    def _limit(self, name: Token, figure: FigureName) -> Limit:
        comparison = self._needed("comparison", None, "<, <=, > or >=").text
        number = self._needed("number", None, "a number")
        self._refuse_comma(number)
        unit = self._unit(name, figure)
        limit = float(number.text) * figure.units.get(unit, 1.0)
        if not math.isfinite(limit):
            raise refusal(self._text, number.start, "a number beyond all bounds")
        below = comparison in {"<", "<="}
        if not figure.low <= limit <= figure.high or limit == (figure.high if below else figure.low):
            fix = f"{name.text} lies between {figure.low:g} and {figure.high:g}"
            fix += f"; for percent write {number.text} %" if "%" in figure.units and figure.high == 1 else ""
            raise refusal(self._text, number.start, "a limit that decides nothing", fix)
        return Limit(comparison, limit, unit)  # type: ignore[arg-type]

    def _refuse_comma(self, number: Token) -> None:
        comma, more = self._here, self._tokens[min(self._next + 1, len(self._tokens) - 1)]
        if comma.text == "," and more.kind == "number":
            fix = f"write {number.text}.{more.text}" + (f" or {number.text}{more.text}" if len(more.text) == 3 else "")
            raise refusal(self._text, comma.start, "a number with a comma", fix)

    def _unit(self, name: Token, figure: FigureName) -> str:
        if self._here.kind != "word" or self._here.text == "and":
            return ""
        unit = self._needed("word", None, "a unit")
        if unit.text not in figure.units:
            known = ", ".join(figure.units)
            fix = f"its units: {known}" if known else "write the number alone"
            raise refusal(self._text, unit.start, f"{unit.text!r} is no unit of {name.text}", fix)
        return unit.text

    def _one_of(self) -> OneOf:
        if not self._take("word", "in"):
            raise self._unexpected("in", A_VERDICT)
        found = [self._outcome()]
        while self._take("mark", ","):
            found.append(self._outcome())
        return OneOf(tuple(dict.fromkeys(found)))

    def _outcome(self) -> Outcome:
        for outcome, words in _OUTCOMES:
            end = self._next + len(words)
            if [token.text for token in self._tokens[self._next : end]] == [token.text for token in words]:
                self._next = end
                return outcome
        here = self._here
        raise refusal(self._text, here.start, f"{here.text!r} begins no verdict", f"known: {'; '.join(OUTCOMES)}")
