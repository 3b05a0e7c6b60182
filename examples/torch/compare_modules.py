"""Compare modules in Python. Also save their predictions, to compare them elsewhere.

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
    independents = [predictions["seed1"], predictions["seed2"]]
    result = samefn.compare(predictions["base"], predictions["pruned"], independents=independents)
    print(result)
    print(f"report: {result.write(folder / 'modules')}")
    for name, saved in predictions.items():
        np.savez(folder / f"{name}.npz", ids=saved.ids, log_probs=saved.log_probs, labels=saved.labels)
    print(f"""
cd {folder}
samefn compare base.npz pruned.npz --independent seed1.npz seed2.npz""")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
