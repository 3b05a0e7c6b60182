"""Which candidates of a comparison are the rungs of its ladder."""

from samefn.comparison.models import candidate_names
from samefn.config.comparison import ComparisonSpec
from samefn.core.errors import InputError
from samefn.core.naming import suggest


def ladder_ids(spec: ComparisonSpec) -> tuple[str, ...]:
    """The ids of the rungs, from the finest to the roughest.

    Raises:
        InputError: a rung is no candidate.
    """
    ids = {name: key for key, name in candidate_names(spec).items()} if spec.ladder else {}
    for name in spec.ladder:
        if name not in ids:
            raise InputError("SF536", f"{name!r} is no candidate", where="ladder", fix=suggest(name, ids))
    return tuple(ids[name] for name in spec.ladder)
