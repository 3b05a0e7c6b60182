"""One reason for many failures is said once."""

from samefn.comparison.plan import Asked
from samefn.comparison.reasons import said_once
from samefn.core.errors import InputError
from samefn.core.events import Event
from samefn.engine.task import Task
from samefn.runtimes.adapters import ADAPTERS
from samefn.spec.comparison import ModelSource

TASK = Task("key", "answer", "name", "module:function", {}, {}, {})


def model(name, role, task=TASK):
    return Asked(name, name, role, ModelSource(path=f"at/{name}"), ADAPTERS["onnx"], task)


MODELS = (model("base", "base"), model("int8", "candidate"), model("int4", "candidate"))


def failed(name, reason="x has shape [3]; save it otherwise"):
    return Event("failed", name, f"at/{name}: {reason}")


def heard(*events, models=MODELS, error=None):
    """What is said of the events, and of an error that ends them."""
    said = []
    try:
        with said_once(said.append, models) as show:
            for event in events:
                show(event)
            if error:
                raise InputError(error)
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
    models = (model("base", "base", None), *MODELS[1:])
    with said_once(said.append, models) as show:
        show(failed("int8"))
        assert said == []
        show(Event("stored", "int4"))
        assert [event.kind for event in said] == ["stored", "failed"]


def test_where_the_base_answers_advice_is_about_the_candidate_alone():
    models = (Asked("base", "base", "base", MODELS[0].source, ADAPTERS["onnx"], None),)
    models += tuple(
        Asked(f"candidate-{n}", name, "candidate", ModelSource(path=name), ADAPTERS["onnx"], TASK)
        for n, name in enumerate(("int8", "int4"), start=1)
    )
    reason = "x has shape [3]; say --set model.feed.layout=NCHW"
    said = heard(failed("int4", reason), Event("finished", "int8"), models=models)
    assert "--set candidates.2.feed.layout=NCHW" in said[-1][2]
    said = heard(failed("base", reason), models=MODELS, error="other")
    assert "--set model.feed.layout=NCHW" in said[-1][2]
