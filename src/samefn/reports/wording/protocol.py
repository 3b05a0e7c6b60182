"""How a study differs from the corrected method: its protocol, and the switches that were on, in words."""

from dataclasses import dataclass

from samefn.config.switches import DIFFERENCES
from samefn.core.naming import join_words
from samefn.schema.report import Report


@dataclass(frozen=True)
class ProtocolNotice:
    """How a study differs from the corrected method.

    Attributes:
        term: `Protocol`, or `Switch on`.
        sentence: the protocol or the switches; of a single switch also what it does.
        details: each switch and what it does, where the sentence does not say so.
    """

    term: str
    sentence: str
    details: tuple[tuple[str, str], ...] = ()


def protocol_notice(report: Report) -> ProtocolNotice | None:
    """How the report's study differs; none for the corrected method, and where there was no study."""
    if report.protocol == "published":
        sentence = (
            "published: the paper's notebooks as they are, with these switches on: "
            f"{join_words(list(DIFFERENCES))}; not the corrected method."
        )
        details = tuple(
            (name, f"{difference.title}: {difference.published}.") for name, difference in DIFFERENCES.items()
        )
        return ProtocolNotice("Protocol", sentence, details)
    if not report.switches:
        return None
    term = "Switch on" if len(report.switches) == 1 else "Switches on"
    return ProtocolNotice(term, "; ".join(map(_switch, report.switches)) + ".")


def variant_words(variant: str) -> str:
    """How a study of a suite differs from the corrected method; empty for the corrected method.

    >>> variant_words("double-softmax")[:50]
    'switch on: double-softmax: softmax in distillation'
    """
    if variant == "published":
        return "protocol published: the paper's notebooks as they are, not the corrected method"
    return "" if variant == "corrected" else f"switch on: {_switch(variant)}"


def _switch(name: str) -> str:
    """A switch and what it does; only the name of one that samefn does not know."""
    difference = next((known for switch, known in DIFFERENCES.items() if switch == name), None)
    return f"{name}: {difference.title}: {difference.published}" if difference else name
