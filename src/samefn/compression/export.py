"""Export a torch net to an ONNX file that depends only on the weights."""

import copy
import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import torch

from samefn.compression.onnx_files import write_model
from samefn.core.errors import InputError

# Fixed, so that a newer torch writes the same file for the same net.
OPSET = 20


@contextmanager
def _without_known_warnings() -> Iterator[None]:
    """Silence warnings of torch's exporter about torch itself, which a user can do nothing about."""

    def is_relevant(record: logging.LogRecord) -> bool:
        # torchvision is not a dependency, and no net here uses its operators.
        return not record.getMessage().startswith("torchvision is not installed")

    registration = logging.getLogger("torch.onnx._internal.exporter._registration")
    registration.addFilter(is_relevant)
    try:
        with warnings.catch_warnings():
            # torch 2.13 copies trees with a class that torch 2.13 deprecates.
            warnings.filterwarnings("ignore", message=r".*LeafSpec.*is deprecated", category=FutureWarning)
            yield
    finally:
        registration.removeFilter(is_relevant)


def export_onnx(net: torch.nn.Module, shape: tuple[int, int, int], path: Path) -> None:
    """Write the net as ONNX: float32, weights inside, input `pixels`, output `logits`, any batch size.

    The net itself is not changed: a copy in evaluation mode on the CPU is exported. BatchNorm is folded into
    the convolutions. The file holds no metadata, so the same weights give the same bytes on every machine.

    Args:
        net: takes float32 [examples, channels, height, width] in [0, 1], returns logits [examples, classes].
        shape: channels, height, width.
        path: the file to write.

    Raises:
        InputError: torch cannot export this net, or its output is not [examples, classes] for every number
            of examples.
    """
    frozen = copy.deepcopy(net).to("cpu", torch.float32).eval()
    for tensor in (*frozen.parameters(), *frozen.buffers()):
        # The file depends on the memory layout. contiguous() does not change the strides of a single channel.
        tensor.data = tensor.data.clone(memory_format=torch.contiguous_format)
    with _without_known_warnings():
        try:
            program = torch.onnx.export(
                frozen,
                (torch.zeros(2, *shape),),
                input_names=["pixels"],
                output_names=["logits"],
                opset_version=OPSET,
                dynamic_shapes=({0: torch.export.Dim("batch")},),
                verbose=False,
            )
        except torch.onnx.OnnxExporterError as error:
            cause = error.__cause__ or error
            reason = str(cause).partition("\n")[0]
            raise InputError("SF720", f"torch cannot export {type(net).__name__} to ONNX: {reason}") from error
    assert program is not None  # noqa: S101 - only the old exporter returns None
    model = program.model_proto
    inputs, outputs = (value.type.tensor_type.shape.dim for value in (model.graph.input[0], model.graph.output[0]))
    if len(outputs) != 2 or not inputs[0].dim_param or inputs[0].dim_param != outputs[0].dim_param:
        raise InputError(
            "SF721", f"{type(net).__name__} does not return [examples, classes] for every number of examples"
        )
    write_model(model, path)
