"""Checkpoints in torch's format are zip archives: one that unpacks without end is refused before it is read."""

import io
import zipfile
from pathlib import Path

import pytest
import torch

from samefn.core.errors import InputError
from samefn.nets.checkpoint.weights import read_state_dict
from samefn.nets.checkpoint.zip_entries import MAX_UNPACKED_BYTES


def test_a_checkpoint_that_unpacks_without_end_is_refused() -> None:
    net, stored, packed = torch.nn.Linear(2**12, 2**12 + 1, bias=False), io.BytesIO(), io.BytesIO()
    torch.save({"weight": torch.zeros_like(net.weight)}, stored)
    with zipfile.ZipFile(stored) as source, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in source.namelist():
            archive.writestr(name, source.read(name))
    assert len(packed.getvalue()) < 2**20
    assert read_state_dict(stored.getvalue(), Path("w.pt"), net)[0]["weight"].shape == net.weight.shape
    with pytest.raises(InputError, match=f"{MAX_UNPACKED_BYTES:,} bytes.*SF754"):
        read_state_dict(packed.getvalue(), Path("w.pt"), net)
