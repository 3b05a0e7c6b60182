"""Train a small GPT on a text, with several seeds, and make compressed copies, as folders of transformers.

    python examples/language/train_gpt.py TEXT OUT

The first nine tenths of the text are for training. The last tenth is written to OUT/heldout.txt, for comparing. Every
folder holds config.json, model.safetensors and the same tokenizer.json (byte-level BPE, trained here):

- `base`, and `seed-2`, `seed-3`: the same net and data, other initial weights and another order of the windows;
- `float16`: the base with its weights stored in float16;
- `int8`, `int4`: the base with each matrix rounded to 8 or 4 bits, symmetric, with one scale for each output
  channel (in an embedding: for each token). The rounded numbers are stored as float32, so the file is not smaller, but
  the function is that of a weight-only quantised model.
"""

import argparse
import json
import shutil
import sys
import time
from collections.abc import Callable
from pathlib import Path

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from torch.nn import functional
from transformers import GPT2Config, GPT2LMHeadModel
from transformers.utils import logging

BATCH, RATE, WARM_UP = 16, 2e-3, 50


def main() -> None:
    """Train, compress and save."""
    arguments = _arguments()
    torch.set_num_threads(1)
    logging.disable_progress_bar()
    text = arguments.text.read_text(encoding="utf-8")
    cut = len(text) * 9 // 10
    out: Path = arguments.out
    out.mkdir(parents=True, exist_ok=True)
    (out / "heldout.txt").write_text(text[cut:], encoding="utf-8", newline="")
    tokenizer = made_tokenizer(text[:cut], arguments.vocabulary)
    ids = torch.tensor(tokenizer.encode(text[:cut]).ids)
    seconds = {}
    for seed in range(1, arguments.seeds + 1):
        started = time.perf_counter()
        model = trained(ids, tokenizer.get_vocab_size(), arguments, seed)
        seconds[seed] = round(time.perf_counter() - started)
        save(model, tokenizer, out / ("base" if seed == 1 else f"seed-{seed}"))
    base = GPT2LMHeadModel.from_pretrained(out / "base")
    save(base.half(), tokenizer, out / "float16")
    for bits in (8, 4):
        save(rounded(GPT2LMHeadModel.from_pretrained(out / "base"), bits), tokenizer, out / f"int{bits}")
    training = {"steps": arguments.steps, "tokens": len(ids), "seconds": seconds, "torch": torch.__version__}
    (out / "training.json").write_text(json.dumps(training, indent=1) + "\n")


def made_tokenizer(text: str, vocabulary: int) -> Tokenizer:
    """A byte-level BPE tokenizer: every text has tokens, none is unknown."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(vocab_size=vocabulary, initial_alphabet=alphabet, show_progress=False)
    tokenizer.train_from_iterator([text], trainer)
    return tokenizer


def trained(ids: torch.Tensor, vocabulary: int, arguments: argparse.Namespace, seed: int) -> GPT2LMHeadModel:
    """A GPT trained on random windows of the tokens; the seed decides its start and the windows."""
    torch.manual_seed(seed)
    config = GPT2Config(
        vocab_size=vocabulary,
        n_positions=arguments.context,
        n_embd=arguments.width,
        n_layer=arguments.layers,
        n_head=4,
        resid_pdrop=0.0,
        embd_pdrop=0.0,
        attn_pdrop=0.0,
        bos_token_id=None,
        eos_token_id=None,
    )
    model = GPT2LMHeadModel(config).train()
    optimizer = torch.optim.AdamW(model.parameters(), lr=RATE, betas=(0.9, 0.95), weight_decay=0.1)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, _rate(arguments.steps))
    for step in range(arguments.steps):
        starts = torch.randint(len(ids) - arguments.context - 1, (BATCH,))
        windows = torch.stack([ids[at : at + arguments.context + 1] for at in starts.tolist()])
        logits = model(windows[:, :-1]).logits
        loss = functional.cross_entropy(logits.flatten(0, 1), windows[:, 1:].flatten())
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        if step % 50 == 0:
            sys.stdout.write(f"seed {seed}, step {step} of {arguments.steps}: {loss.item():.3f} nats a token\n")
            sys.stdout.flush()
    return model.eval()


def _rate(steps: int) -> Callable[[int], float]:
    """A linear rise, then a linear fall to a tenth."""
    return lambda step: min((step + 1) / WARM_UP, 1 - 0.9 * step / steps)


@torch.no_grad()
def rounded(model: GPT2LMHeadModel, bits: int) -> GPT2LMHeadModel:
    """The model with every matrix rounded to this number of bits, symmetric, one scale for each output channel.

    The linear layers of GPT-2 store [inputs, outputs], embeddings [tokens, width]; the output layer shares the weights
    of the token embedding. Biases and norms stay as they are.
    """
    most = 2 ** (bits - 1) - 1
    for name, weights in model.named_parameters():
        if weights.ndim == 2:
            axis = 1 if name.startswith(("transformer.wte", "transformer.wpe")) else 0
            scale = weights.abs().amax(dim=axis, keepdim=True).clamp(min=1e-12) / most
            weights.copy_((weights / scale).round().clamp(-most, most) * scale)
    return model


def save(model: GPT2LMHeadModel, tokenizer: Tokenizer, folder: Path) -> None:
    """A folder that transformers and samefn read."""
    shutil.rmtree(folder, ignore_errors=True)
    model.save_pretrained(folder)
    tokenizer.save(str(folder / "tokenizer.json"))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("text", type=Path, help="a text file, UTF-8")
    parser.add_argument("out", type=Path, help="the folder to write")
    parser.add_argument("--steps", type=int, default=500, help="of training, 16 windows each")
    parser.add_argument("--seeds", type=int, default=3, help="how many models: the base and independent ones")
    parser.add_argument("--context", type=int, default=128, help="tokens a window")
    parser.add_argument("--width", type=int, default=128)
    parser.add_argument("--layers", type=int, default=4)
    parser.add_argument("--vocabulary", type=int, default=1024, help="tokens of the tokenizer")
    return parser.parse_args()


if __name__ == "__main__":
    main()
