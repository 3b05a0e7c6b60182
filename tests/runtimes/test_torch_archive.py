"""Torch's archives as a hostile hand writes them: nothing in them runs, and each is refused in one line."""

import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from samefn.config.comparison import ModelSource
from samefn.core.errors import InputError
from samefn.runtimes.torch.exported import open_exported

PROGRAM, SAMPLES = "models/model.json", "data/sample_inputs/model.pt"
WEIGHTS, CONSTANTS = "data/weights/model_weights_config.json", "data/constants/model_constants_config.json"
Records = dict[str, bytes]


class Named(torch.nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.dense = torch.nn.Linear(4, 3)

    def forward(self, x: torch.Tensor) -> dict[str, torch.Tensor]:
        return {"logits": self.dense(x).reshape(x.shape[0] * 3, 1).reshape(-1, 3)}


@pytest.fixture(scope="module")
def records() -> Records:
    """The records of a harmless program, without the folder that holds them."""
    stream = io.BytesIO()
    batch = {0: torch.export.Dim("batch")}
    torch.export.save(torch.export.export(Named().eval(), (torch.zeros(2, 4),), dynamic_shapes=(batch,)), stream)
    with zipfile.ZipFile(stream) as archive:
        return {name.partition("/")[2]: archive.read(name) for name in archive.namelist()}


def written(path: Path, records: Records, compression: int = zipfile.ZIP_STORED) -> ModelSource:
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, content in records.items():
            archive.writestr(f"m/{name}", content)
    return ModelSource(path=str(path))


class Marking:
    """When it is unpickled, a file appears."""

    def __init__(self, marker: Path) -> None:
        self.marker = marker

    def __reduce__(self) -> tuple:
        return (open, (str(self.marker), "w"))


def changed(records: Records, name: str, change: Callable[[Any], None]) -> Records:
    content = json.loads(records[name])
    change(content)
    return {**records, name: json.dumps(content).encode()}


def everywhere(records: Records, old: str, new: str, form: str = "%s") -> Records:
    text = records[PROGRAM].decode()
    assert old in text
    return {**records, PROGRAM: text.replace(old, form % json.dumps(new)[1:-1]).encode()}


def pickled(marker: Path) -> bytes:
    stream = io.BytesIO()
    torch.save(((Marking(marker),), {}), stream)
    return stream.getvalue()


def with_node(records: Records, target: str, **inputs: str) -> Records:
    def change(program: dict) -> None:
        node = program["graph_module"]["graph"]["nodes"][-1]
        node["target"] = target
        node["inputs"] = [{"name": name, "arg": {"as_string": text}, "kind": 1} for name, text in inputs.items()]

    return changed(records, PROGRAM, change)


def with_structure(records: Records, spec: dict) -> Records:
    def change(program: dict) -> None:
        program["graph_module"]["module_call_graph"][0]["signature"]["out_spec"] = json.dumps([1, spec])

    return changed(records, PROGRAM, change)


def with_weight(records: Records, config: str, **fields: Any) -> Records:
    def change(found: dict) -> None:
        meta = json.loads(records[WEIGHTS])["config"]["dense.weight"]
        found["config"]["dense.weight"] = {**meta, **fields}

    return changed(records, config, change)


def with_place(records: Records, offset: int = 0, strides: tuple[int, int] = (4, 1)) -> Records:
    """With a weight of 3 by 4 that lies elsewhere in its record."""

    def change(found: dict) -> None:
        meta = found["config"]["dense.weight"]["tensor_meta"]
        assert [size["as_int"] for size in meta["sizes"]] == [3, 4]
        meta["storage_offset"] = {"as_int": offset}
        meta["strides"] = [{"as_int": step} for step in strides]

    return changed(records, WEIGHTS, change)


def with_argument(records: Records, target: str, argument: dict) -> Records:
    def change(program: dict) -> None:
        node = program["graph_module"]["graph"]["nodes"][-1]
        node["target"] = target
        node["inputs"] = [{"name": "", "arg": argument, "kind": 1}]

    return changed(records, PROGRAM, change)


def with_hidden_size(records: Records, name: str, size: str) -> Records:
    """With one more tensor, of this name, whose size is this text."""

    def change(program: dict) -> None:
        graph = program["graph_module"]["graph"]
        meta = {**graph["tensor_values"]["x"], "sizes": [{"as_expr": {"expr_str": size, "hint": None}}]}
        graph["tensor_values"][name] = meta

    return changed(records, PROGRAM, change)


def with_numbers_as_text(records: Records) -> Records:
    def change(program: dict) -> None:
        program["graph_module"]["graph"]["tensor_values"]["x"]["sizes"][1] = {"as_int": "4"}

    return changed(records, PROGRAM, change)


def with_argument_name(records: Records, name: str) -> Records:
    def change(program: dict) -> None:
        program["graph_module"]["module_call_graph"][0]["signature"]["forward_arg_names"] = [name]

    return changed(records, PROGRAM, change)


def bomb() -> bytes:
    """Sample inputs, compressed, of more than an archive may unpack to."""
    stored, stream = io.BytesIO(), io.BytesIO()
    torch.save(((torch.zeros(2**24 + 1),), {}), stored)
    with zipfile.ZipFile(stored) as source, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in source.namelist():
            archive.writestr(name, source.read(name))
    return stream.getvalue()


CASES: dict[str, tuple[Callable[[Records, Path], Records], str]] = {
    "pickled sample inputs": (lambda r, m: {**r, SAMPLES: pickled(m)}, "pickled code"),
    "pickled weight": (
        lambda r, m: with_weight({**r, "data/weights/weight_0": pickled(m)}, WEIGHTS, use_pickle=True),
        "pickled object",
    ),
    "pickled constant": (
        lambda r, m: with_weight(
            {**r, "data/constants/tensor_0": pickled(m)}, CONSTANTS, use_pickle=True, path_name="tensor_0"
        ),
        "pickled object",
    ),
    "opaque object": (
        lambda r, m: with_weight({**r, "data/constants/opaque_obj_0": pickled(m)}, CONSTANTS, path_name="opaque_obj_0"),
        "pickled object",
    ),
    "custom object": (
        lambda r, m: with_weight({**r, "data/constants/custom_obj_0": pickled(m)}, CONSTANTS, path_name="custom_obj_0"),
        "pickled object",
    ),
    "weights of an older form": (lambda r, m: {**r, "data/weights/model.pt": pickled(m)}, "pickled weights"),
    "constants of an older form": (lambda r, m: {**r, "data/constants/model.pt": pickled(m)}, "pickled weights"),
    "machine code": (lambda r, m: {**r, "data/aotinductor/model/x.so": b"\x7fELF"}, "machine code"),
    "second program": (lambda r, m: {**r, "models/other.json": r[PROGRAM]}, "a second program"),
    "size that opens a file": (
        lambda r, m: everywhere(r, symbol(r), f"open('{m}','w').fileno()"),
        "a size that",
    ),
    "size that calls an attribute": (
        lambda r, m: everywhere(r, symbol(r), "().__class__.__base__"),
        "a size that",
    ),
    "size that ends Python": (lambda r, m: everywhere(r, symbol(r), "exit(3)"), "a size that"),
    "size behind a tensor's name": (
        lambda r, m: with_hidden_size(r, "metadata", f"open('{m}','w').fileno()"),
        "a size that",
    ),
    "size behind the name of a text": (
        lambda r, m: with_hidden_size(r, "as_string", f"open('{m}','w').fileno()"),
        "a size that",
    ),
    "number that is text": (lambda r, m: with_numbers_as_text(r), "SF380"),
    "symbol of a great number": (
        lambda r, m: changed(
            r, PROGRAM, lambda p: p["range_constraints"].update(u99999999999={"min_val": 0, "max_val": None})
        ),
        "a size that",
    ),
    "call given to an operator": (
        lambda r, m: with_argument(r, "torch.ops.higher_order.wrap", {"as_operator": "torch.os.system"}),
        "not an operator",
    ),
    "operator of machine code": (
        lambda r, m: with_node(r, "torch.ops.higher_order.aoti_call_delegate", path=str(m)),
        "not an operator",
    ),
    "argument's name that is no name": (lambda r, m: with_argument_name(r, "x: a.b"), "text that is not a"),
    "sample inputs in another form": (lambda r, m: {**r, SAMPLES: b"\x80\x02}q\x00."}, "pickled code"),
    "sample inputs that unpack without end": (lambda r, m: {**r, SAMPLES: bomb()}, "pickled code"),
    "call of the system": (lambda r, m: with_node(r, "torch.os.system", command=f"touch {m}"), "not an operator"),
    "call of a loader": (lambda r, m: with_node(r, "torch.ops.load_library", path=str(m)), "not an operator"),
    "call of a Python method": (lambda r, m: with_node(r, "_operator.methodcaller", name="x"), "not an operator"),
    "call of an operator's attribute": (lambda r, m: with_node(r, "torch.ops.aten.add.overloads"), "not an operator"),
    "operator that opens a file": (
        lambda r, m: with_node(r, "torch.ops.aten.from_file.default", filename=str(m)),
        "not an operator",
    ),
    "extension": (lambda r, m: with_node(r, "#triton:kernel"), "not an operator"),
    "name that is a call": (
        lambda r, m: everywhere(r, '"name": "x"', f"x=open('{m}','w')", '"name": "%s"'),
        "text that is not a",
    ),
    "structure with an import": (
        lambda r, m: with_structure(
            r,
            {
                "type": "builtins.dict",
                "context": json.dumps([{"__enum__": True, "fqn": "antigravity:X", "name": "x"}]),
                "children_spec": [{"type": None, "context": None, "children_spec": []}],
            },
        ),
        "inputs or outputs",
    ),
    "structure of another type": (
        lambda r, m: with_structure(r, {"type": "collections.defaultdict", "context": "[]", "children_spec": []}),
        "inputs or outputs",
    ),
    "no sample inputs": (lambda r, m: {k: v for k, v in r.items() if k != SAMPLES}, SAMPLES),
    "no JSON": (lambda r, m: {**r, PROGRAM: b"{"}, "SF380"),
    "deep JSON": (lambda r, m: {**r, PROGRAM: b"[" * 100_000}, "SF380"),
    "a list": (lambda r, m: {**r, PROGRAM: b"[]"}, "SF380"),
    "a program of nothing": (lambda r, m: {**r, PROGRAM: b"{}"}, "SF330"),
    "weights of nothing": (lambda r, m: {**r, WEIGHTS: b'{"config": {"a": 3}}'}, "SF380"),
    "another version": (lambda r, m: {**r, "archive_version": b"99"}, "SF330"),
    "weights that reach beyond": (lambda r, m: with_place(r, offset=1), "SF330"),
    "weights that step beyond": (lambda r, m: with_place(r, strides=(5, 1)), "SF330"),
    "weights that step back": (lambda r, m: with_place(r, strides=(4, -1)), "SF330"),
    "weights cut short": (lambda r, m: {**r, "data/weights/weight_0": b"1234"}, "SF330"),
}


def symbol(records: Records) -> str:
    """The text of the free batch size, as it stands in the JSON."""
    text = records[PROGRAM].decode()
    start = text.index('"expr_str": "') + len('"expr_str": "')
    return text[start : text.index('"', start)]


@pytest.mark.parametrize("case", CASES)
def test_a_hostile_program_is_refused_and_runs_nothing(
    tmp_path: Path, records: Records, case: str, capfd: pytest.CaptureFixture[str]
) -> None:
    marker = tmp_path / "marker"
    change, message = CASES[case]
    with pytest.raises(InputError) as caught:
        open_exported(written(tmp_path / "m.pt2", change(records, marker)))
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)
    assert not marker.exists()
    assert capfd.readouterr() == ("", "")


