"""Programs of `torch.export`: loaded once their archive is found to run no code."""

from pathlib import Path
from typing import Any

import torch
from torch.export import ExportedProgram
from torch.export.pt2_archive._package import load_pt2

from samefn.config.comparison import ModelSource
from samefn.core.errors import InputError
from samefn.core.user_code import failure
from samefn.runtimes.model import TensorSpec
from samefn.runtimes.torch.model import AS_FLOAT32, TorchModel, numpy_dtype, weight_stats
from samefn.runtimes.torch.safety.archive_reader import UNCHECKED
from samefn.runtimes.torch.safety.check_exported import refuse_unsafe_program
from samefn.runtimes.torch.trails import exported_trails
from samefn.runtimes.unused_settings import refuse_unused_settings

_MODEL = "model"
_TRAINING_MODE = (
    "It was exported in training mode: its dropout stays on, so its predictions change from run to run. Call eval() "
    "before torch.export.export."
)


def open_exported(source: ModelSource) -> TorchModel:
    """A program that `torch.export.save` wrote.

    Raises:
        InputError: not such a program, one that could run code while it is read and is not trusted, or settings that
            it does not have.
    """
    refuse_unused_settings(source, "exported")
    path = Path(source.path)
    if not source.trust:
        refuse_unsafe_program(path)
    try:
        # Not torch.export.load: it unpickles what is no such archive, as an older format.
        with path.open("rb") as file:
            program = load_pt2(file).exported_programs[_MODEL]
        # Guards are text that would be run; torch checks the shapes of the inputs without them, too.
        module = program.module(check_guards=False)
        inputs, outputs = _inputs(program, source.path), _outputs(program)
    except InputError:
        raise
    except Exception as error:  # (a hostile file may fail in any way)
        raise InputError(
            "SF330", f"torch cannot load the exported program ({failure(error)})", where=source.path
        ) from error
    _, by_name = _call_spec(program)
    return TorchModel(
        module,
        source.path,
        "torch.export",
        weight_stats(program, path.stat().st_size),
        inputs,
        outputs,
        keywords=frozenset(by_name),
        threads=source.threads,
        notes=((UNCHECKED,) if source.trust else ()) + ((_TRAINING_MODE,) if _has_active_dropout(program) else ()),
        trails=exported_trails(program, [output.name for output in outputs]),
    )


def _call_spec(program: ExportedProgram) -> tuple[int, list[str]]:
    """How many inputs are positional, and the names of the others."""
    positional, names = program.call_spec.in_spec.children()
    return positional.num_children, list(names.context)


def _inputs(program: ExportedProgram, where: str) -> tuple[TensorSpec, ...]:
    positional, by_name = _call_spec(program)
    placeholders = {node.name: node for node in program.graph.nodes if node.op == "placeholder"}
    nodes = [placeholders[str(name)] for name in program.graph_signature.user_inputs if str(name) in placeholders]
    if len(nodes) != positional + len(by_name) or not all(isinstance(node.meta["val"], torch.Tensor) for node in nodes):
        raise InputError(
            "SF331",
            "has inputs that are not tensors, or are tensors inside lists or dictionaries",
            where=where,
            fix="export a module whose forward takes tensors",
        )
    for node in nodes:
        if node.meta["val"].dtype in AS_FLOAT32:
            raise InputError(
                "SF331",
                f"its input {node.name!r} holds {numpy_dtype(node.meta['val'].dtype)}, which NumPy does not have",
                where=where,
                fix="export a module that takes float32",
            )
    entry = program.module_call_graph[0].signature
    names = list(getattr(entry, "forward_arg_names", None) or [node.name for node in nodes])
    names = [*names[:positional], *by_name] if len(names) == len(nodes) else [node.name for node in nodes]
    return tuple(_spec(name, node.meta["val"]) for name, node in zip(names, nodes, strict=True))


def _outputs(program: ExportedProgram) -> tuple[TensorSpec, ...]:
    """Its outputs; empty where they are nested or are not tensors."""
    spec = program.call_spec.out_spec
    values: list[Any] = [
        argument.meta.get("val")
        for node in program.graph.nodes
        if node.op == "output"
        for argument in node.args[0]
        if isinstance(argument, torch.fx.Node)
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
    return tuple(_spec(name, value) for name, value in zip(names, values, strict=True))


def _spec(name: str, value: torch.Tensor) -> TensorSpec:
    dtype = torch.float32 if value.dtype in AS_FLOAT32 else value.dtype
    shape = tuple(length if isinstance(length, int) else None for length in value.shape)
    return TensorSpec(name, numpy_dtype(dtype), shape)


def _has_active_dropout(program: ExportedProgram) -> bool:
    return any(
        node.target is torch.ops.aten.dropout.default and node.args[2] is True and node.args[1] > 0
        for node in program.graph.nodes
    )
