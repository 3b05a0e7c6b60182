"""The parser of requirements: what it reads, where it says what is wrong, and that it never does anything else."""

import math

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from samefn.core.errors import InputError
from samefn.gate.parse import parse
from samefn.gate.quantities import FIGURES, OUTCOMES, VERDICT
from samefn.gate.requirement import Limit, OneOf, Requirement


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("disagreement < 0.01", Requirement("disagreement", "", "", Limit("<", 0.01))),
        ("  disagreement<=1%", Requirement("disagreement", "", "", Limit("<=", 0.01))),
        (
            "scale[ total_variation ]@int8.onnx<.1",
            Requirement("scale", "total_variation", "int8.onnx", Limit("<", 0.1)),
        ),
        ("bytes @ 8-bit/model.onnx <= 4 MB", Requirement("bytes", "", "8-bit/model.onnx", Limit("<=", 4_000_000))),
        (r'bytes@"a \"model\"" < 4 MiB', Requirement("bytes", "", 'a "model"', Limit("<", 4 * 1024 * 1024))),
        ("accuracy_deviation > -1", Requirement("accuracy_deviation", "", "", Limit(">", -1))),
        # It is percent already.
        ("accuracy_deviation > -1 %", Requirement("accuracy_deviation", "", "", Limit(">", -1))),
        ("latency >= 2.5e0ms", Requirement("latency", "", "", Limit(">=", 0.0025))),
        ("bytes < 4e6", Requirement("bytes", "", "", Limit("<", 4_000_000))),
        ("worst_class[disagreement] < 5 %", Requirement("worst_class", "disagreement", "", Limit("<", 0.05))),
        ("kld_p99.9 < 0.5", Requirement("kld_p99.9", "", "", Limit("<", 0.5))),
        ("verdict in same", Requirement("verdict", "", "", OneOf(("same",)))),
        # The longer of two verdicts that begin alike.
        (
            "verdict@x in changed, inconclusive",
            Requirement("verdict", "", "x", OneOf(("changed", "inconclusive"))),
        ),
    ],
)
def test_what_a_requirement_says(text, wanted):
    [found] = parse(text)
    assert (found.figure, found.argument, found.candidate) == (wanted.figure, wanted.argument, wanted.candidate)
    if isinstance(wanted.test, OneOf):
        assert found.test == wanted.test
    else:
        assert found.test.comparison == wanted.test.comparison
        assert found.test.number == pytest.approx(wanted.test.number, rel=1e-15)


