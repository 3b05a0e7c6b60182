"""Programs of `torch.export`: loaded once their archive is found to run nothing, called as they were exported."""

from pathlib import Path
from typing import Any

import torch
from torch.export import ExportedProgram
from torch.export.pt2_archive._package import load_pt2

from samefn.config.comparison import ModelSource
from samefn.core.errors import InputError
from samefn.core.user_code import failure
from samefn.runtimes.model import Port
from samefn.runtimes.torch.archive import UNJUDGED
from samefn.runtimes.torch.model import AS_FLOAT32, TorchModel, dtype_name, stored
from samefn.runtimes.torch.program import refuse_unsafe_program
from samefn.runtimes.torch.trails import exported_trails

_MODEL = "model"
_TRAINING = (
    "It was exported in training mode: its dropout stays on, so it answers otherwise each time. Call eval() before "
    "torch.export.export."
)


def exported_model(source: ModelSource) -> TorchModel:
    """A program that `torch.export.save` wrote.

    Raises:
        InputError: not such a program, or one that could run code while it is read and is not trusted.
    """
    path = Path(source.path)
    if not source.trust:
        refuse_unsafe_program(path)
    try:
        # Not torch.export.load: for archives that are none it goes on to an older form that is unpickled.
        with path.open("rb") as file:
            program = load_pt2(file).exported_programs[_MODEL]
        # Guards are text that would be run; without them torch checks the shapes of the inputs all the same.
        module = program.module(check_guards=False)
        inputs, outputs = _inputs(program, source.path), _outputs(program)
    except InputError:
        raise
    except Exception as error:  # (a hostile file may fail in any way)
        raise InputError(
            "SF3086", f"torch cannot load the exported program ({failure(error)})", where=source.path
        ) from error
    parameters = dict(program.named_parameters())
    tensors = {**dict(program.named_buffers()), **parameters}
    _, by_name = _call_spec(program)
    return TorchModel(
        module,
        source.path,
        "torch.export",
        stored(tensors, parameters, path.stat().st_size),
        inputs,
        outputs,
        keywords=frozenset(by_name),
        threads=source.threads,
        notes=((UNJUDGED,) if source.trust else ()) + ((_TRAINING,) if _drops_out(program) else ()),
        trails=exported_trails(program, [port.name for port in outputs]),
    )


def _call_spec(program: ExportedProgram) -> tuple[int, list[str]]:
    """How many inputs are given by place, and the names of the others."""
    places, names = program.call_spec.in_spec.children()
    return places.num_children, list(names.context)


def _inputs(program: ExportedProgram, where: str) -> tuple[Port, ...]:
    places, by_name = _call_spec(program)
    nodes = {node.name: node for node in program.graph.nodes if node.op == "placeholder"}
    given = [nodes[str(name)] for name in program.graph_signature.user_inputs if str(name) in nodes]
    if len(given) != places + len(by_name) or not all(isinstance(node.meta["val"], torch.Tensor) for node in given):
        raise InputError(
            "SF3087",
            "takes inputs that are no tensors, or tensors inside lists or dictionaries",
            where=where,
            fix="export a module whose forward takes tensors",
        )
    for node in given:
        if node.meta["val"].dtype in AS_FLOAT32:
            raise InputError(
                "SF3088",
                f"its input {node.name!r} holds {dtype_name(node.meta['val'].dtype)}, which arrays cannot hold",
                where=where,
                fix="export a module that takes float32",
            )
    entry = program.module_call_graph[0].signature
    names = list(getattr(entry, "forward_arg_names", None) or [node.name for node in given])
    names = [*names[:places], *by_name] if len(names) == len(given) else [node.name for node in given]
    return tuple(_port(name, node.meta["val"]) for name, node in zip(names, given, strict=True))


def _outputs(program: ExportedProgram) -> tuple[Port, ...]:
    """What it gives; empty where its outputs lie inside one another or are no tensors."""
    spec = program.call_spec.out_spec
    values = [
        argument.meta.get("val") for node in program.graph.nodes if node.op == "output" for argument in _given(node)
    ]
    values = values[len(values) - spec.num_leaves :]
    if not all(isinstance(value, torch.Tensor) for value in values):
        return ()
    if spec.is_leaf():
        names = ["0"]
    elif any(not child.is_leaf() for child in spec.children()):
        return ()
    else:
        names = list(map(str, spec.context if spec.type is dict else range(spec.num_children)))
    return tuple(_port(name, value) for name, value in zip(names, values, strict=True))


def _given(node: Any) -> list[Any]:
    return [argument for argument in node.args[0] if isinstance(argument, torch.fx.Node)]


def _port(name: str, value: torch.Tensor) -> Port:
    dtype = torch.float32 if value.dtype in AS_FLOAT32 else value.dtype
    return Port(name, dtype_name(dtype), tuple(length if isinstance(length, int) else None for length in value.shape))


def _drops_out(program: ExportedProgram) -> bool:
    """Whether a dropout is left on."""
    return any(
        node.target is torch.ops.aten.dropout.default and node.args[2] is True and node.args[1] > 0
        for node in program.graph.nodes
    )
