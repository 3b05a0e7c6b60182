"""The same reason of many failures is given once."""

from samefn.comparison.failures import REASON_BELOW, DeduplicatedFailures
from samefn.comparison.models import ComparedModel
from samefn.config.comparison import ModelSource
from samefn.core.errors import InputError
from samefn.core.events import Event
from samefn.runtimes.adapters import ADAPTERS, Adapter

SAVED = Adapter("saved predictions", "module:function", (), kind="predictions")


def model(name, role, adapter=ADAPTERS["onnx"]):
    return ComparedModel(name, name, role, ModelSource(path=f"at/{name}"), adapter)


MODELS = (model("base", "base"), model("int8", "candidate"), model("int4", "candidate"))


def failed(name, reason="x has shape [3]; save it otherwise"):
    return Event("failed", name, f"at/{name}: {reason}")


def emitted(*events, models=MODELS, error=None):
    """The events that come out, and an error that ends them."""
    passed_on = []
    try:
        with DeduplicatedFailures(passed_on.append) as emit:
            for one in models:
                emit.register(one.name, one)
            for event in events:
                emit(event)
            if error:
                raise InputError("SF508", error)
    except InputError:
        pass
    return [(event.kind, event.name, event.text) for event in passed_on]


def test_a_reason_in_the_error_is_not_given_before_it():
    events = emitted(
        failed("int8"),
        failed("base"),
        failed("int4", "is damaged"),
        error="the base cannot be run: at/base: x has shape [3]; save it otherwise",
    )
    assert events == [
        ("failed", "int8", REASON_BELOW),
        ("failed", "base", REASON_BELOW),
        ("failed", "int4", "at/int4: is damaged"),
    ]


def test_a_reason_of_several_is_given_with_the_first():
    done = [Event("finished", "base"), Event("finished", "int4")]
    models = (*MODELS, model("seed", "independent"))
    events = emitted(failed("int8"), *done, failed("seed"), models=models)
    assert events[-2:] == [
        ("failed", "int8", failed("int8").text),
        ("failed", "seed", "for the same reason as int8"),
    ]


def test_a_failure_is_emitted_as_soon_as_the_comparison_goes_on_without_it():
    events = []
    models = (model("base", "base", SAVED), *MODELS[1:])
    with DeduplicatedFailures(events.append) as emit:
        for one in models:
            emit.register(one.name, one)
        emit(failed("int8"))
        assert events == []
        emit(Event("stored", "int4"))
        assert [event.kind for event in events] == ["stored", "failed"]


def test_what_needs_a_model_that_failed_is_no_news():
    skipped = Event("skipped", "int8", "not made, because int8 failed")
    events = emitted(failed("int8"), skipped, Event("finished", "base"))
    assert [event[0] for event in events] == ["finished", "failed"]
