"""Shares as users write them: `0.5%`, or a number below 1."""

from decimal import Decimal
from typing import Annotated, TypeAlias

from pydantic import BeforeValidator, Field


def share_of(written: object) -> float:
    """A share above 0 and at most 1, from a number below 1 or a text such as `0.5%`.

    A 1 without a percent sign is refused: it may mean all, or one percent.

    Raises:
        ValueError: it is no such share; the error says what to write.

    >>> share_of("0.5%"), share_of(" 2 % "), share_of("0.02"), share_of(0.02)
    (0.005, 0.02, 0.02, 0.02)
    """
    text = str(written).strip()
    number = text.removesuffix("%").strip()
    percent = number != text
    try:
        share = Decimal("NaN" if isinstance(written, bool) else number) / (100 if percent else 1)
    except ArithmeticError:
        share = Decimal("NaN")
    shown = f"{text:.40}"
    if not share.is_finite():
        msg = f"{shown!r} is no share; write one like 0.5% or 0.005"
    elif float(share) <= 0:
        msg = f"{shown} is not above 0; write a share like 0.5%"
    elif percent and share > 1:
        msg = f"{shown} is above 100%; write a share like 5%"
    elif not percent and share >= 1:
        advice = f"write {shown}%" if share <= 100 else "write a share like 5%"
        msg = f"{shown} is {'above' if share > 1 else 'not below'} 1; {advice}"
    else:
        return float(share)
    raise ValueError(msg)


LimitShare: TypeAlias = Annotated[float, BeforeValidator(share_of), Field(gt=0, le=1)]
"""A share in a spec."""