def test_guards_are_text_and_stay_text(tmp_path: Path, records: Records) -> None:
    marker = tmp_path / "marker"

    def guarded(program: dict) -> None:
        program["guards_code"] = [f"open('{marker}', 'w') is not None"]

    model = open_exported(written(tmp_path / "m.pt2", changed(records, PROGRAM, guarded)))
    assert model.run({"x": np.zeros((2, 4), np.float32)})["logits"].shape == (2, 3)
    assert not marker.exists()


def test_what_was_not_changed_is_taken(tmp_path: Path, records: Records) -> None:
    # Else every refusal above could be one of all programs.
    model = open_exported(written(tmp_path / "m.pt2", records))
    assert [spec.name for spec in model.outputs] == ["logits"]


def test_two_records_of_one_name_and_bombs_are_refused(tmp_path: Path, records: Records) -> None:
    twice = {**records, PROGRAM.replace("model.", "MODEL."): records[PROGRAM]}
    with pytest.raises(InputError, match="SF754"):
        open_exported(written(tmp_path / "m.pt2", twice))
    bomb = {**records, "data/weights/weight_0": bytes(2**26 + 1)}
    source = written(tmp_path / "b.pt2", bomb, zipfile.ZIP_DEFLATED)
    assert Path(source.path).stat().st_size < 2**20
    with pytest.raises(InputError, match="SF754"):
        open_exported(source)