def test_requirements_are_joined_by_and_and_keep_their_words():
    found = parse(" disagreement  <  1 %  and verdict in same, inconclusive and bytes<4MB ")
    assert [one.text for one in found] == ["disagreement < 1 %", "verdict in same, inconclusive", "bytes<4MB"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "it ends where a figure is expected at character 1"),
        ("disagreement", "it ends where <, <=, > or >= is expected at character 13"),
        ("disagreement == 0", "'=' means nothing at character 14"),
        ("disagreement < = 0.1", "'=' means nothing at character 16"),
        ("disagreement < and", "there is 'and' where a number is expected at character 16"),
        ("disagreement < 0.1 and", "it ends where a figure is expected"),
        ("disagreement < 0.1 or bytes < 4", "'or' is no unit of disagreement"),
        ("disagreement < 1 % bytes < 4", "there is 'bytes' where and or the end is expected"),
        ("0.1 > disagreement", "there is '0.1' where a figure is expected"),
        ("__import__('os').system('true') < 1", "means nothing at character 11"),
        ("__class__ < 1", "unknown figure '__class__' at character 1"),
        ("disagreemnt < 0.1", "unknown figure 'disagreemnt' at character 1; did you mean disagreement"),
        ("scale < 0.1", "scale of what is not said at character 7; write scale[disagreement]"),
        ("scale[accuracy] < 0.1", "scale knows no 'accuracy' at character 7"),
        ("scale[total_variaton] < 0.1", "did you mean total_variation"),
        ("scale[disagreement < 0.1", "there is '<' where ] is expected"),
        ("bytes[disagreement] < 1", "bytes takes nothing in brackets, but there is a bracket at character 6"),
        ("bytes < 1 %", "'%' is no unit of bytes at character 11; its units: kB, MB, GB, KiB, MiB, GiB"),
        ("kl_divergence < 1 %", "'%' is no unit of kl_divergence at character 19; write the number alone"),
        ("bytes < 1 mb", "'mb' is no unit of bytes"),
        ("bytes < 1e999", "a number beyond all bounds at character 9"),
        ("bytes < nan", "there is 'nan' where a number is expected"),
        ("verdict < 1", "there is '<' where in is expected"),
        ("verdict < same", "at character 9; for a verdict write verdict in same"),
        ("verdict = same", "at character 9; write <, <=, > or >=; for a verdict write verdict in same"),
        ("flips_harm < 1 %", "unknown figure 'flips_harm' at character 1; write negative_flips"),
        ("size < 1 MB", "unknown figure 'size' at character 1; write bytes"),
        ("disagreement < 0,5 %", "a number with a comma at character 17; write 0.5"),
        ("bytes < 1,000", "a number with a comma at character 10; write 1.000 or 1000"),
        ("verdict in samee", "'samee' begins no verdict at character 12; known: same; "),
        ("verdict in same,", "begins no verdict"),
        ("disagreement in same", "there is 'in' where <, <=, > or >= is expected"),
        ('disagreement@"" < 0.1', "a candidate without a name"),
        ('disagreement@"x < 0.1', "'@' means nothing at character 13"),
        # One percent is meant.
        (
            "disagreement < 1",
            "decides nothing at character 16; disagreement lies between 0 and 1; for percent write 1 %",
        ),
        ("disagreement <= 5", "for percent write 5 %"),
        ("negative_flips > -0.1", "a limit that decides nothing"),
        ("bytes < -1", "a limit that decides nothing"),
        ("disagreement < 0.\u0661", "means nothing at character 18"),
        ("disagreement < 0.1\nand", "it ends"),
        ("x" * 1001, "has 1,001 characters, more than 1,000"),
    ],
)
def test_what_is_none_is_said_on_one_line(text, words):
    with pytest.raises(InputError) as error:
        parse(text)
    assert words in str(error.value)
    assert len(str(error.value).splitlines()) == 1


def _limits(figure):
    """Limits that decide something: within the figure's range, not at its ends."""
    known = FIGURES[figure]
    low = max(known.low, -1e300) if math.isfinite(known.low) else -1e300
    high = min(known.high, 1e300) if math.isfinite(known.high) else 1e300
    numbers = st.floats(low, high, exclude_min=True, exclude_max=True)
    return st.builds(Limit, st.sampled_from(["<", "<=", ">", ">="]), numbers)


@st.composite
def requirements(draw):
    figure = draw(st.sampled_from(list(FIGURES)))
    arguments = FIGURES[figure].arguments
    argument = draw(st.sampled_from(arguments)) if arguments else ""
    candidate = draw(st.text(max_size=20))
    chosen = st.lists(st.sampled_from(OUTCOMES), min_size=1, unique=True).map(lambda found: OneOf(tuple(found)))
    test = draw(chosen if figure == VERDICT else _limits(figure))
    return Requirement(figure, argument, candidate, test)


@given(st.lists(requirements(), min_size=1, max_size=3))
def test_what_is_printed_is_read_back(wanted):
    assert parse(" and ".join(map(str, wanted))) == tuple(wanted)


@example("\x85")
@given(st.text(max_size=60) | st.text('scaledigremnt[]@<>=.0123456789 %"\\,in', max_size=40))
def test_any_text_is_read_or_refused(text):
    try:
        said = " ".join(one.figure for one in parse(text))
    except InputError as error:
        said = str(error)
    assert len(said.splitlines()) == 1


PIECES = ["scale", "disagreement", "verdict", "in", "same", "[", "]", "@", '"', "<", ">=", "1", "0.1", "%", "and", ","]


@given(st.lists(st.sampled_from(PIECES), max_size=12))
def test_what_is_nearly_a_requirement_is_read_or_refused(pieces):
    try:
        found = parse(" ".join(pieces))
    except InputError:
        return
    assert parse(" and ".join(map(str, found))) == found
