"""What a claim's outcome depends on, from its outcomes under both protocols and under each switch alone."""

from collections.abc import Mapping

from samefn.config.switches import SWITCHES
from samefn.schema.claims import ClaimId, ClaimOutcome
from samefn.schema.overview import ClaimOfPair, Dependence
from samefn.schema.protocols import Variant


def combine_protocols(claim: ClaimId, pair: str, outcomes: Mapping[Variant, ClaimOutcome | None]) -> ClaimOfPair:
    """One outcome of a claim from those under `corrected`, `published` and each switch alone.

    Where the two protocols agree, or only one of them has an outcome, that is the outcome. Where one of them is
    inconclusive nothing is known to depend on the protocol, and corrected's outcome stands. Where one holds and the
    other does not, it depends on the switches whose single flip on corrected gives published's outcome; where none
    does, on several together; where the switches were not all run, it is not known on which.

    Args:
        claim: C1 to C5.
        pair: the pair's name.
        outcomes: by protocol or switch; none where that study was not made.

    >>> outcomes = {"corrected": "does not hold", "published": "holds", "double-softmax": "holds"}
    >>> combine_protocols("C4", "mnist-lenet", outcomes).switches
    ('double-softmax',)
    """
    corrected, published = outcomes.get("corrected"), outcomes.get("published")
    alone = {name: outcomes[name] for name in SWITCHES if name in outcomes}
    decided = [outcome for outcome in (corrected, published) if outcome is not None and outcome != "not tested"]
    if len(decided) < 2 or corrected == published or "inconclusive" in decided:
        outcome = decided[0] if decided else corrected or published or "inconclusive"
        moved = tuple(name for name, single in alone.items() if single not in {None, "not tested", corrected})
        moved_by = moved if corrected in decided else ()
        return ClaimOfPair(claim=claim, pair=pair, outcome=outcome, moved_by=moved_by)
    switches = tuple(name for name, single in alone.items() if single == published)
    depends_on: Dependence
    if switches:
        depends_on = "switches"
    elif alone:
        depends_on = "not every switch" if None in alone.values() else "several switches"
    else:
        depends_on = "no switch"
    return ClaimOfPair(claim=claim, pair=pair, outcome="depends on", depends_on=depends_on, switches=switches)
