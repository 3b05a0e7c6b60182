"""Notes beside the figures of a report, as codes: why there is no value, or what limits the value or its interval."""

from typing import Literal

from samefn.schema.base import Count, Part

# When a figure is not defined although nothing is missing.
UndefinedCode = Literal[
    "base never right",
    "base never wrong",
    "never wrong or different",
    "both all right or all wrong",
    "one does not vary",
]
NoteCode = Literal[
    "no labels",
    "classes only",
    UndefinedCode,
    "infinite",
    "binned",
    "some examples",
    "few differ",
    "unseen",
    "infinite examples",
    "unknown step",
    "few outweigh all",
    "extreme",
    "few beyond",
    "few blocks",
]


class Note(Part):
    """Why there is no value, or what limits the value or its interval.

    Attributes:
        code: no value: `no labels`; `classes only`, no probabilities, of one of the two models; or the case in which
            the figure is not defined. No interval: `infinite`, the value is (over blocks there is no value either);
            `binned`, a bootstrap of binned errors is biased upwards; `extreme`, the value is the text's own least or
            greatest. Limits: `some examples`, the value is over these alone; `few differ`, in reports of an
            older version, the interval is too narrow; `unseen`, most of the interval allows for an example of the
            largest change that was not drawn; `infinite examples`, of so many the measure is infinite; `unknown step`,
            no finite form of it can be given; `few outweigh all`, the interval is rough; `few
            beyond`, the tokens there are too few for both ends; `few blocks`, the interval is rough.
        count: of `some examples`, `few differ` and `infinite examples`: how many examples; null for others.
    """

    code: NoteCode
    count: Count | None = None
