"""How far a candidate is: its relative distance, between the base's own noise and an independent."""

from samefn.reports.answers.fact import Fact
from samefn.reports.wording.groups import Tone
from samefn.reports.wording.numbers import format_two_decimals
from samefn.reports.wording.verdicts import DISTANCES, REFUSAL_WORDS, relative_distances
from samefn.schema.report import Report
from samefn.schema.verdicts import HowFar, VerdictEntry

_TONES: dict[HowFar, Tone] = {
    "near": "unchanged",
    "not shown": "alike",
    "between": "alike",
    "independent": "farther",
}


def distance_fact(report: Report, verdict: VerdictEntry) -> Fact:
    """Its relative distance with what that means, or why there is none."""
    entry = next(iter(relative_distances(report, verdict)), None)
    key, label = "distance", "relative distance"
    if entry is None or entry.refused == "no independents" or verdict.distance is None:
        return Fact(key, label, "not measured", note="no independents", short="")
    if entry.refused:
        return Fact(key, label, "none", note=REFUSAL_WORDS[entry.refused])
    shown = format_two_decimals(entry.value, entry.low, entry.high)
    moved = ", all probabilities moved" if verdict.probabilities_moved else ""
    note = f"{DISTANCES[verdict.distance]}{moved}"
    return Fact(key, label, shown.text, shown.interval, note, _TONES[verdict.distance])
