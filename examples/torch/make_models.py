"""A digits classifier in PyTorch: unchanged, with 90 % of its weights pruned, and trained twice more with other seeds.

Each model is written in three forms: as an exported program (.pt2), as TorchScript (.ts) and as weights (.safetensors).

pip install samefn
python examples/torch/make_models.py models
"""

import copy
import sys
import warnings
from pathlib import Path

import numpy as np
import torch
from digits_net import build
from safetensors.torch import save_file
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from torch import nn
from torch.nn.utils import prune

BY_FACTORY = """data = "digits.npz"
base = { name = "base", path = "digits_net:build", weights = "base.safetensors" }
candidates = [{ name = "pruned", path = "digits_net:build", weights = "pruned.safetensors" }]
independents = [
    { name = "seed1", path = "digits_net:build", weights = "seed1.safetensors" },
    { name = "seed2", path = "digits_net:build", weights = "seed2.safetensors" },
]
"""


def trained(seed, images, labels):
    torch.manual_seed(seed)
    net = build()
    optimizer = torch.optim.Adam(net.parameters(), lr=0.01)
    for _ in range(10):
        for batch in torch.randperm(len(images)).split(64):
            optimizer.zero_grad()
            nn.functional.cross_entropy(net(images[batch]), labels[batch]).backward()
            optimizer.step()
    return net.eval()


def pruned(net, share):
    """A copy in which this share of the smallest weights of each layer is zero."""
    net = copy.deepcopy(net)
    for layer in net:
        if isinstance(layer, nn.Linear):
            prune.l1_unstructured(layer, "weight", share)
            prune.remove(layer, "weight")
    return net


def write(net, name, folder):
    image = torch.zeros(2, 1, 8, 8)
    program = torch.export.export(net, (image,), dynamic_shapes=({0: torch.export.Dim("batch")},))
    torch.export.save(program, folder / f"{name}.pt2")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # torch advises to export instead
        torch.jit.trace(net, image).save(folder / f"{name}.ts")
    save_file(net.state_dict(), folder / f"{name}.safetensors")


def main(folder):
    torch.set_num_threads(1)  # for so small a net more threads are slower
    folder.mkdir(parents=True, exist_ok=True)
    x, y = load_digits(return_X_y=True)
    x = (x / 16).astype(np.float32).reshape(-1, 1, 8, 8)
    train, test, train_labels, labels = train_test_split(x, y, test_size=0.5, random_state=0)
    np.savez(folder / "digits.npz", pixels=test, labels=labels)
    for seed, name in enumerate(("base", "seed1", "seed2")):
        net = trained(seed, torch.from_numpy(train), torch.from_numpy(train_labels))
        write(net, name, folder)
        if name == "base":
            write(pruned(net, 0.9), "pruned", folder)
    (folder / "factory.toml").write_text(BY_FACTORY)
    print(f"""
cd {folder}
samefn compare base.pt2 pruned.pt2 --data digits.npz --independent seed1.pt2 seed2.pt2
samefn compare base.ts pruned.ts --data digits.npz --independent seed1.ts seed2.ts
PYTHONPATH={Path(__file__).resolve().parent} samefn compare factory.toml""")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
