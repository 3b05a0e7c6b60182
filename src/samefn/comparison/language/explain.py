"""What a language model is fed and returns, from one window, before anything long is run."""

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from samefn.comparison.confinement import Lines, call_with_models
from samefn.comparison.language.plan import Text, open_language_model
from samefn.comparison.models import ComparedModel
from samefn.config.comparison import ModelSource
from samefn.runtimes.adapters import find_adapter
from samefn.runtimes.language.model import LanguageModel
from samefn.sandbox.limits import Limits


def explain_language_model(model: ComparedModel, text: Text, limits: Limits, say: Callable[[str], None]) -> None:
    """Open a model, score the first window of the text, and describe what went in and what came out.

    Args:
        model: the model.
        text: the windows.
        limits: on its confined process.
        say: receives a sentence each.

    Raises:
        InputError: the model cannot be used.
    """
    if not model.problem:
        say(f"run by {model.adapter.name}")
    if model.id in text.failures:
        return
    fed = [f"fed {text.data.name}: {text.data.source}, {text.scored * len(text.windows):,} in all"]
    fed += [f"the windows are of {len(text.documents):,} documents"] if text.documents else []
    arguments = [model.source.model_dump(mode="json"), fed, text.windows[0].tolist()]
    function = "samefn.comparison.language.explain:explain_window"
    with TemporaryDirectory() as folder:
        call_with_models([(model.source, model.adapter)], function, arguments, Path(folder), limits, Lines(say))


def explain_window(arguments: Any, say: Callable[[str], None]) -> None:
    """In the confined process: score one window."""
    given, fed, tokens = arguments
    source = ModelSource.model_validate(given)
    opened = open_language_model(source, find_adapter(source))
    for line in (_tokenizer(opened), *fed):
        say(line)
    scored = opened.scored(0, np.array(tokens, dtype=np.int64))
    low, high = float(scored.log_probs.min()), float(scored.log_probs.max())
    say(
        f"returned log-probabilities of window 0: {list(scored.log_probs.shape)} of {scored.log_probs.dtype}, "
        f"{low:.4g} to {high:.4g}"
    )
    say(f"perplexity of that window: {float(np.exp(-scored.true.mean())):.4g}")


def _tokenizer(model: LanguageModel) -> str:
    parts, size = model.vocabulary.parts, model.vocabulary.size
    if not parts:
        return f"holds tokens and no tokenizer; its vocabulary has {size:,} tokens"
    hashes = ", ".join(f"{name} {sha256[:12]}" for name, sha256 in parts.items())
    return f"its tokenizer: {hashes}; its vocabulary has {size:,} tokens"
