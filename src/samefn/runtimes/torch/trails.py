"""The trails of the outputs of torch's graphs: exported programs and TorchScript."""

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
    given = [one for one in last.args[0] if isinstance(one, torch.fx.Node)]
    return {
        name: trail_back(name, _fx_step(node, stored))
        for name, node in zip(names, given[len(given) - len(names) :], strict=True)
    }


def _fx_step(node: Any, stored: Mapping[str, str]) -> Step | None:
    if not isinstance(node, torch.fx.Node) or node.op != "call_function":
        return None
    weights = [stored[one.name] for one in node.all_input_nodes if one.name in stored]
    weight = next((name for name in weights if name.endswith("weight")), weights[0] if weights else "")
    value = node.meta.get("val")
    channels = None
    if isinstance(value, torch.Tensor) and value.ndim > 1:
        length = value.shape[1 if "conv" in str(node.target) else -1]
        channels = length if isinstance(length, int) else None
    return Step(str(node.target), lambda: [_fx_step(one, stored) for one in node.args], weight, channels)


def script_trail(module: torch.jit.ScriptModule) -> OutputTrail:
    """The trail of the only output of a TorchScript module; an empty one where it has several."""
    outputs = list(module.inlined_graph.outputs())
    return trail_back("0", _script_step(outputs[0].node())) if len(outputs) == 1 else OutputTrail()


def _script_step(node: Any) -> Step | None:
    kind = node.kind()
    if not kind.startswith("aten::"):
        return None
    weights = [_attribute(one.node()) for one in node.inputs()]
    weight = next((name for name in weights if name.endswith("weight")), "")
    return Step(kind, lambda: [_script_step(one.node()) for one in node.inputs()], weight)


def _attribute(node: Any) -> str:
    """The name of a stored tensor, with those of the modules that it is in."""
    names: list[str] = []
    while node.kind() == "prim::GetAttr":
        names.insert(0, node.s("name"))
        node = next(iter(node.inputs())).node()
    return ".".join(names)
