"""What a claim depends on, by hand from made-up outcomes."""

import pytest

from samefn.config.switches import SWITCHES
from samefn.verdict.claim_dependence import combine_protocols

HOLDS, FAILS, UNKNOWN, UNTESTED = "holds", "does not hold", "inconclusive", "not tested"


def combined(outcomes):
    return combine_protocols("C4", "mnist-lenet", outcomes)


def switched(**outcomes):
    """Every switch as corrected has it, `does not hold`, but for those named (with _ for -)."""
    return dict.fromkeys(SWITCHES, FAILS) | {name.replace("_", "-"): outcome for name, outcome in outcomes.items()}


@pytest.mark.parametrize(
    ("corrected", "published", "switches", "outcome", "depends_on", "carrying"),
    [
        (HOLDS, HOLDS, {}, HOLDS, None, ()),
        (FAILS, FAILS, switched(double_softmax=HOLDS), FAILS, None, ()),
        (UNKNOWN, UNKNOWN, {}, UNKNOWN, None, ()),
        (FAILS, HOLDS, {}, "depends on", "no switch", ()),
        (FAILS, HOLDS, switched(double_softmax=HOLDS), "depends on", "switches", ("double-softmax",)),
        (
            FAILS,
            HOLDS,
            switched(double_softmax=HOLDS, student_adamax=HOLDS),
            "depends on",
            "switches",
            ("double-softmax", "student-adamax"),
        ),
        # A switch that leads to a third outcome does not give published's.
        (FAILS, HOLDS, switched(double_softmax=UNKNOWN), "depends on", "several switches", ()),
        # Not to know is no other answer.
        (FAILS, UNKNOWN, switched(prune_everything=UNKNOWN), FAILS, None, ()),
        (UNKNOWN, HOLDS, {}, UNKNOWN, None, ()),
        # Only the switches that were run count; one that could not be made leaves it open which it is.
        (FAILS, HOLDS, {"dynamic-range": FAILS}, "depends on", "several switches", ()),
        (FAILS, HOLDS, {"dynamic-range": FAILS, "double-softmax": None}, "depends on", "not every switch", ()),
        (FAILS, HOLDS, {"dynamic-range": HOLDS, "double-softmax": None}, "depends on", "switches", ("dynamic-range",)),
        # A protocol that has no model to ask, or could not be made, is no other answer.
        (FAILS, UNTESTED, switched(), FAILS, None, ()),
        (UNTESTED, HOLDS, {}, HOLDS, None, ()),
        (UNTESTED, UNTESTED, {}, UNTESTED, None, ()),
        (FAILS, None, switched(double_softmax=HOLDS), FAILS, None, ()),
        (None, HOLDS, {}, HOLDS, None, ()),
        (None, None, {}, UNKNOWN, None, ()),
    ],
)
def test_what_an_outcome_depends_on(corrected, published, switches, outcome, depends_on, carrying):
    found = combined({"corrected": corrected, "published": published, **switches})
    assert (found.claim, found.pair) == ("C4", "mnist-lenet")
    assert (found.outcome, found.depends_on, found.switches) == (outcome, depends_on, carrying)


def test_switches_that_move_an_outcome_on_which_the_protocols_agree():
    moved = switched(double_softmax=HOLDS, dynamic_range=UNTESTED, student_adamax=UNKNOWN)
    assert combined({"corrected": FAILS, "published": FAILS, **moved}).moved_by == ("double-softmax", "student-adamax")
    assert combined({"corrected": FAILS, "published": FAILS, **switched()}).moved_by == ()
    assert combined({"corrected": None, "published": HOLDS, **switched()}).moved_by == ()
    assert combined({"corrected": FAILS, "published": HOLDS, **moved}).moved_by == ()


@pytest.mark.parametrize("only", ["corrected", "published"])
def test_one_protocol_alone_decides(only):
    assert combined({only: HOLDS}).outcome == HOLDS
