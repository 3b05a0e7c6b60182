"""One reason for many failures is given once."""

from samefn.comparison.failures import DeduplicatedFailures
from samefn.comparison.plan import ComparedModel
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


def heard(*events, models=MODELS, error=None):
    """What is said of the events, and of an error that ends them."""
    said = []
    try:
        with DeduplicatedFailures(said.append) as show:
            for one in models:
                show.know(one.name, one)
            for event in events:
                show(event)
            if error:
                raise InputError("SF501", error)
    except InputError:
        pass
    return [(event.kind, event.name, event.text) for event in said]


def test_what_the_error_says_is_not_said_before_it():
    said = heard(
        failed("int8"),
        failed("base"),
        failed("int4", "is damaged"),
        error="the base cannot be asked: at/base: x has shape [3]; save it otherwise",
    )
    assert said == [
        ("failed", "int8", "for the reason below"),
        ("failed", "base", "for the reason below"),
        ("failed", "int4", "at/int4: is damaged"),
    ]


def test_a_reason_of_several_is_given_with_the_first():
    done = [Event("finished", "base"), Event("finished", "int4")]
    models = (*MODELS, model("seed", "independent"))
    said = heard(failed("int8"), *done, failed("seed"), models=models)
    assert said[-2:] == [
        ("failed", "int8", failed("int8").text),
        ("failed", "seed", "for the same reason as int8"),
    ]


def test_a_failure_is_said_as_soon_as_the_comparison_goes_on_without_it():
    said = []
    models = (model("base", "base", SAVED), *MODELS[1:])
    with DeduplicatedFailures(said.append) as show:
        for one in models:
            show.know(one.name, one)
        show(failed("int8"))
        assert said == []
        show(Event("stored", "int4"))
        assert [event.kind for event in said] == ["stored", "failed"]


def test_what_needs_a_model_that_failed_is_no_news():
    said = heard(failed("int8"), Event("skipped", "int8", "not made, because int8 failed"), Event("finished", "base"))
    assert [event[0] for event in said] == ["finished", "failed"]
