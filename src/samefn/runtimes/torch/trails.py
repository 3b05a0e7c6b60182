"""The trails of the outputs of exported programs and of TorchScript: how each is computed."""

from collections.abc import Mapping
from typing import Any

import torch

from samefn.predictions.output_trail import OutputTrail
from samefn.runtimes.output_trails import Step, trail_back


def exported_trails(program: torch.export.ExportedProgram, names: list[str]) -> dict[str, OutputTrail]:
    """The trail of each output of an exported program.

    Args:
        program: the program.
        names: of its outputs, in order.
    """
    signature = program.graph_signature
    stored: Mapping[str, str] = {**signature.inputs_to_parameters, **signature.inputs_to_buffers}
    [last] = [node for node in program.graph.nodes if node.op == "output"]
    nodes = [node for node in last.args[0] if isinstance(node, torch.fx.Node)]
    return {
        name: trail_back(name, _fx_step(node, stored))
        for name, node in zip(names, nodes[len(nodes) - len(names) :], strict=True)
    }


def _fx_step(node: Any, stored: Mapping[str, str]) -> Step | None:
    if not isinstance(node, torch.fx.Node) or node.op != "call_function":
        return None
    weights = [stored[input_.name] for input_ in node.all_input_nodes if input_.name in stored]
    weight = next((name for name in weights if name.endswith("weight")), weights[0] if weights else "")
    value = node.meta.get("val")
    channels = None
    if isinstance(value, torch.Tensor) and value.ndim > 1:
        length = value.shape[1 if "conv" in str(node.target) else -1]
        channels = length if isinstance(length, int) else None
    return Step(str(node.target), lambda: [_fx_step(input_, stored) for input_ in node.args], weight, channels)


def script_trail(module: torch.jit.ScriptModule) -> OutputTrail:
    """The trail of the only output of a TorchScript module; an empty one where it has several."""
    outputs = list(module.inlined_graph.outputs())
    return trail_back("0", _script_step(outputs[0].node())) if len(outputs) == 1 else OutputTrail()


def _script_step(node: Any) -> Step | None:
    kind = node.kind()
    if not kind.startswith("aten::"):
        return None
    weights = [_attribute(input_.node()) for input_ in node.inputs()]
    weight = next((name for name in weights if name.endswith("weight")), "")
    return Step(kind, lambda: [_script_step(input_.node()) for input_ in node.inputs()], weight)


def _attribute(node: Any) -> str:
    """The name of a stored tensor, after those of its modules: `layer.weight`."""
    names: list[str] = []
    while node.kind() == "prim::GetAttr":
        names.insert(0, node.s("name"))
        node = next(iter(node.inputs())).node()
    return ".".join(names)
