"""A small vision transformer for digits: in float32, stored in bfloat16, and trained twice more with other seeds.

pip install 'samefn[hf]'
python examples/transformers/make_models.py models
"""

import sys
from pathlib import Path

import numpy as np
import torch
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from transformers import ViTConfig, ViTForImageClassification
from transformers.utils import logging


def trained(seed, images, labels):
    torch.manual_seed(seed)
    config = ViTConfig(
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=4,
        intermediate_size=64,
        image_size=8,
        patch_size=2,
        num_channels=1,
        num_labels=10,
    )
    model = ViTForImageClassification(config)
    optimizer = torch.optim.AdamW(model.parameters(), lr=2e-3)
    for _ in range(20):
        for batch in torch.randperm(len(images)).split(64):
            optimizer.zero_grad()
            model(pixel_values=images[batch], labels=labels[batch]).loss.backward()
            optimizer.step()
    return model.eval()


def main(folder):
    logging.disable_progress_bar()
    torch.set_num_threads(1)  # more only wait for one another on so small a net
    folder.mkdir(parents=True, exist_ok=True)
    x, y = load_digits(return_X_y=True)
    x = (x / 16).astype(np.float32).reshape(-1, 1, 8, 8)
    train, test, train_labels, labels = train_test_split(x, y, test_size=0.5, random_state=0)
    np.savez(folder / "digits.npz", pixel_values=test, labels=labels)
    for seed, name in enumerate(("base", "seed1", "seed2")):
        model = trained(seed, torch.from_numpy(train), torch.from_numpy(train_labels))
        model.save_pretrained(folder / name)
        if name == "base":
            model.bfloat16().save_pretrained(folder / "bfloat16")
    print(f"""
cd {folder}
samefn compare base bfloat16 --data digits.npz --independent seed1 seed2""")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
