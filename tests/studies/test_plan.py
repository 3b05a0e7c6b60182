"""The plan of a study: protocols share results, and a switch changes only what it is about."""

import pytest
import torch
from safetensors.torch import save_file

from samefn.config.read import read_study
from samefn.config.study import Data
from samefn.core.errors import InputError
from samefn.core.events import silent
from samefn.core.loading import load
from samefn.datasets.load import load_dataset
from samefn.nets.build import build_net
from samefn.studies.environment import find_machine
from samefn.studies.plan.study import plan_study
from samefn.studies.plan.task_list import FUNCTIONS

from .conftest import TINY

DATASET = load_dataset(Data(train_limit=120, test_limit=80), None, None, silent)


def planned(*settings):
    """The plan of the tiny study: its models by id."""
    spec = read_study(TINY, ["distillation.alphas=[0.1, 0.5]", *settings])
    plan = plan_study(spec, DATASET, "0" * 64, find_machine("cpu"))
    assert len({task.key for task in plan.tasks}) == len(plan.tasks)
    return {model.id: model for model in plan.models}


def moved(*settings):
    """The models that some settings make anew, and those they leave out."""
    before, after = planned(), planned(*settings)
    anew = {name for name in after if before[name].predictions != after[name].predictions}
    return anew, set(before) - set(after)


STUDENTS = {"student-a0.1", "student-a0.5"}
CONTROLS = {"control", "control-random-a0.1"}


@pytest.mark.parametrize(
    ("switch", "anew", "gone"),
    [
        ("double-softmax", {*STUDENTS, "control-random-a0.1"}, set()),
        ("student-adamax", {*STUDENTS, *CONTROLS}, set()),
        ("softmax-as-logits", set(), set()),  # the notebooks do it on MNIST alone
        ("prune-everything", {"pruned-50"}, set()),
        ("dynamic-range", set(), {"int8-static"}),
        ("repeated-points", set(), set()),
    ],
)
def test_a_switch_moves_only_what_it_is_about(switch, anew, gone):
    assert moved(f"switches=['{switch}']") == (anew, gone)


def test_published_has_all_switches_and_only_the_control_without_a_teacher():
    gone = {"control-random-a0.1", "int8-static", "control-same-order", "control-earlier-epoch"}
    assert moved("protocol=published") == ({*STUDENTS, "control", "pruned-50"}, gone)


def test_every_task_names_a_function(tmp_path):
    spec = read_study(TINY, [f"checkpoints=['{checkpoint(tmp_path / 'a.pt', 0)}']"])
    tasks = plan_study(spec, DATASET, "0" * 64, find_machine("cpu")).tasks
    assert {task.kind for task in tasks} == FUNCTIONS.keys()
    assert all(callable(load(task.run)) for task in tasks)


def checkpoint(path, seed):
    torch.save(build_net("lenet", DATASET.shape, DATASET.classes, seed).state_dict(), path)
    return path


def test_a_base_from_a_checkpoint_is_known_by_its_bytes(tmp_path):
    paths = [checkpoint(tmp_path / name, seed) for name, seed in (("a.pt", 0), ("b.pt", 0), ("c.pt", 1))]
    paths[1].write_bytes(paths[0].read_bytes())
    a, b, c = (planned(f"weights={path}")["base"].stored for path in paths)
    assert a == b != c


def test_a_checkpoint_is_read_before_any_work(tmp_path):
    with pytest.raises(InputError) as error:
        planned(f"weights={tmp_path / 'none.pt'}")
    assert error.value.where == str(tmp_path / "none.pt")
    torch.save({"epoch": 3}, tmp_path / "no.pt")
    with pytest.raises(InputError, match="SF751"):
        planned(f"checkpoints=['{tmp_path / 'no.pt'}']")


def test_the_same_weights_twice_are_refused(tmp_path):
    """In any file format: an independent that is the base would leave no relative distance."""
    one = checkpoint(tmp_path / "one.pt", 0)
    save_file(torch.load(one, weights_only=True), tmp_path / "again.safetensors")
    other = checkpoint(tmp_path / "other.pt", 1)
    again = tmp_path / "again.safetensors"
    for settings in ([f"weights={one}", f"checkpoints=['{again}']"], [f"checkpoints=['{one}', '{other}', '{again}']"]):
        with pytest.raises(InputError, match="SF704") as error:
            planned(*settings)
        assert error.value.where == str(again)
        assert str(one) in error.value.what


def test_independents_of_other_seeds_and_epochs_are_other_models():
    assert moved("training.epochs=2")[0] > {"base", "independent-1"}
    assert "independent-1" in moved("independents=[7]")[0]
    assert "base" not in moved("independents=[7]")[0]
