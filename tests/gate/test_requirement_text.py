"""The parser of requirements: what it reads, where it says what is wrong, and that it never does anything else."""

import math

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from samefn.core.errors import InputError
from samefn.gate.parse import parse
from samefn.gate.quantities import ANSWERS, FLAGS, QUANTITIES
from samefn.gate.requirement import NumericTest, Requirement, WordTest


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("disagreement < 0.01", Requirement("disagreement", "", "", NumericTest("<", 0.01))),
        ("  disagreement<=1%", Requirement("disagreement", "", "", NumericTest("<=", 0.01))),
        (
            "relative_distance[ total_variation ]@int8.onnx<.1",
            Requirement("relative_distance", "total_variation", "int8.onnx", NumericTest("<", 0.1)),
        ),
        (
            "bytes @ 8-bit/model.onnx <= 4 MB",
            Requirement("bytes", "", "8-bit/model.onnx", NumericTest("<=", 4_000_000)),
        ),
        (r'bytes@"a \"model\"" < 4 MiB', Requirement("bytes", "", 'a "model"', NumericTest("<", 4 * 1024 * 1024))),
        ("accuracy_deviation > -1", Requirement("accuracy_deviation", "", "", NumericTest(">", -1))),
        # It is percent already.
        ("accuracy_deviation > -1 %", Requirement("accuracy_deviation", "", "", NumericTest(">", -1))),
        ("latency >= 2.5e0ms", Requirement("latency", "", "", NumericTest(">=", 0.0025))),
        ("bytes < 4e6", Requirement("bytes", "", "", NumericTest("<", 4_000_000))),
        ("worst_part < 5 %", Requirement("worst_part", "", "", NumericTest("<", 0.05))),
        ("net_loss < 0.3 %", Requirement("net_loss", "", "", NumericTest("<", 0.003))),
        ("kld_p99.9 < 0.5", Requirement("kld_p99.9", "", "", NumericTest("<", 0.5))),
        ("verdict in same", Requirement("verdict", "", "", WordTest(("same",)))),
        (
            "quality in better, no difference shown",
            Requirement("quality", "", "", WordTest(("better", "no difference shown"))),
        ),
        ("distance in near, between", Requirement("distance", "", "", WordTest(("near", "between")))),
        ("same", Requirement("verdict", "", "", WordTest(("same",)))),
        ("not same@x", Requirement("verdict", "", "x", WordTest(("changed", "broken")))),
        ("not worse", Requirement("loss", "", "", WordTest(("within", "open")))),
        ("near", Requirement("distance", "", "", WordTest(("near",)))),
        ("not probabilities_moved", Requirement("probabilities", "", "", WordTest(("not moved",)))),
        (
            "verdict@x in changed, inconclusive",
            Requirement("verdict", "", "x", WordTest(("changed", "inconclusive"))),
        ),
    ],
)
def test_what_a_requirement_says(text, wanted):
    [found] = parse(text)
    assert (found.quantity, found.argument, found.candidate) == (wanted.quantity, wanted.argument, wanted.candidate)
    if isinstance(wanted.test, WordTest):
        assert found.test == wanted.test
    else:
        assert found.test.comparison == wanted.test.comparison
        assert found.test.number == pytest.approx(wanted.test.number, rel=1e-15)


def test_requirements_are_joined_by_and_and_keep_their_words():
    found = parse(" disagreement  <  1 %  and verdict in same, inconclusive and bytes<4MB and not  worse and same@a ")
    words = ["disagreement < 1 %", "verdict in same, inconclusive", "bytes<4MB", "not worse", "same@a"]
    assert [one.text for one in found] == words


def test_a_flag_and_its_opposite_share_out_what_is_decided():
    for name, flag in FLAGS.items():
        kind = ANSWERS[flag.of]
        assert {*flag.yes, *flag.no} <= set(kind.answers), name
        assert not {*flag.yes} & {*flag.no}
        assert set(kind.answers) - {*flag.yes, *flag.no} <= set(kind.undecided)


