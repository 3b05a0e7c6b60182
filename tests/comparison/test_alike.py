"""A worker that would give other numbers than the key promises refuses the task."""

import pytest

from samefn.comparison.alike import decisive, require_alike
from samefn.core.errors import InputError
from samefn.runtimes.adapters import find_adapter
from samefn.spec.comparison import ModelSource
from samefn.studies.environment import find_machine, require_like


@pytest.fixture
def adapters(tmp_path):
    (tmp_path / "x.onnx").write_bytes(b"")
    return [find_adapter(ModelSource(path=str(tmp_path / "x.onnx"), runtime="onnx"))]


def test_the_machine_itself_is_like_itself(adapters):
    require_alike(decisive(adapters), adapters)
    require_like(find_machine("cpu").decisive(), "cpu")


def test_other_versions_and_processors_are_refused(adapters):
    with pytest.raises(InputError, match=r"has onnx: onnxruntime .*, the one that planned the comparison 0\.1"):
        require_alike({**decisive(adapters), "onnx: onnxruntime": "0.1"}, adapters)
    planned = find_machine("cpu").decisive()
    with pytest.raises(InputError, match=r"has torch .*, the one that planned the study 0"):
        require_like({**planned, "torch": {**planned["torch"], "torch": "0"}}, "cpu")
