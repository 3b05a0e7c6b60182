"""What was transferred, in words: one case an outcome, and questions whose alphas differ."""

from collections.abc import Iterator

from samefn.reports.wording.transfer import measure_words


def transfer_wording() -> Iterator[tuple[str, str]]:
    for measure in ("disagreement", "total_variation"):
        yield f"transfer, measure {measure}", measure_words(measure)
