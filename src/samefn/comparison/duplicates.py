"""No copy among the independents: an independent model that is another model of the comparison stretches no scale."""

from collections.abc import Sequence

from samefn.core.errors import InputError
from samefn.schema.report import Role


def refuse_copies(models: Sequence[tuple[str, Role, str]]) -> None:
    """Refuse an independent model of the same content as the base, a candidate or another independent one.

    Args:
        models: name, role and content of each.

    Raises:
        InputError: the names of a copy and of what it is a copy of.

    >>> refuse_copies([("base", "base", "1"), ("int8", "candidate", "1"), ("seed", "independent", "2")])
    """
    seen: dict[str, tuple[str, Role]] = {}
    for name, role, content in sorted(models, key=lambda one: one[1] == "independent"):
        if role == "independent" and content in seen:
            other, its_role = seen[content]
            what = {"base": "the base", "candidate": "the candidate"}.get(its_role, "the independent model")
            raise InputError(
                "SF5009",
                f"is a copy of {what} {other} (their content is equal), and a copy is no independent",
                where=name,
                fix="give independents that were trained without it, or leave the copy out",
            )
        seen.setdefault(content, (name, role))
