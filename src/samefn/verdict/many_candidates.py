"""Many candidates: the error of each, and the chance that any of them is wrongly called the same."""


def error_of_each(confidence: float, candidates: int, *, simultaneous: bool) -> float:
    """The one-sided error of each candidate's answers.

    Args:
        confidence: of every interval, above 0 and below 1.
        candidates: how many there are.
        simultaneous: whether the errors of all are to be no larger together than that of one (Bonferroni).

    >>> error_of_each(0.95, 5, simultaneous=True)
    0.005
    """
    error = round((1 - confidence) / 2, 15)  # 0.025, and not 0.025000000000000022
    return error / max(1, candidates) if simultaneous else error


def chance_of_any(error: float, candidates: int) -> float:
    """The chance that one or more of so many independent answers is wrong.

    Of answers about the same inputs, which tend to be wrong together, it is the most.

    >>> round(chance_of_any(0.025, 5), 4)
    0.1189
    """
    return float(1 - (1 - error) ** candidates)
