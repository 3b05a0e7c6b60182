"""Functions that must be refused, and weights that do not go into their nets."""

import pickle
from collections.abc import Sequence
from pathlib import Path

import torch
from bad_case import Bad, Runs, cut, put, with_data
from bad_torch import WEIGHT, pickled
from safetensors.torch import save as tensors_saved

BIAS = torch.zeros(3)
MODULE = """
import sys
import torch

def net():
    return torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(16, 3))

def fails():
    raise ValueError("no\\nway")

def leaves():
    sys.exit(3)

def text():
    return "a net"

class Leaves(torch.nn.Module):
    def forward(self, image):
        sys.exit(3)

class Fails(torch.nn.Module):
    def forward(self, image):
        raise RuntimeError("line one\\nline two")

class Generator(torch.nn.Module):
    def forward(self, image):
        raise GeneratorExit

class Stop(KeyboardInterrupt):
    pass

class Stops(torch.nn.Module):
    def forward(self, image):
        raise Stop("mine")

class Mute(Exception):
    def __str__(self):
        raise SystemExit("no text")

class Mutes(torch.nn.Module):
    def forward(self, image):
        raise Mute

class Text(torch.nn.Module):
    def forward(self, image):
        return "cat"

class Fewer(torch.nn.Module):
    def forward(self, image):
        return image.flatten(1)[:1]

class Two(torch.nn.Module):
    def forward(self, image, mask):
        return image.flatten(1)

number = 3
"""


def function(name: str, path: str, *says: str, options: Sequence[str] = (), source: str = MODULE) -> Bad:
    """A candidate that a function builds; its module lies in the working folder."""

    def write(folder: Path) -> Sequence[str]:
        (folder / "bad_net_module.py").write_text(source)
        return with_data(path, *options)(folder)

    return Bad(name, write, (path.partition(":")[0], *says))


def weights(name: str, path: str, content: bytes, what: str) -> Bad:
    """A checkpoint that does not go into the net that a function builds."""

    def write(folder: Path) -> Sequence[str]:
        (folder / "bad_net_module.py").write_text(MODULE)
        put(folder / path, content)
        return with_data("bad_net_module:net", "--set", f"candidates.1.weights={path}")(folder)

    return Bad(name, write, (path, what))


CASES = (
    # Functions, and what goes into their nets.
    function("a module that is not there", "no_such_module_at_all:net", "SF021"),
    function("a function that is not there", "bad_net_module:nett", "'nett' ... SF021"),
    function("a function with two colons", "bad_net_module:net:x", "no such file"),
    function("a module of bad Python", "bad_net_module:net", "SF022", source="def net(:\n"),
    function("a module that fails", "bad_net_module:net", "SF022", source="1 / 0\n"),
    function(
        "a module that ends the program",
        "bad_net_module:net",
        "SF022",
        source="raise SystemExit(3)\n",
    ),
    function(
        "a module that lacks another",
        "bad_net_module:net",
        "SF022",
        source="import no_such_module_at_all\n",
    ),
    function("a function that fails", "bad_net_module:fails", "SF022"),
    function("a function that ends the program", "bad_net_module:leaves", "SF022"),
    function("a function that gives text", "bad_net_module:text", "SF319 ... SF319"),
    function("a number for a function", "bad_net_module:number", "SF509"),
    function("a function built into Python", "builtins:len", "SF509"),
    function(
        "an option that the function has not",
        "bad_net_module:net",
        "'width' ... SF307",
        options=("--set", "candidates.1.options.width='3'"),
    ),
    function("a net that ends the program", "bad_net_module:Leaves", "SF022"),
    function(
        "a net that fails",
        "bad_net_module:Fails",
        "float32 ... SF022",
    ),
    function("a net that raises what is no Exception", "bad_net_module:Generator", "SF022", "GeneratorExit"),
    function("a net that raises a keyboard interrupt of its own", "bad_net_module:Stops", "SF022", "Stop: mine"),
    function("a net whose error has no text", "bad_net_module:Mutes", "SF022", "Mute: ... SF022"),
    function("a net that gives text", "bad_net_module:Text", "SF318 ... SF318"),
    function("a net of two inputs", "bad_net_module:Two", "SF320"),
    weights("weights that are pickled code", "bad.pt", pickled(), "SF750"),
    weights(
        "weights in an old form of pickled code",
        "bad.pt",
        pickle.dumps(Runs()),
        "SF750",
    ),
    weights(
        "weights cut short",
        "bad.safetensors",
        cut(tensors_saved({"1.weight": WEIGHT, "1.bias": BIAS})),
        "SF750",
    ),
    weights("weights that are a whole model", "bad.pt", pickled([1, 2]), "SF751"),
    weights("weights that lack one", "bad.safetensors", tensors_saved({"1.weight": WEIGHT}), "'1.bias' ... SF752"),
    weights(
        "weights of another net",
        "bad.safetensors",
        tensors_saved({"w": torch.zeros(2)}),
        "'1.bias' ... SF752",
    ),
    weights(
        "weights of another shape",
        "bad.safetensors",
        tensors_saved({"1.weight": torch.zeros(4, 16), "1.bias": BIAS}),
        "[4, 16], not [3, 16]",
    ),
    weights(
        "weights of another type",
        "bad.safetensors",
        tensors_saved({"1.weight": WEIGHT.double(), "1.bias": BIAS}),
        "torch.float64 ... torch.float32 ... SF752",
    ),
    weights(
        "weights that are NaN",
        "bad.safetensors",
        tensors_saved({"1.weight": WEIGHT, "1.bias": BIAS / 0}),
        "SF753",
    ),
)