@pytest.mark.parametrize(
    ("text", "code", "character", "named"),
    [
        ("", "SF601", 1, ()),
        ("disagreement", "SF601", 13, ("<=",)),
        ("disagreement == 0", "SF601", 14, ("'='", "<=")),
        ("disagreement < = 0.1", "SF601", 16, ("'='",)),
        ("disagreement < and", "SF601", 16, ("'and'",)),
        ("disagreement < 0.1 and", "SF601", 23, ()),
        ("disagreement < 0.1 or bytes < 4", "SF605", 20, ("'or'", "%")),
        ("disagreement < 1 % bytes < 4", "SF601", 20, ("'bytes'", "`and`")),
        ("0.1 > disagreement", "SF601", 1, ("'0.1'",)),
        ("__import__('os').system('true') < 1", "SF601", 11, ()),
        ("__class__ < 1", "SF602", 1, ("'__class__'",)),
        ("disagreemnt < 0.1", "SF602", 1, ("'disagreemnt'", "disagreement")),
        ("relative_distance < 0.1", "SF603", 19, ("relative_distance[disagreement]",)),
        ("relative_distance[accuracy] < 0.1", "SF603", 19, ("'accuracy'", "relative_distance[disagreement]")),
        ("relative_distance[total_variaton] < 0.1", "SF603", 19, ("total_variation",)),
        ("relative_distance[disagreement < 0.1", "SF601", 32, ("'<'", "]")),
        ("bytes[disagreement] < 1", "SF603", 6, ("write bytes",)),
        ("bytes < 1 %", "SF605", 11, ("'%'", "kB, MB, GB, KiB, MiB, GiB")),
        ("kl_divergence < 1 %", "SF605", 19, ("'%'", "kl_divergence")),
        ("bytes < 1 mb", "SF605", 11, ("'mb'", "MB")),
        ("bytes < 1e999", "SF604", 9, ()),
        ("bytes < nan", "SF601", 9, ("'nan'",)),
        ("verdict < 1", "SF601", 9, ("'<'", "`in`")),
        ("verdict < same", "SF601", 9, ("verdict in same",)),
        ("verdict = same", "SF601", 9, ("<=", "verdict in same")),
        ("flips_harm < 1 %", "SF602", 1, ("negative_flips",)),
        ("size < 1 MB", "SF602", 1, ("bytes",)),
        ("disagreement < 0,5 %", "SF604", 17, ("0.5",)),
        ("bytes < 1,000", "SF604", 10, ("1.000", "1000")),
        ("verdict in samee", "SF606", 12, ("'samee'", "same, inconclusive")),
        ("verdict in same,", "SF606", 17, ("broken",)),
        # It was a verdict once.
        ("verdict in same, independent", "SF606", 18, ("distance in independent", "changed")),
        ("quality in same", "SF606", 12, ("'same'", "better, no difference shown, worse")),
        ("distance < 0.1", "SF601", 10, ("`in`",)),
        ("not disagreement < 1 %", "SF601", 5, ("same, worse, near",)),
        ("not", "SF601", 4, ("a flag",)),
        ("same < 1", "SF601", 6, ("`and`",)),
        ("saem", "SF602", 1, ("same",)),
        ("worst_class[disagreement] < 5 %", "SF602", 1, ("write worst_part",)),
        ("net_loss < 1", "SF604", 12, ("1 %",)),
        ("disagreement in same", "SF601", 14, ("'in'",)),
        ('disagreement@"" < 0.1', "SF601", 15, ()),
        ('disagreement@"x < 0.1', "SF601", 13, ("'@'",)),
        # One percent is meant.
        ("disagreement < 1", "SF604", 16, ("between 0 and 1", "1 %")),
        ("disagreement <= 5", "SF604", 17, ("5 %",)),
        ("negative_flips > -0.1", "SF604", 18, ("between 0 and 1",)),
        ("bytes < -1", "SF604", 9, ("0 and inf",)),
        ("disagreement < 0.\u0661", "SF601", 18, ()),
        ("disagreement < 0.1\nand", "SF601", 23, ()),
        ("x" * 1001, "SF600", None, ("1,001", "1,000")),
    ],
)
def test_what_is_no_requirement_is_refused_at_its_character(text, code, character, named):
    with pytest.raises(InputError) as error:
        parse(text)
    assert error.value.code == code
    place = f"requirement {text!r}, character {character}"
    assert error.value.where == (place if character else f"requirement {text[:40]!r}...")
    assert [name for name in named if name not in f"{error.value.what} {error.value.fix}"] == []
    assert len(str(error.value).splitlines()) == 1


def _limits(quantity):
    """Limits that decide something: within the quantity's range, not at its ends."""
    known = QUANTITIES[quantity]
    low = max(known.low, -1e300) if math.isfinite(known.low) else -1e300
    high = min(known.high, 1e300) if math.isfinite(known.high) else 1e300
    numbers = st.floats(low, high, exclude_min=True, exclude_max=True)
    return st.builds(NumericTest, st.sampled_from(["<", "<=", ">", ">="]), numbers)


@st.composite
def requirements(draw):
    quantity = draw(st.sampled_from([*QUANTITIES, *ANSWERS]))
    candidate = draw(st.text(max_size=20))
    if quantity in ANSWERS:
        answers = draw(st.lists(st.sampled_from(ANSWERS[quantity].answers), min_size=1, unique=True))
        return Requirement(quantity, "", candidate, WordTest(tuple(answers)))
    arguments = QUANTITIES[quantity].arguments
    argument = draw(st.sampled_from(arguments)) if arguments else ""
    return Requirement(quantity, argument, candidate, draw(_limits(quantity)))


@given(st.lists(requirements(), min_size=1, max_size=3))
def test_what_is_printed_is_read_back(wanted):
    assert parse(" and ".join(map(str, wanted))) == tuple(wanted)


@example("\x85")
@given(st.text(max_size=60) | st.text('scaledigremnt[]@<>=.0123456789 %"\\,in', max_size=40))
def test_any_text_is_read_or_refused(text):
    try:
        line = " ".join(requirement.quantity for requirement in parse(text))
    except InputError as error:
        line = str(error)
    assert len(line.splitlines()) == 1


PIECES = [
    "relative_distance",
    "disagreement",
    "verdict",
    "loss",
    "within",
    "not",
    "worse",
    "in",
    "same",
    "[",
    "]",
    "@",
    '"',
    "<",
    ">=",
    "1",
    "0.1",
    "%",
    "and",
    ",",
]


@given(st.lists(st.sampled_from(PIECES), max_size=12))
def test_what_is_nearly_a_requirement_is_read_or_refused(pieces):
    try:
        found = parse(" ".join(pieces))
    except InputError:
        return
    assert parse(" and ".join(map(str, found))) == found
