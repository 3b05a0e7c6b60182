"""What a claim's outcome hangs on, from its outcomes under both protocols and under each switch alone."""

from collections.abc import Mapping

from samefn.config.switches import SWITCHES
from samefn.core.naming import join_words
from samefn.schema.overview import Settled
from samefn.schema.protocols import Switch
from samefn.schema.verdicts import ClaimOutcome

SEVERAL, PROTOCOL = "several switches together", "the protocol"


def settle(outcomes: Mapping[str, ClaimOutcome | None]) -> Settled:
    """One outcome of a claim from those under `corrected`, `published` and each switch alone.

    Where the two protocols agree, or only one of them was asked, that is the outcome. Where one of them cannot tell
    nothing is known to hang on the protocol, and corrected's outcome stands. Where one holds and the other does not it
    depends on the switches whose single flip on corrected gives published's outcome; where none does, on several
    together; where the switches were not all run, on the protocol.

    Args:
        outcomes: by `corrected`, `published` or the name of a switch; none where that study was not made.

    >>> settle({"corrected": "does not hold", "published": "holds", "double-softmax": "holds"}).depends_on
    'double-softmax'
    """
    corrected, published = outcomes.get("corrected"), outcomes.get("published")
    because = "; ".join(
        f"{name}: {outcome or 'not made'}" for name, outcome in outcomes.items() if name not in SWITCHES
    )
    alone = {name: outcomes[name] for name in SWITCHES if name in outcomes}
    decided = [one for one in (corrected, published) if one is not None and one != "not asked"]
    if len(decided) < 2 or corrected == published or "cannot tell" in decided:
        outcome = decided[0] if decided else corrected or published or "cannot tell"
        moved = tuple(name for name, one in alone.items() if one not in {None, "not asked", corrected})
        if moved and corrected in decided:
            moves = [f"{name} to: {alone[name]}" for name in moved]
            because += f"; one switch alone moves it: {join_words(moves)}"
        return Settled(outcome=outcome, because=because)
    carrying = tuple(name for name, one in alone.items() if one == published)
    if carrying:
        give = "alone gives" if len(carrying) == 1 else "each alone give"
        said = f"{join_words(carrying)} {give} the latter"
        return _depends(join_words(carrying), because, said, carrying)
    if alone and None not in alone.values():
        return _depends(SEVERAL, because, "no switch alone gives the latter")
    why = "not every switch could be tried alone" if alone else "the switches were not tried one at a time"
    return _depends(PROTOCOL, because, why)


def _depends(on: str, because: str, why: str, switches: tuple[Switch, ...] = ()) -> Settled:
    return Settled(outcome="depends on", depends_on=on, switches=switches, because=f"{because}; {why}")
