"""Modules that Python holds, compared where they are; and their predictions, saved, to be compared elsewhere.

python examples/torch/make_models.py models
python examples/torch/compare_modules.py models
"""

import sys
from pathlib import Path

import numpy as np
from digits_net import build
from safetensors.torch import load_file

import samefn


def loaded(path):
    net = build()
    net.load_state_dict(load_file(path))
    return net


def main(folder):
    nets = {name: loaded(folder / f"{name}.safetensors") for name in ("base", "pruned", "seed1", "seed2")}
    predictions = {name: samefn.predict(net, folder / "digits.npz", name=name) for name, net in nets.items()}
    base, pruned, *independents = predictions.values()
    result = samefn.compare(base, [pruned], independents=independents)
    print(*result.sentences, sep="\n")
    print(f"report: {result.write(folder / 'modules')}")
    for name, one in predictions.items():
        np.savez(folder / f"{name}.npz", ids=one.ids, log_probs=one.log_probs, labels=one.labels)
    print(f"""
cd {folder}
samefn compare base.npz pruned.npz --independent seed1.npz seed2.npz""")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
