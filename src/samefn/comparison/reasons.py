"""Why models failed, said once: what is wrong with the data is wrong for every model."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from samefn.comparison.plan import Asked, addressed
from samefn.core.errors import InputError
from samefn.core.events import Emit, Event

BELOW = "for the reason below"


@contextmanager
def said_once(emit: Emit, models: Iterable[Asked]) -> Iterator[Emit]:
    """An `Emit` that says one reason for a failure once.

    Failures wait until the base and a candidate have answered, because without these the comparison ends with an error
    that says the reason. Of several models with one reason only the first is given with it.

    Args:
        emit: where events go.
        models: the base first; all that are asked.
    """
    reasons, said = _Reasons(emit, list(models)), ""
    try:
        yield reasons.show
    except InputError as error:
        said = str(error)
        raise
    finally:
        reasons.end(said)


class _Reasons:
    def __init__(self, emit: Emit, models: list[Asked]) -> None:
        self._emit = emit
        self._paths = {one.name: one.source.path for one in models}
        self._ids = {one.name: one.id for one in models}
        self._roles = {one.name: one.role for one in models}
        self._answered = {one.role for one in models if one.task is None and not one.problem}
        self._held: list[Event] = []
        self._said: dict[str, str] = {}

    def show(self, event: Event) -> None:
        if event.kind == "failed":
            self._held.append(event)
        else:
            self._emit(event)
        if event.kind in {"finished", "stored"} and event.name in self._roles:
            self._answered.add(self._roles[event.name])
        if {"base", "candidate"} <= self._answered:
            self.end("")

    def end(self, error: str) -> None:
        """Say what was held; what the error says, it says itself."""
        for held in self._held:
            event = held
            reason = event.text.removeprefix(f"{self._paths.get(event.name, '')}: ")
            first = self._said.setdefault(reason, event.name)
            if "base" in self._answered and event.name in self._ids:
                reason = addressed(reason, self._ids[event.name])
                event = replace(event, text=addressed(event.text, self._ids[event.name]))
            text = event.text if first == event.name else f"for the same reason as {first}"
            self._emit(replace(event, text=BELOW if error and reason in error else text))
        self._held.clear()
