"""The part of report.json about independents: what makes them stand less well for all models trained alike."""

from typing import Literal

from samefn.schema.base import Part

IndependentProblemCode = Literal[
    "near twins", "near the base", "unequal distances", "less accurate", "more accurate", "failed training"
]


class IndependentProblem(Part):
    """Something that makes independents stand less well for all models trained alike.

    Attributes:
        evaluation: the set of examples.
        code: `near twins`: two independents are much nearer to each other than to the other models; `near the base`:
            the same of an independent and the base; `unequal distances`: the independents' distances to the base vary
            so much that few of them do not settle their mean; `less accurate`, `more accurate`: than the base, and by
            so much that it alone makes up a good part of the distance; `failed training`: no better than always naming
            the most frequent class, though the base is.
        models: ids of the independents; all of them for unequal distances.
        figure: of twins and of one near the base: their distance as a share of that to the others; of unequal
            distances: their coefficient of variation; of accuracy: the gap to the base as a share of the examples, 0
            or more.
    """

    evaluation: str
    code: IndependentProblemCode
    models: tuple[str, ...]
    figure: float
