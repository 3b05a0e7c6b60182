"""The outline of an ONNX file beside the whole of it."""

from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from samefn.core.errors import InputError
from samefn.runtimes.onnx.file import read_graph, read_onnx
from samefn.runtimes.onnx.outline import SHORT_FIELD_BYTES, read_outline

LARGE, SMALL = np.arange(SHORT_FIELD_BYTES, dtype=np.float32), np.arange(3, dtype=np.float32)


def model() -> onnx.ModelProto:
    """Large and small arrays as weights, in a Constant, and in the branches of an If."""
    branches = [
        helper.make_graph([helper.make_node("Identity", [name], [f"{name}_out"])], name, [], [], [weights])
        for name in ("first", "second")
        for weights in [numpy_helper.from_array(LARGE, name)]
    ]
    nodes = [
        helper.make_node("Constant", [], ["c"], value=numpy_helper.from_array(LARGE, "constant")),
        helper.make_node("If", ["condition"], ["y"], then_branch=branches[0], else_branch=branches[1]),
    ]
    weights = [numpy_helper.from_array(LARGE, "large"), numpy_helper.from_array(SMALL, "small")]
    weights.append(
        helper.make_tensor("listed", TensorProto.FLOAT, [2 * SHORT_FIELD_BYTES], [0.5] * 2 * SHORT_FIELD_BYTES)
    )
    return helper.make_model(helper.make_graph(nodes, "test", [], [], weights), doc_string="x" * 2 * SHORT_FIELD_BYTES)


def emptied(tensor: TensorProto) -> None:
    if len(tensor.raw_data) > SHORT_FIELD_BYTES:
        tensor.ClearField("raw_data")


def test_all_but_the_bytes_of_large_arrays_is_there(tmp_path: Path) -> None:
    path = tmp_path / "model.onnx"
    onnx.save(model(), path)
    expected = read_onnx(path)
    for weights in expected.graph.initializer:
        emptied(weights)
    emptied(expected.graph.node[0].attribute[0].t)
    for attribute in expected.graph.node[1].attribute:
        emptied(attribute.g.initializer[0])
    assert read_graph(path) == expected
    assert len(read_outline(path)) < path.stat().st_size - 4 * LARGE.nbytes + SHORT_FIELD_BYTES
    assert [len(one.raw_data) for one in read_graph(path).graph.initializer] == [0, SMALL.nbytes, 0]


def test_a_file_that_is_cut_short_anywhere_is_refused_as_if_it_were_read_whole(tmp_path: Path) -> None:
    path = tmp_path / "model.onnx"
    content = model().SerializeToString()
    for length in range(0, len(content), 97):
        path.write_bytes(content[:length])
        said = []
        for read in (read_onnx, read_graph):
            try:
                read(path)
                said.append("")
            except InputError as error:
                said.append(str(error))
        assert said[0] == said[1]


def test_messages_that_lie_too_deep_are_refused(tmp_path: Path) -> None:
    path, inner = tmp_path / "deep.onnx", b"\x00" * 2 * SHORT_FIELD_BYTES
    graph, node, attribute = 7, 1, 5
    for number in (graph, *[node, attribute, 6] * 400)[::-1]:
        length, size = len(inner), bytearray()
        while length >= 0x80:
            size.append(length & 0x7F | 0x80)
            length >>= 7
        inner = bytes([number << 3 | 2]) + bytes(size) + bytes([length]) + inner
    path.write_bytes(inner)
    with pytest.raises(ValueError, match="too deep"):
        read_outline(path)
    with pytest.raises(InputError):
        read_graph(path)
