"""A torch net as an ONNX file that depends on the weights only."""

import copy
import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import torch

from samefn.compression.onnx_files import write_model
from samefn.core.errors import InputError

# Fixed, so that a newer torch does not write another file for the same net.
OPSET = 20


@contextmanager
def _without_known_noise() -> Iterator[None]:
    """Silence what torch's exporter says about itself: nothing a user can act on."""

    def is_news(record: logging.LogRecord) -> bool:
        # torchvision is no dependency, and its operators are in none of our nets.
        return not record.getMessage().startswith("torchvision is not installed")

    registration = logging.getLogger("torch.onnx._internal.exporter._registration")
    registration.addFilter(is_news)
    try:
        with warnings.catch_warnings():
            # torch 2.13 copies trees with a class that torch 2.13 deprecates.
            warnings.filterwarnings("ignore", message=r".*LeafSpec.*is deprecated", category=FutureWarning)
            yield
    finally:
        registration.removeFilter(is_news)


def export_onnx(net: torch.nn.Module, shape: tuple[int, int, int], path: Path) -> None:
    """Write the net as ONNX: float32, weights inside, input `pixels`, output `logits`, any batch size.

    The net itself is not touched: a copy in evaluation mode on the CPU is exported. BatchNorm is folded into
    the convolutions. The file holds no metadata, so the same weights give the same bytes anywhere.

    Args:
        net: takes float32 [examples, channels, height, width] in [0, 1], gives logits [examples, classes].
        shape: channels, height, width.
        path: the file to write.

    Raises:
        InputError: torch cannot export this net, or its output is not [examples, classes] for any number
            of examples.
    """
    still = copy.deepcopy(net).to("cpu", torch.float32).eval()
    for tensor in (*still.parameters(), *still.buffers()):
        # The memory layout would reach the file. contiguous() would keep a single channel's strides.
        tensor.data = tensor.data.clone(memory_format=torch.contiguous_format)
    with _without_known_noise():
        try:
            program = torch.onnx.export(
                still,
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
            raise InputError("SF7001", f"torch cannot export {type(net).__name__} to ONNX: {reason}") from error
    assert program is not None  # noqa: S101 - None comes from the old exporter only
    model = program.model_proto
    given, answered = (value.type.tensor_type.shape.dim for value in (model.graph.input[0], model.graph.output[0]))
    if len(answered) != 2 or not given[0].dim_param or given[0].dim_param != answered[0].dim_param:
        raise InputError(
            "SF7002", f"{type(net).__name__} does not answer with [examples, classes] for any number of examples"
        )
    write_model(model, path)
