"""Checkpoints of other people's making."""

import hashlib
import pickle
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save_file
from torch import nn

from samefn.core.errors import InputError
from samefn.training.checkpoint_import import read_checkpoint


def read(path: Path, net: nn.Module | None = None) -> tuple[dict[str, torch.Tensor], dict[str, Any]]:
    return read_checkpoint(path, net or nn.Linear(3, 2), hashlib.sha256(path.read_bytes()).hexdigest())


@pytest.mark.parametrize("form", ["safetensors", "plain", "nested", "wrapped"])
def test_every_form_gives_the_same_weights(tmp_path: Path, form: str) -> None:
    state = nn.Linear(3, 2).state_dict()
    path = tmp_path / ("net.safetensors" if form == "safetensors" else "net.pt")
    if form == "safetensors":
        save_file(state, path)
    elif form == "plain":
        torch.save(state, path)
    elif form == "nested":
        torch.save({"epoch": 3, "state_dict": state}, path)
    else:
        torch.save({f"module.{name}": value for name, value in state.items()}, path)
    found, notes = read(path)
    assert found.keys() == state.keys()
    assert all(torch.equal(found[name], state[name]) for name in state)
    assert bool(notes) == (form in {"nested", "wrapped"})


class Evil:
    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (Path("evil-was-here"),)


def test_nothing_is_unpickled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    torch.save({"state_dict": Evil()}, tmp_path / "evil.pt")
    (tmp_path / "plain.pkl").write_bytes(pickle.dumps(Evil()))
    for name in ("evil.pt", "plain.pkl"):
        with pytest.raises(InputError, match="SF750"):
            read(tmp_path / name)
    assert not (tmp_path / "evil-was-here").exists()


def bad_states() -> dict[str, tuple[Any, str, str]]:
    """The content, the code, and what the message names."""
    good = nn.Linear(3, 2).state_dict()
    return {
        "missing": ({"weight": good["weight"]}, "SF752", "lacks 'bias'"),
        "extra": ({**good, "scale": torch.ones(1), "shift": torch.ones(1)}, "SF752", "'scale' and 1 more"),
        "shape": (nn.Linear(4, 2).state_dict(), "SF752", "[2, 4], not [2, 3]"),
        "dtype": ({name: value.half() for name, value in good.items()}, "SF752", "float16"),
        "nan": ({**good, "bias": torch.tensor([0.0, float("nan")])}, "SF753", "'bias'"),
        "no state": ({"epoch": 3}, "SF751", ""),
        "a list": ([1, 2], "SF751", ""),
    }


@pytest.mark.parametrize("case", bad_states())
def test_what_does_not_fit_is_refused(tmp_path: Path, case: str) -> None:
    content, code, fact = bad_states()[case]
    torch.save(content, tmp_path / "net.pt")
    with pytest.raises(InputError, match=code) as caught:
        read(tmp_path / "net.pt")
    assert fact in caught.value.what


def test_damaged_missing_and_changed_files_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "net.safetensors"
    path.write_bytes(b"\xff" * 100)
    with pytest.raises(InputError, match="SF750"):
        read(path)
    with pytest.raises(InputError, match="SF755"):
        read_checkpoint(path, nn.Linear(3, 2), "0" * 64)
    with pytest.raises(InputError, match="SF750"):
        read_checkpoint(tmp_path / "none.pt", nn.Linear(3, 2), "")
