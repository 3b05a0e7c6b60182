"""The two protocols and the switches between them."""

import pytest

from samefn.config.read import read_study
from samefn.config.switches import DIFFERENCES, SWITCHES, takes_softmax_for_logits
from samefn.core.errors import InputError


def test_every_switch_says_what_both_protocols_do():
    assert set(DIFFERENCES) == set(SWITCHES)
    for difference in DIFFERENCES.values():
        assert difference.published != difference.corrected


def test_published_is_all_switches_and_corrected_none():
    assert read_study("digits", ["protocol=published"]).in_force == set(SWITCHES)
    assert read_study("digits").in_force == frozenset()
    assert read_study("digits", ["switches=['double-softmax']"]).in_force == {"double-softmax"}


@pytest.mark.parametrize(
    "settings",
    [
        ["protocol=published", "switches=['double-softmax']"],
        ["switches=['double-softmax', 'double-softmax']"],
        ["switches=['softmax']"],
    ],
)
def test_switches_that_cannot_be_combined_are_refused(settings):
    with pytest.raises(InputError, match="SF101"):
        read_study("digits", settings)


def test_which_students_take_softmax_for_logits():
    """The notebooks: on MNIST those of alpha 0.5 with seed 42 and all of alpha 0.9."""
    taken = {(a, s) for a in (0.1, 0.5, 0.9) for s in (42, 24, 2) if takes_softmax_for_logits("mnist", a, s)}
    assert taken == {(0.5, 42), (0.9, 42), (0.9, 24), (0.9, 2)}
    assert not takes_softmax_for_logits("cifar10", 0.9, 42)
