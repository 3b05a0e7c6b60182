"""Failures of models, each reason given once: what is wrong with the data fails every model."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from types import TracebackType
from typing import Self

from samefn.comparison.models import ComparedModel, advice_for_model
from samefn.core.errors import InputError
from samefn.core.events import Emit, Event
from samefn.schema.report import Failure, Role

REASON_BELOW = "for the reason below"


def failure_entries(
    failures: Mapping[str, str], models: Sequence[ComparedModel], unreadable: Collection[str]
) -> tuple[Failure, ...]:
    """The failures in the report.

    Args:
        failures: by model id, why it failed.
        models: all models.
        unreadable: ids of those that could not even be read.
    """
    names = {model.id: model.name for model in models}
    return tuple(
        Failure(
            model=model_id,
            name=names[model_id],
            error=advice_for_model(error, model_id),
            unreadable=model_id in unreadable,
        )
        for model_id, error in failures.items()
    )


class DeduplicatedFailures:
    """An `Emit` that gives the reason of a failure once; use it in a `with`.

    Failures wait until the base and a candidate have run: without these the comparison ends with an error that gives
    the reason. Of several models with the same reason only the first event has it.

    Args:
        emit: where events go.
    """

    def __init__(self, emit: Emit) -> None:
        self._emit = emit
        self._models: dict[str, ComparedModel] = {}
        self._ran: set[Role] = set()
        self._failed: set[str] = set()
        self._waiting: list[Event] = []
        self._first_with_reason: dict[str, str] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._release(str(error) if isinstance(error, InputError) else "")

    def register(self, event_name: str, model: ComparedModel) -> None:
        """Set which model the events of this name are about."""
        self._models[event_name] = model
        if model.saved and not model.problem:
            self._ran.add(model.role)

    def __call__(self, event: Event) -> None:
        """Pass an event on, at once or later."""
        model = self._models.get(event.name)
        if event.kind == "failed":
            # Where a candidate fails, its replicate does too, and that is no news.
            if not (model and model.parent and model.parent.role == "candidate" and model.parent.id in self._failed):
                self._waiting.append(event)
            self._failed |= {model.id} if model else set()
        elif event.kind != "skipped" or model is None:  # a task that needs a model that failed is no news
            self._emit(event)
        if model is not None and event.kind in {"finished", "stored"}:
            self._ran.add(model.role)
        if {"base", "candidate"} <= self._ran:
            self._release("")

    def _release(self, error: str) -> None:
        """Pass on the events that wait; a reason that the error gives is not repeated."""
        for waiting in self._waiting:
            event = waiting
            model = self._models.get(event.name)
            name = model.name if model else event.name
            reason = event.text.removeprefix(f"{model.source.path}: ") if model else event.text
            first = self._first_with_reason.setdefault(reason, name)
            if model and "base" in self._ran:
                reason = advice_for_model(reason, model.id)
                event = replace(event, text=advice_for_model(event.text, model.id))
            text = event.text if first == name else f"for the same reason as {first}"
            self._emit(replace(event, text=REASON_BELOW if error and reason in error else text))
        self._waiting.clear()
