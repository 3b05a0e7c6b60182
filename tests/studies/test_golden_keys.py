"""The keys of what studies store, by kind of task: a key that moves by accident makes trainings of days again."""

import json
from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest

from samefn.config.read import preset_texts, read_spec
from samefn.config.suite import SuiteSpec
from samefn.core.canonical import digest
from samefn.core.events import silent
from samefn.datasets.dataset import numbered_images, study_dataset
from samefn.datasets.source import Source
from samefn.store.store import Store
from samefn.studies.data import decoded_dataset
from samefn.studies.environment import Machine
from samefn.studies.plan.study import plan_study

GOLDEN = Path(__file__).parents[1] / "data" / "study-keys.json"
MOVED = """Keys have moved: what was stored under them would be made again.
- Names in code were changed: samefn/config/keys.py holds what they are called in keys, which stays.
- A setting is new: give it in samefn/config/keys.py the value at which all is as it was.
- Numbers have moved, and so their algorithm's version: then this is right, and {anew} is what
  {golden} should be.
"""
# Settings that no preset has.
SETTINGS = {
    "switches": ["switches=['double-softmax', 'student-adamax', 'softmax-as-logits', 'prune-everything']"],
    "published": ["protocol=published", "distillation.seeds=[42, 24]"],
    "sgd": ["training={epochs=3, batch_size=10, optimizer={name='sgd', learning_rate=0.1, momentum=0.9}}"],
    "adamax": ["training.optimizer={name='adamax', epsilon=1e-8}", "seed=5", "independents=[7, 9]"],
    "students": ["distillation={net='mobilenet', temperature=2, alphas=[0.0, 0.3], training={epochs=2}}"],
    "compressed": ["quantization={calibration=100, batch_size=32, other_batch_size=16}", "pruning.scope=parameters"],
    "evaluated": ["evaluation=[{split='test', limit=100}, {split='train', limit=50}]", "pruning=false"],
    "given": ["net='tiny_net:tiny'", "weights='weights.safetensors'", "independents=[1]"],
}
SHAPES = {"cifar10": (3, 32, 32), "cifar100": (3, 32, 32)}


def dataset(name):
    """Images of this size and number of classes; their content is not in these keys."""
    classes, shape = 100 if name == "cifar100" else 10, SHAPES.get(name, (1, 28, 28))
    images = numbered_images("train", np.zeros((1000, *shape), np.uint8), np.arange(1000) % classes)
    return study_dataset(name, tuple(map(str, range(classes))), images, images, "zeros")


def studies():
    """Studies by name: those of all presets, and some with settings that these leave alone."""
    for name in preset_texts():
        spec = read_spec(name)
        if isinstance(spec, SuiteSpec):
            yield from ((f"{name} {member.spec.name}", member.spec) for member in spec.members())
        else:
            yield name, spec
    yield from ((name, read_spec("mnist", settings)) for name, settings in SETTINGS.items())


def planned():
    """For each study and device, by kind of task, a hash of its keys."""
    for name, spec in studies():
        for device in ("cpu", "cuda"):
            by_kind = defaultdict(list)
            for task in plan_study(spec, dataset(spec.data.name), "0" * 64, Machine(device)).tasks:
                by_kind[task.kind].append(task.key)
            yield f"{name}, {device}", {kind: digest(sorted(keys))[:16] for kind, keys in sorted(by_kind.items())}


def test_the_keys_of_studies_have_not_moved(store_v1, monkeypatch, tmp_path):
    monkeypatch.chdir(store_v1)
    found, anew = dict(planned()), tmp_path / GOLDEN.name
    anew.write_text(json.dumps(found, indent=1) + "\n")
    assert found == json.loads(GOLDEN.read_text()), MOVED.format(anew=anew, golden=GOLDEN)


@pytest.mark.usefixtures("store_v1")
def test_the_keys_of_decoded_data_have_not_moved(tmp_path):
    (tmp_path / "a.bin").write_bytes(b"a")
    store, files = Store(tmp_path / "store"), (tmp_path / "a.bin",)
    decoded_dataset(Source("name", files, lambda _: dataset("mnist").limited(20, 10), {"label": "fine"}), store, silent)
    assert {store.open(key).kind: key for key in store.keys()} == {  # noqa: SIM118
        "data": "552503f5e7f8940be4f56e55f9b661c1f25efc1f05caaa728a6684a0a45f73de",
        "origin": "4d51b4db91511d910fd299c7ca5a924387b7568eb396322186942c6489130e0a",
    }
