"""Read the text of requirements. Nothing in the text is ever run."""

import math

from samefn.core.errors import InputError
from samefn.core.naming import suggest
from samefn.gate.quantities import ANSWERS, FLAGS, OTHER_NAMES, QUANTITIES, QuantityKind
from samefn.gate.requirement import NumericTest, Requirement, WordTest
from samefn.gate.tokens import VERDICT_EXAMPLE, Token, TokenKind, place_in, tokens

EXAMPLE = "write QUANTITY < NUMBER, as in disagreement < 1 %"
_KNOWN = (*QUANTITIES, *ANSWERS, *FLAGS)
# How far a candidate is was a verdict once.
_NO_VERDICT_ANY_MORE = "independent"


def parse(text: str) -> tuple[Requirement, ...]:
    """Read requirements, joined by `and`, such as `relative_distance[disagreement] < 0.1 and bytes@int8.onnx < 4 MB`.

        QUANTITY [ARGUMENT in brackets] [@CANDIDATE] (< | <= | > | >=) NUMBER [UNIT]
        QUESTION [@CANDIDATE] in ANSWER, ANSWER
        [not] FLAG [@CANDIDATE]

    A flag is read as the question that it stands for.

    Raises:
        InputError: the text is no requirement; the error says at which character.

    >>> [str(requirement) for requirement in parse("disagreement <= 1 % and verdict in same, inconclusive")]
    ['disagreement <= 0.01', 'verdict in same, inconclusive']
    >>> [str(requirement) for requirement in parse("same and not worse@int8")]
    ['verdict in same', 'loss@"int8" in within, open']
    """
    return _Reader(text).requirements()


