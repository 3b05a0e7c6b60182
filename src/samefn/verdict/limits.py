"""The limits of a verdict, and where they come from."""

from dataclasses import dataclass

from samefn.core.errors import InputError
from samefn.schema.verdicts import LimitOrigin

MOST = 0.01  # of the share of changed predictions
LEAST = 0.001
OF_ERRORS = 0.1  # independents disagree about as often as they err: a tenth of the error is a tenth of the way to one
CLASS_LIMITS = 5.0  # limits of the whole that one class or slice may have
LOSS_LIMITS = 0.5  # limits of the whole that the net loss of accuracy may have


@dataclass(frozen=True)
class GivenLimits:
    """The limits that a user set.

    Attributes:
        limit: of the share of changed predictions, above 0 and at most 1; None for the rule.
        class_limit: of one class or slice; None for five limits.
        loss_limit: of the net loss of accuracy; None for half the limit. Of a language model, of the ln of its
            perplexity over the base's.
        kl_limit: of a language model's mean KL divergence from the base, nats a token.
    """

    limit: float | None = None
    class_limit: float | None = None
    loss_limit: float | None = None
    kl_limit: float | None = None

    def __post_init__(self) -> None:
        for name in ("limit", "class_limit", "loss_limit"):
            value = getattr(self, name)
            if value is not None and not 0 < value <= 1:
                raise InputError("SF461", f"{value:g} is no share", where=name, fix="give one above 0 and at most 1")
        if self.kl_limit is not None and not self.kl_limit > 0:
            raise InputError("SF461", f"{self.kl_limit:g} is not above 0", where="kl_limit", fix="give nats a token")


@dataclass(frozen=True)
class Limits:
    """The limits of one verdict, shares from 0 to 1.

    Attributes:
        limit: of changed predictions.
        origin: where it comes from.
        class_limit: of changed predictions of one class or slice.
        loss_limit: of the net loss of accuracy.
    """

    limit: float
    origin: LimitOrigin
    class_limit: float
    loss_limit: float


def limits_for(given: GivenLimits, base_error: float | None) -> Limits:
    """The limits: those given, else a tenth of the base's error rate, at least 0.1 % and at most 1 %; else 1 %.

    The limit that follows from the errors counted is taken as given: the errors of the verdict do not count its own.

    Args:
        given: what a user set.
        base_error: share of examples that the base has wrong; None without labels.

    Source:
        Jiang et al. 2022, Assessing Generalization of SGD via Disagreement.

    >>> limits_for(GivenLimits(), 0.04).limit, limits_for(GivenLimits(), 0.3).origin
    (0.004, 'most')
    """
    limit, origin = _limit(given, base_error)
    return Limits(
        limit,
        origin,
        min(1.0, CLASS_LIMITS * limit) if given.class_limit is None else given.class_limit,
        LOSS_LIMITS * limit if given.loss_limit is None else given.loss_limit,
    )


def _limit(given: GivenLimits, base_error: float | None) -> tuple[float, LimitOrigin]:
    if given.limit is not None:
        return given.limit, "given"
    if base_error is None:
        return MOST, "no labels"
    tenth = OF_ERRORS * base_error
    if tenth > MOST:
        return MOST, "most"
    return (LEAST, "least") if tenth < LEAST else (tenth, "base error")
