"""Token ids of examples as text, by the tokenizer that lies beside the base."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeAlias

import numpy as np

from samefn.core.errors import InputError
from samefn.core.loading import load
from samefn.datasets.example_set import ExampleSet

# As transformers names them: the tokens, and which of them are no padding.
TOKENS, MASK = "input_ids", "attention_mask"
TOKENIZER = "tokenizer.json"
SHOWN_TOKENS = 64
_MORE = " [...]"

TextOf: TypeAlias = Callable[[int], str]


def input_text(base: str, examples: ExampleSet) -> tuple[TextOf | None, tuple[str, ...]]:
    """A function from an example's place to the text of its first 64 tokens, and a warning where it cannot be made.

    Args:
        base: path of the base, a folder or a file.
        examples: the inputs.

    Returns:
        None where the inputs are no tokens, or no tokenizer.json lies beside the base.
    """
    tokens, mask = examples.arrays.get(TOKENS), examples.arrays.get(MASK)
    path = Path(base) if Path(base).is_dir() else Path(base).parent
    if tokens is None or tokens.ndim != 2 or tokens.dtype.kind not in "iu" or not Path(base).exists():
        return None, ()
    if not (path / TOKENIZER).is_file():
        return None, ()
    try:
        decode: Callable[[Sequence[int]], str] = load("samefn.runtimes.language.tokenizer_file:read_decoder")(
            path / TOKENIZER
        )
    except ImportError as error:
        return None, (_no_text(f"{error}; pip install 'samefn[hf]'"),)
    except InputError as error:
        return None, (_no_text(error.line),)
    padded = mask is not None and mask.shape == tokens.shape

    def text_of(place: int) -> str:
        row = np.asarray(tokens[place])
        used = row[np.asarray(mask[place]) != 0] if padded and mask is not None else row
        return decode(used[:SHOWN_TOKENS].tolist()) + (_MORE if len(used) > SHOWN_TOKENS else "")

    return text_of, ()


def _no_text(why: str) -> str:
    return f"Changed inputs are shown as numbers of tokens, not as text: {why}."
