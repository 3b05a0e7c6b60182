"""What language models are fed and return, from one window, before anything long is run."""

from collections.abc import Iterator

import numpy as np

from samefn.comparison.explanation import Explanation
from samefn.comparison.language.plan import Text, open_language_model, read_windows
from samefn.comparison.plan import ComparedModel, compared_models
from samefn.config.comparison import ComparisonSpec
from samefn.core.errors import InputError
from samefn.runtimes.language.model import LanguageModel


def explain_language(spec: ComparisonSpec) -> tuple[Explanation, ...]:
    """Open every model, score it on the first window of the text, and say what went in and what came out.

    Raises:
        InputError: the base or the text cannot be used.
    """
    models = compared_models(spec)
    text = read_windows(spec, models)
    return tuple(_explained(one, text) for one in models)


def _explained(one: ComparedModel, text: Text) -> Explanation:
    lines = [] if one.problem else [f"run by {one.adapter.name}"]
    error = text.failures.get(one.id, "")
    if not error:
        try:
            lines += _lines(one, text)
        except InputError as raised:
            error = str(raised)
    return Explanation(one.source.path, tuple(lines), error)


def _lines(one: ComparedModel, text: Text) -> Iterator[str]:
    model = open_language_model(one.source, one.adapter)
    yield from _tokenizer(model)
    yield f"fed {text.data.name}: {text.data.source}, {text.scored * len(text.windows):,} in all"
    window = np.asarray(text.windows[0], dtype=np.int64)
    scored = model.scored(0, window)
    low, high = float(scored.log_probs.min()), float(scored.log_probs.max())
    yield (
        f"returned log-probabilities of window 0: {list(scored.log_probs.shape)} of {scored.log_probs.dtype}, "
        f"{low:.4g} to {high:.4g}"
    )
    yield f"perplexity of that window: {float(np.exp(-scored.true.mean())):.4g}"


def _tokenizer(model: LanguageModel) -> Iterator[str]:
    parts, size = model.vocabulary.parts, model.vocabulary.size
    if parts:
        hashes = ", ".join(f"{name} {sha256[:12]}" for name, sha256 in parts.items())
        yield f"its tokenizer: {hashes}; the model knows {size:,} tokens"
    else:
        yield f"holds tokens and no tokenizer; {size:,} are known"
