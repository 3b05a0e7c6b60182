import json
import subprocess
import sys

import numpy as np
from onnx import TensorProto, helper, numpy_helper, save

OPEN_ONNX = """
import json, sys
from samefn.runtimes.adapters import find_adapter, open_model
from samefn.config.comparison import ModelSource
source = ModelSource(path=sys.argv[1])
open_model(source, find_adapter(source))
print(json.dumps(sorted(name for name in sys.modules if "." not in name)))
"""

# Finders in front of all others: no extra is installed, or transformers fails as beside a torchvision of another torch.
WITHOUT = """
import json, sys
from samefn.core.errors import InputError
from samefn.runtimes.adapters import find_adapter, open_model
from samefn.config.comparison import ModelSource

class Missing:
    def find_spec(self, name, path=None, target=None):
        if name in ("ai_edge_litert", "keras", "transformers"):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

class Broken:
    def find_spec(self, name, path=None, target=None):
        if name == "transformers":
            raise RuntimeError("Failed to import it:\\noperator torchvision::nms does not exist")

def error_of(runtime):
    source = ModelSource(path="model", runtime=runtime)
    try:
        open_model(source, find_adapter(source))
    except InputError as error:
        return {"line": str(error), "code": error.code, "where": error.where, "fix": error.fix}

sys.meta_path.insert(0, Missing())
errors = {runtime: error_of(runtime) for runtime in ("litert", "keras", "transformers", "causal-lm")}
sys.meta_path[0] = Broken()
print(json.dumps(errors | {"broken": error_of("transformers")}))
"""


def output(code, *arguments):
    command = [sys.executable, "-c", code, *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_an_onnx_file_is_opened_without_the_extras(tmp_path):
    graph = helper.make_graph(
        [helper.make_node("MatMul", ["x", "w"], ["y"])],
        "test",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", 2])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["n", 2])],
        [numpy_helper.from_array(np.eye(2, dtype=np.float32), "w")],
    )
    save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=10), tmp_path / "m.onnx")
    loaded = json.loads(output(OPEN_ONNX, tmp_path / "m.onnx"))
    assert "onnxruntime" in loaded
    assert not {"ai_edge_litert", "keras", "transformers"} & set(loaded)


def test_a_missing_extra_is_one_line_that_says_what_to_install():
    errors = json.loads(output(WITHOUT))
    for runtime, extra in {"litert": "litert", "keras": "keras", "transformers": "hf", "causal-lm": "hf"}.items():
        error = errors[runtime]
        assert "\n" not in error["line"]
        assert (error["code"], error["where"]) == ("SF304", runtime)
        assert error["fix"] == f"pip install 'samefn[{extra}]'"
    error = errors["broken"]
    assert "\n" not in error["line"]
    assert (error["code"], error["where"]) == ("SF304", "transformers")
    assert "torchvision::nms" in error["line"]
    assert "pip uninstall torchvision" in error["fix"]
