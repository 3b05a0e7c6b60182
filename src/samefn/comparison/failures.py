"""Why models failed, once: what is wrong with the data is wrong for every model."""

from dataclasses import replace
from types import TracebackType
from typing import Self

from samefn.comparison.plan import ComparedModel, addressed
from samefn.core.errors import InputError
from samefn.core.events import Emit, Event
from samefn.schema.report import Role

BELOW = "for the reason below"


class DeduplicatedFailures:
    """An `Emit` that gives one reason for a failure once; use it as a context.

    Failures wait until the base and a candidate have run, because without these the comparison ends with an error that
    gives the reason. Of several models with one reason only the first is given with it.

    Args:
        emit: where events go.
    """

    def __init__(self, emit: Emit) -> None:
        self._emit = emit
        self._models: dict[str, ComparedModel] = {}
        self._ran: set[Role] = set()
        self._held: list[Event] = []
        self._given: dict[str, str] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._release(str(error) if isinstance(error, InputError) else "")

    def know(self, event_name: str, model: ComparedModel) -> None:
        """Say which model the events of this name are about."""
        self._models[event_name] = model
        if model.saved and not model.problem:
            self._ran.add(model.role)

    def __call__(self, event: Event) -> None:
        """Pass an event on, at once or later."""
        model = self._models.get(event.name)
        if event.kind == "failed":
            self._held.append(event)
        elif event.kind != "skipped" or model is None:  # what needs a model that failed is not news
            self._emit(event)
        if model is not None and event.kind in {"finished", "stored"}:
            self._ran.add(model.role)
        if {"base", "candidate"} <= self._ran:
            self._release("")

    def _release(self, error: str) -> None:
        """Pass on what was held; what the error says, it says itself."""
        for held in self._held:
            event = held
            model = self._models.get(event.name)
            name = model.name if model else event.name
            reason = event.text.removeprefix(f"{model.source.path}: ") if model else event.text
            first = self._given.setdefault(reason, name)
            if model and "base" in self._ran:
                reason, event = addressed(reason, model.id), replace(event, text=addressed(event.text, model.id))
            text = event.text if first == name else f"for the same reason as {first}"
            self._emit(replace(event, text=BELOW if error and reason in error else text))
        self._held.clear()
