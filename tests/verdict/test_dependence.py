"""What a claim hangs on, by hand from made-up outcomes."""

import pytest

from samefn.config.switches import SWITCHES
from samefn.verdict.claim_dependence import settle

HOLDS, FAILS, UNKNOWN, UNASKED = "holds", "does not hold", "cannot tell", "not asked"


def switched(**outcomes):
    """Every switch as corrected has it, `does not hold`, but for those named (with _ for -)."""
    return dict.fromkeys(SWITCHES, FAILS) | {name.replace("_", "-"): outcome for name, outcome in outcomes.items()}


@pytest.mark.parametrize(
    ("corrected", "published", "switches", "outcome", "depends_on"),
    [
        (HOLDS, HOLDS, {}, HOLDS, ""),
        (FAILS, FAILS, switched(double_softmax=HOLDS), FAILS, ""),
        (UNKNOWN, UNKNOWN, {}, UNKNOWN, ""),
        (FAILS, HOLDS, {}, "depends on", "the protocol"),
        (FAILS, HOLDS, switched(double_softmax=HOLDS), "depends on", "double-softmax"),
        (
            FAILS,
            HOLDS,
            switched(double_softmax=HOLDS, student_adamax=HOLDS),
            "depends on",
            "double-softmax and student-adamax",
        ),
        # A switch that leads to a third outcome does not give published's.
        (FAILS, HOLDS, switched(double_softmax=UNKNOWN), "depends on", "several switches together"),
        # Not to know is no other answer.
        (FAILS, UNKNOWN, switched(prune_everything=UNKNOWN), FAILS, ""),
        (UNKNOWN, HOLDS, {}, UNKNOWN, ""),
        # Only the switches that were run count; one that could not be made leaves it open which it is.
        (FAILS, HOLDS, {"dynamic-range": FAILS}, "depends on", "several switches together"),
        (FAILS, HOLDS, {"dynamic-range": FAILS, "double-softmax": None}, "depends on", "the protocol"),
        (FAILS, HOLDS, {"dynamic-range": HOLDS, "double-softmax": None}, "depends on", "dynamic-range"),
        # A protocol that has no model to ask, or could not be made, is no other answer.
        (FAILS, UNASKED, switched(), FAILS, ""),
        (UNASKED, HOLDS, {}, HOLDS, ""),
        (UNASKED, UNASKED, {}, UNASKED, ""),
        (FAILS, None, switched(double_softmax=HOLDS), FAILS, ""),
        (None, HOLDS, {}, HOLDS, ""),
        (None, None, {}, UNKNOWN, ""),
    ],
)
def test_what_an_outcome_depends_on(corrected, published, switches, outcome, depends_on):
    settled = settle({"corrected": corrected, "published": published, **switches})
    assert (settled.outcome, settled.depends_on) == (outcome, depends_on)
    assert set(settled.switches) == {name for name in SWITCHES if name in depends_on}


def test_what_was_not_made_and_what_moves_it_alone_are_said():
    said = settle({"corrected": FAILS, "published": FAILS, **switched(double_softmax=HOLDS)}).because
    assert (
        said
        == "corrected: does not hold; published: does not hold; one switch alone moves it: double-softmax to: holds"
    )
    assert settle({"corrected": None, "published": HOLDS}).because == "corrected: not made; published: holds"


@pytest.mark.parametrize("only", ["corrected", "published"])
def test_one_protocol_alone_decides(only):
    assert settle({only: HOLDS}).outcome == HOLDS