# Opens each program and says what came of it: SIZES would take all memory or never end.
OPENING = """
import resource, sys
from samefn.core.errors import InputError
from samefn.runtimes.torch.exported import open_exported
from samefn.config.comparison import ModelSource
resource.setrlimit(resource.RLIMIT_CPU, (60, 60))
for path in sys.argv[1:]:
    try:
        open_exported(ModelSource(path=path))
    except InputError as error:
        print("a size that" in error.what and error.code == "SF381")
"""
SIZES = (
    "9**9**9**9",
    '("a"*10**10)',
    "Pow(Integer(9), Pow(Integer(9), Integer(99)))",
    "LShift(Integer(1), Integer(10**14))",
)


def test_sizes_are_never_evaluated(tmp_path: Path, records: Records) -> None:
    paths = [
        written(tmp_path / f"{number}.pt2", everywhere(records, symbol(records), size)).path
        for number, size in enumerate(SIZES)
    ]
    done = subprocess.run(
        [sys.executable, "-c", OPENING, *paths], capture_output=True, text=True, check=False, timeout=300
    )
    assert done.stdout.split() == ["True"] * len(SIZES)


def test_a_trusted_program_is_loaded_as_it_is_and_says_so(tmp_path: Path, records: Records) -> None:
    source = written(tmp_path / "m.pt2", {**records, "data/weights/model.pt": b""})
    with pytest.raises(InputError, match="SF381") as caught:
        open_exported(source)
    assert "--trust" in caught.value.fix
    trusted = written(tmp_path / "n.pt2", records).model_copy(update={"trust": True})
    assert len(open_exported(trusted).notes) == 1
