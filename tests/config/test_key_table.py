"""Keys stay as they are while names in code change and settings come; what is in them is said in one table."""

from dataclasses import replace

import pytest

from samefn.config.base import Spec
from samefn.config.comparison import Feed
from samefn.config.identity import OWN_NET, Field, KeyPart, key_part
from samefn.config.keys import EVALUATION, FEED, RESULT_KINDS, TRAIN, TRAINING
from samefn.config.study import Evaluation
from samefn.nets.build import NETS
from samefn.schema.training import Optimizer, Training


def content(net="lenet", device="cpu", training=None):
    """What decides a training."""
    return {
        "spec": {
            "net": {"name": net, "shape": [1, 28, 28], "classes": 10},
            "training": training or Training().model_dump(mode="json"),
            "seed": 0,
            "objective": {},
            "evaluation": [Evaluation().model_dump(mode="json")],
            "batch": 250,
        },
        "needs": {"data": "0" * 64},
        "versions": {"torch": "2.11.0", "device": device, "threads": 1},
    }


def changed(part, old, *new):
    """A part with other fields in the place of one."""
    return KeyPart(tuple(field for field in part.fields if field.name != old) + new)


class Renamed(Spec):
    """`Training` as code might call it one day."""

    passes: int = 25
    images_a_step: int = 64
    optimizer: Optimizer = Optimizer()


def test_a_renamed_setting_is_in_keys_under_its_old_name():
    table = changed(TRAINING, "epochs", Field("epochs", attribute="passes"))
    table = changed(table, "batch_size", Field("batch_size", attribute="images_a_step"))
    assert table.of(Renamed().model_dump()) == TRAINING.of(Training().model_dump())


class Longer(Training):
    """`Training` with settings that came later."""

    warmup: int = 0
    second: Optimizer | None = None


def test_a_new_setting_moves_a_key_only_away_from_its_default():
    table = key_part(*TRAINING.fields, Field("warmup", default=0), Field("second", KeyPart(()), default=None))
    assert table.of(Longer().model_dump()) == TRAINING.of(Training().model_dump())
    assert table.of(Longer(warmup=3).model_dump()) == {**TRAINING.of(Training().model_dump()), "warmup": 3}


def test_a_setting_without_a_place_in_the_table_is_refused():
    with pytest.raises(LookupError, match="'second'"):
        TRAIN.key(**content(training=Longer().model_dump()))
    with pytest.raises(LookupError, match="'epochs'"):
        TRAINING.of({"batch_size": 64, "optimizer": Optimizer().model_dump()})


@pytest.mark.parametrize(
    ("part", "model"),
    [(TRAINING, Training()), (EVALUATION, Evaluation()), (FEED, Feed())],
)
def test_the_table_has_every_setting_of_a_model(part, model):
    assert part.of(model.model_dump()).keys() == type(model).model_fields.keys()


def test_every_net_and_device_has_a_version_of_training():
    assert TRAIN.algorithm.keys() == {*NETS, OWN_NET}
    assert all(versions.keys() == {"cpu", "cuda"} for versions in TRAIN.algorithm.values())


@pytest.mark.parametrize(("net", "called"), [("mobilenet", "mobilenet"), (OWN_NET, "mine:small")])
def test_a_version_of_training_moves_one_net_on_one_device(net, called):
    later = replace(TRAIN, algorithm={**TRAIN.algorithm, net: {"cpu": 2, "cuda": 1}})
    nets = ("lenet", "mobilenet", "resnet50", "mine:small")
    pairs = [content(name, device) for name in nets for device in ("cpu", "cuda")]
    moved = [pair for pair in pairs if TRAIN.key(**pair) != later.key(**pair)]
    assert moved == [content(called, "cpu")]


def test_kinds_have_names_of_their_own():
    assert len({kind.name for kind in RESULT_KINDS}) == len(RESULT_KINDS)
