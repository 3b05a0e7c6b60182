"""What a language model is fed and returns, from one window, before anything long is run."""

from collections.abc import Iterator

import numpy as np

from samefn.comparison.language.plan import Text, open_language_model
from samefn.comparison.models import ComparedModel
from samefn.runtimes.language.model import LanguageModel


def explain_language_model(model: ComparedModel, text: Text) -> Iterator[str]:
    """Open a model, score the first window of the text, and describe what went in and what came out.

    Raises:
        InputError: the model cannot be used.
    """
    if not model.problem:
        yield f"run by {model.adapter.name}"
    if model.id in text.failures:
        return
    opened = open_language_model(model.source, model.adapter)
    yield _tokenizer(opened)
    yield f"fed {text.data.name}: {text.data.source}, {text.scored * len(text.windows):,} in all"
    if text.documents:
        yield f"the windows are of {len(text.documents):,} documents"
    window = np.asarray(text.windows[0], dtype=np.int64)
    scored = opened.scored(0, window)
    low, high = float(scored.log_probs.min()), float(scored.log_probs.max())
    yield (
        f"returned log-probabilities of window 0: {list(scored.log_probs.shape)} of {scored.log_probs.dtype}, "
        f"{low:.4g} to {high:.4g}"
    )
    yield f"perplexity of that window: {float(np.exp(-scored.true.mean())):.4g}"


def _tokenizer(model: LanguageModel) -> str:
    parts, size = model.vocabulary.parts, model.vocabulary.size
    if not parts:
        return f"holds tokens and no tokenizer; its vocabulary has {size:,} tokens"
    hashes = ", ".join(f"{name} {sha256[:12]}" for name, sha256 in parts.items())
    return f"its tokenizer: {hashes}; its vocabulary has {size:,} tokens"
