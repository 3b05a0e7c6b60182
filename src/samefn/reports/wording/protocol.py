"""What a study did otherwise than the corrected method: the protocol, and the switches that were on, in words."""

from dataclasses import dataclass

from samefn.config.switches import DIFFERENCES
from samefn.core.naming import join_words
from samefn.schema.report import Report


@dataclass(frozen=True)
class Said:
    """What was done otherwise.

    Attributes:
        term: `Protocol`, or `Switch on`.
        sentence: what that is; names of switches, and for people who asked for one switch what it does.
        details: of each switch its name and what it does, where the sentence does not say so.
    """

    term: str
    sentence: str
    details: tuple[tuple[str, str], ...] = ()


def protocol_said(report: Report) -> Said | None:
    """What the report's study did otherwise; none for the corrected method, and where there was no study."""
    if report.protocol == "published":
        sentence = (
            "published: the paper's notebooks as they are, with these switches on: "
            f"{join_words(list(DIFFERENCES))}; not the corrected method."
        )
        details = tuple((name, f"{one.title}: {one.published}.") for name, one in DIFFERENCES.items())
        return Said("Protocol", sentence, details)
    if not report.switches:
        return None
    term = "Switch on" if len(report.switches) == 1 else "Switches on"
    return Said(term, "; ".join(map(_switch, report.switches)) + ".")


def variant_words(variant: str) -> str:
    """What a study of a suite did otherwise, after its name; empty for the corrected method.

    >>> variant_words("double-softmax")[:50]
    'switch on: double-softmax: softmax in distillation'
    """
    if variant == "published":
        return "protocol published: the paper's notebooks as they are, not the corrected method"
    return "" if variant == "corrected" else f"switch on: {_switch(variant)}"


def _switch(name: str) -> str:
    """A switch with what it does; one that samefn does not know by its name alone."""
    known = next((one for switch, one in DIFFERENCES.items() if switch == name), None)
    return f"{name}: {known.title}: {known.published}" if known else name
