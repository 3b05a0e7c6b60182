"""A worker whose versions or processor would give other numbers refuses the task."""

import pytest

from samefn.comparison.numeric_environment import numeric_environment
from samefn.config.comparison import ModelSource
from samefn.core.errors import InputError
from samefn.engine.worker_check import require_same_environment
from samefn.runtimes.adapters import find_adapter
from samefn.studies.environment import find_machine


@pytest.fixture
def facts(tmp_path):
    """The numeric environments of comparisons and of studies."""
    (tmp_path / "x.onnx").write_bytes(b"")
    adapter = find_adapter(ModelSource(path=str(tmp_path / "x.onnx"), runtime="onnx"))
    return {
        "onnx: onnxruntime": numeric_environment([adapter]),
        "torch: torch": find_machine("cpu").numeric_environment(),
    }


def test_the_machine_itself_is_like_itself(facts):
    for one in facts.values():
        assert one
        require_same_environment(one, dict(one))


def test_other_versions_and_processors_are_refused(facts):
    for name, here in facts.items():
        assert name in here
        with pytest.raises(InputError) as error:
            require_same_environment({**here, name: "0.1"}, here)
        assert name in error.value.what
