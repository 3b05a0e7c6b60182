"""Shares in specs: percent or a number below 1, and never a guess which of the two is meant."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samefn.config.read import read_spec
from samefn.config.read_comparison import read_comparison
from samefn.config.shares import share_of
from samefn.core.errors import InputError


@given(st.integers(1, 10**6), st.integers(0, 6))
def test_a_percent_is_the_nearest_number_to_its_hundredth(digits, places):
    """0.7% is the same number as 0.007, which 0.7 / 100 is not."""
    share = Fraction(digits, 10**places) / 100
    text = f"{digits / 10**places:.{places}f}"
    if share > 1:
        with pytest.raises(ValueError, match="above 100%"):
            share_of(f"{text}%")
        return
    for written in (f"{text}%", f" {text} % "):
        assert share_of(written) == float(share)
    if share < 1:
        assert share_of(str(float(share))) == share_of(float(share)) == float(share)


@pytest.mark.parametrize(
    ("written", "named"),
    [
        (5, "write 5%"),
        ("5", "write 5%"),
        (0.5 + 0.5, "write 1.0%"),
        ("1", "write 1%"),
        (500, "like 5%"),
        ("9" * 5000, "like 5%"),
        ("1e-400", "not above 0"),
        ("9e9999999%", "no share"),
        (0, "not above 0"),
        (-0.1, "not above 0"),
        ("-1%", "not above 0"),
        ("0%", "not above 0"),
        ("nan", "no share"),
        ("inf", "no share"),
        (float("nan"), "no share"),
        (True, "no share"),
        (None, "no share"),
        ([0.1], "no share"),
        ("0,5%", "no share"),
        ("0.5%%", "no share"),
        ("%", "no share"),
        ("", "no share"),
        ("half", "no share"),
    ],
)
def test_what_is_no_share_is_refused_with_what_to_write(written, named):
    with pytest.raises(ValueError, match=named):
        share_of(written)


@given(st.text(max_size=12) | st.text("0123456789.%e-+_ ", max_size=8))
def test_any_text_is_a_share_or_refused_in_one_line(text):
    try:
        assert 0 < share_of(text) <= 1
    except ValueError as error:
        assert len(str(error).splitlines()) == 1  # noqa: PT017


MODELS = ["base.onnx", "near.onnx"]


def test_options_settings_and_files_say_limits_alike(tmp_path):
    path = tmp_path / "pair.toml"
    path.write_text(
        'base = "b.onnx"\ncandidates = ["c.onnx"]\nlimit = "0.5%"\nclass_limit = 0.02\nloss_limit = "0.002"\n'
        'simultaneous = true\nunlabelled = "more.npz"\n'
    )
    options = {"limit": "0.5%", "class_limit": "0.02", "loss_limit": "0.2 %", "simultaneous": True}
    settings = ["limit=0.5%", "class_limit=0.02", "loss_limit=0.2%", "simultaneous=true", "unlabelled.path=more.npz"]
    specs = [
        read_comparison([str(path)], {}),
        read_comparison(MODELS, {**options, "unlabelled": "more.npz"}),
        read_comparison(MODELS, {}, settings),
    ]
    for spec in specs:
        assert (spec.limit, spec.class_limit, spec.loss_limit) == (0.005, 0.02, 0.002)
        assert (spec.simultaneous, spec.unlabelled.path) == (True, "more.npz")
    # An option replaces the key of the file.
    assert read_comparison([str(path)], {"limit": "3%"}).limit == 0.03
    study = read_spec("digits", [one for one in settings if "unlabelled" not in one])
    assert (study.limit, study.class_limit, study.loss_limit, study.simultaneous) == (0.005, 0.02, 0.002, True)


def test_without_any_the_rule_decides():
    for spec in (read_comparison(MODELS, {}), read_spec("digits")):
        assert (spec.limit, spec.class_limit, spec.loss_limit, spec.simultaneous) == (None, None, None, False)


def test_a_limit_that_is_none_is_one_line_with_its_place():
    with pytest.raises(InputError) as error:
        read_comparison(MODELS, {}, ["limit=5"])
    assert (error.value.code, error.value.where) == ("SF101", "--set limit")
    assert "5%" in error.value.what
    with pytest.raises(InputError) as error:
        read_comparison(MODELS, {"class_limit": "5"})
    assert (error.value.code, error.value.where) == ("SF101", "the command line: class_limit")
