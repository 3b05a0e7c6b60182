"""The answers of a verdict in capital words, its limit, and what would settle it."""

from collections.abc import Sequence

from samefn.reports.wording.groups import Tone
from samefn.reports.wording.numbers import format_limit, format_number_of
from samefn.reports.wording.outcomes import OUTCOMES, rank
from samefn.reports.wording.verdicts import ORIGINS, rounded_up
from samefn.schema.verdicts import Quality, VerdictEntry

_SAID: tuple[Quality, ...] = ("worse", "better")


def answer_words(verdicts: Sequence[VerdictEntry]) -> str:
    """The first two answers in capitals; where seeds of one method differ, the worst with how many of them have it.

    No word says that no difference in accuracy is shown.
    """
    outcomes, qualities = [one.outcome for one in verdicts], [one.quality for one in verdicts]
    worst = max(outcomes, key=rank)
    words = [_counted(OUTCOMES[worst].title, outcomes.count(worst), len(verdicts))]
    words += [_counted(one, qualities.count(one), len(verdicts)) for one in _SAID if one in qualities]
    return ", ".join(words).upper()


def answer_tone(verdicts: Sequence[VerdictEntry]) -> Tone:
    """That of the worst outcome; *same* that is worse is no good news."""
    worst = max(verdicts, key=lambda one: rank(one.outcome))
    tone = OUTCOMES[worst.outcome].tone
    return "alike" if tone == "unchanged" and any(one.quality == "worse" for one in verdicts) else tone


def limit_words(verdict: VerdictEntry) -> str:
    """The limit of the first answer with its origin; those of a language model stand beside its figures."""
    against = verdict.against[0]
    if verdict.reason == "figures":
        given = any(one.origin == "given" for one in verdict.against)
        return "limits partly as given" if given else "limits: the rule for language models"
    return f"limit {format_limit(against.limit)} % of predictions ({ORIGINS[against.origin]})"


def what_would_settle_it(verdict: VerdictEntry) -> str:
    """About how many more inputs, and what they would show; empty where it is settled, and for language models."""
    if verdict.outcome != "inconclusive" or verdict.reason == "figures":
        return ""
    more = more_inputs(verdict)
    if more is None:
        return "no number of inputs that one could have: the share is at the limit"
    share = verdict.against[0]
    shown = "changed" if share.value > share.limit else "the same"
    return f"about {format_number_of(more, 'more input')} would show it {shown} if the share stays"


def more_inputs(verdict: VerdictEntry) -> int | None:
    """About how many more inputs would settle it; none where it is settled, and where none would."""
    if verdict.inputs_needed is None:
        return None
    return rounded_up(max(1, verdict.inputs_needed - verdict.examples))


def _counted(word: str, number: int, total: int) -> str:
    return word if number == total else f"{word} {number}/{total}"