class _Reader:
    """Reads one token after another."""

    def __init__(self, text: str) -> None:
        self._text, self._tokens, self._next = text, tokens(text), 0

    def requirements(self) -> tuple[Requirement, ...]:
        requirements = [self._requirement()]
        while self._take("word", "and"):
            requirements.append(self._requirement())
        if self._current.kind != "end":
            raise self._unexpected("`and` or the end")
        return tuple(requirements)

    @property
    def _current(self) -> Token:
        return self._tokens[self._next]

    def _place(self, token: Token) -> str:
        return place_in(self._text, token.start)

    def _take(self, kind: TokenKind, text: str | None = None) -> Token | None:
        """The next token, and go on, where it is of that kind and text."""
        token = self._current
        if token.kind != kind or text not in {None, token.text}:
            return None
        self._next += 1
        return token

    def _require(self, kind: TokenKind, text: str | None, expected: str) -> Token:
        token = self._take(kind, text)
        if token is None:
            raise self._unexpected(expected)
        return token

    def _unexpected(self, expected: str, fix: str = EXAMPLE) -> InputError:
        token = self._current
        what = "the end" if token.kind == "end" else repr(token.text)
        return InputError("SF601", f"{what} where {expected} is expected", where=self._place(token), fix=fix)

    def _requirement(self) -> Requirement:
        first = self._current
        opposite = self._take("word", "not") is not None
        name = self._require("word", None, "a flag" if opposite else "a quantity")
        if name.text in FLAGS:
            flag = FLAGS[name.text]
            candidate = self._candidate()
            return self._written(first, flag.of, "", candidate, WordTest(flag.no if opposite else flag.yes))
        if opposite:
            what = f"{name.text!r} where a flag is expected"
            raise InputError("SF601", what, where=self._place(name), fix=f"after not write {', '.join(FLAGS)}")
        if name.text in ANSWERS:
            candidate = self._candidate()
            return self._written(first, name.text, "", candidate, self._word_test(name.text))
        if name.text not in QUANTITIES:
            other = OTHER_NAMES.get(name.text)
            fix = f"write {other}" if other else suggest(name.text, _KNOWN)
            raise InputError("SF602", f"unknown quantity {name.text!r}", where=self._place(name), fix=fix)
        kind = QUANTITIES[name.text]
        argument = self._argument(name, kind)
        candidate = self._candidate()
        return self._written(first, name.text, argument, candidate, self._numeric_test(name, kind))

    def _written(
        self, first: Token, quantity: str, argument: str, candidate: str, test: NumericTest | WordTest
    ) -> Requirement:
        """A requirement, with its words as they were written."""
        written = " ".join(self._text[first.start : self._tokens[self._next - 1].end].split())
        return Requirement(quantity, argument, candidate, test, written)

    def _argument(self, name: Token, kind: QuantityKind) -> str:
        opened = self._take("mark", "[")
        if not kind.arguments:
            if opened:
                fix = f"write {name.text}"
                raise InputError("SF603", f"{name.text} has no brackets", where=self._place(opened), fix=fix)
            return ""
        example = f"write {name.text}[{kind.arguments[0]}]"
        if not opened:
            what = f"{name.text} needs a distance in brackets"
            raise InputError("SF603", what, where=self._place(self._current), fix=example)
        distance = self._require("word", None, "the name of a distance")
        if distance.text not in kind.arguments:
            fix = f"{example}; {suggest(distance.text, kind.arguments)}"
            what = f"{name.text} has no distance {distance.text!r}"
            raise InputError("SF603", what, where=self._place(distance), fix=fix)
        self._require("mark", "]", "]")
        return distance.text

    def _candidate(self) -> str:
        token = self._take("candidate")
        if token is not None and not token.text:
            raise InputError("SF601", "the candidate's name is empty", where=self._place(token))
        return token.text if token else ""

    def _numeric_test(self, name: Token, kind: QuantityKind) -> NumericTest:
        comparison = self._require("comparison", None, "<, <=, > or >=").text
        number = self._require("number", None, "a number")
        self._refuse_comma(number)
        unit = self._unit(name, kind)
        limit = float(number.text) * kind.units.get(unit, 1.0)
        if not math.isfinite(limit):
            raise InputError("SF604", "the number is too large", where=self._place(number))
        below = comparison in {"<", "<="}
        if not kind.low <= limit <= kind.high or limit == (kind.high if below else kind.low):
            fix = f"{name.text} is between {kind.low:g} and {kind.high:g}"
            fix += f"; for percent write {number.text} %" if "%" in kind.units and kind.high == 1 else ""
            what = "every value is on one side of this limit"
            raise InputError("SF604", what, where=self._place(number), fix=fix)
        return NumericTest(comparison, limit, unit)  # type: ignore[arg-type]

    def _refuse_comma(self, number: Token) -> None:
        comma, digits = self._current, self._tokens[min(self._next + 1, len(self._tokens) - 1)]
        if comma.text == "," and digits.kind == "number":
            fix = f"write {number.text}.{digits.text}"
            fix += f" or {number.text}{digits.text}" if len(digits.text) == 3 else ""
            raise InputError("SF604", "the number has a comma", where=self._place(comma), fix=fix)

    def _unit(self, name: Token, kind: QuantityKind) -> str:
        if self._current.kind != "word" or self._current.text == "and":
            return ""
        unit = self._require("word", None, "a unit")
        if unit.text not in kind.units:
            known = ", ".join(kind.units)
            fix = f"its units: {known}" if known else "write the number alone"
            what = f"{unit.text!r} is not a unit of {name.text}"
            raise InputError("SF605", what, where=self._place(unit), fix=fix)
        return unit.text

    def _word_test(self, question: str) -> WordTest:
        if not self._take("word", "in"):
            raise self._unexpected("`in`", VERDICT_EXAMPLE)
        answers = [self._answer(question)]
        while self._take("mark", ","):
            answers.append(self._answer(question))
        return WordTest(tuple(dict.fromkeys(answers)))

    def _answer(self, question: str) -> str:
        for answer in ANSWERS[question].answers:
            words = [token.text for token in tokens(answer)[:-1]]
            end = self._next + len(words)
            if [token.text for token in self._tokens[self._next : end]] == words:
                self._next = end
                return answer
        token = self._current
        what = f"{token.text!r} is not an answer of {question}"
        fix = f"known: {', '.join(ANSWERS[question].answers)}"
        if (question, token.text) == ("verdict", _NO_VERDICT_ANY_MORE):
            what = f"{token.text!r} is no verdict any more"
            fix = "write distance in independent; the verdict of such a model is changed"
        raise InputError("SF606", what, where=self._place(token), fix=fix)
