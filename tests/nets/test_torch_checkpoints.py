"""Checkpoints in torch's format: every number that is taken lies in the file."""

import io
import pickle
import pickletools
import zipfile
from pathlib import Path

import pytest
import torch

from samefn.core.errors import InputError
from samefn.nets.checkpoint.weights import read_state_dict

NET = torch.nn.Linear(127, 127, bias=False)
PATH = Path("w.pt")


def saved(state: object, *, older: bool = False) -> bytes:
    stream = io.BytesIO()
    torch.save(state, stream, _use_new_zipfile_serialization=not older)
    return stream.getvalue()


def with_record(name: str, content: bytes) -> bytes:
    """A checkpoint of `NET` with another content of one record."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(saved(NET.state_dict()))) as source, zipfile.ZipFile(stream, "w") as archive:
        for record in source.namelist():
            archive.writestr(record, content if record.endswith(f"/{name}") else source.read(record))
    return stream.getvalue()


def made_by_class(name: str) -> bytes:
    """A pickle of a weight that a call of a class makes, of memory as it lies there."""
    return b"\x80\x02}X\x06\x00\x00\x00weightctorch\n" + name.encode() + b"\nK\x7fK\x7f\x86Rs."


def older_without_arrays() -> bytes:
    stream = io.BytesIO(saved(NET.state_dict(), older=True))
    for _ in ("magic number", "version", "machine", "state"):
        list(pickletools.genops(stream))
    return stream.getvalue()[: stream.tell()] + pickle.dumps([], 2)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(with_record("data/0", bytes(60)), id="a short record"),
        pytest.param(with_record("data.pkl", made_by_class("Tensor")), id="no array"),
        pytest.param(with_record("data.pkl", made_by_class("FloatTensor")), id="no array of floats"),
        pytest.param(older_without_arrays(), id="the older form, no array"),
        pytest.param(saved(NET.state_dict(), older=True)[:-1000], id="the older form, cut short"),
        pytest.param(saved({"weight": torch.eye(127).to_sparse()}), id="sparse"),
        pytest.param(saved({"weight": torch.zeros(127, 127, device="meta")}), id="meta"),
    ],
)
def test_numbers_that_are_not_in_the_file_are_refused(data: bytes) -> None:
    with pytest.raises(InputError, match=r"SF75[01]") as caught:
        read_state_dict(data, PATH, NET)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("older", [False, True])
def test_what_torch_writes_is_taken(older: bool) -> None:
    whole = torch.linspace(-1, 1, 127 * 254).reshape(127, 254)
    parts = {"weight": torch.nn.Parameter(whole[:, 127:]), "other": whole, "epoch": 3}
    state = {"state_dict": {"weight": parts["weight"]}, **parts}
    found, notes = read_state_dict(saved(state, older=older), PATH, NET)
    assert torch.equal(found["weight"], whole[:, 127:])
    assert len(notes) == 1
