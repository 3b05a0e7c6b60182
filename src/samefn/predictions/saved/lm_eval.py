"""Samples of lm-evaluation-harness (`--log_samples`): one JSON object a line, of tasks with multiple choices."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import log_softmax

from samefn.config.comparison import ModelSource
from samefn.core.errors import InputError
from samefn.predictions.saved.values import SavedPredictions, saved_predictions

MAX_CHOICES = 1000
SOFTMAX = "the probabilities are the softmax of the choices' log-likelihoods, as acc and not acc_norm compares them"


@dataclass(frozen=True)
class _Question:
    """One line.

    Attributes:
        id: the document's.
        filter: what the responses went through; empty in older files.
        choices: the log-likelihood of every choice.
        target: the number of the right choice; None where the line does not tell it.
    """

    id: str
    filter: str
    choices: tuple[float, ...]
    target: int | None


def saved_harness(source: ModelSource, samples: Iterable[tuple[str, Any]]) -> SavedPredictions:
    """The choices' log-probabilities, [questions, choices]; `output` names a filter where there are several.

    A question with fewer choices than others gives the missing ones probability 0.

    Args:
        source: the file.
        samples: where each line stands, and what it holds.

    Raises:
        InputError: no such samples, a task without choices, or lines that differ in kind.
    """
    questions = [_question(sample, where) for where, sample in samples]
    if not questions:
        raise InputError("SF4058", "holds no samples", where=source.path)
    filters = list(dict.fromkeys(question.filter for question in questions))
    if source.output and source.output not in filters:
        raise InputError(
            "SF4059", f"has no filter {source.output!r}", where=source.path, fix=f"it has {', '.join(filters)}"[:200]
        )
    if len(filters) > 1 and not source.output:
        raise InputError(
            "SF4060",
            f"has responses of {len(filters)} filters: {', '.join(filters)}"[:300],
            where=source.path,
            fix="say which with `output`",
        )
    kept = [question for question in questions if question.filter == (source.output or filters[0])]
    log_probs, notes = _log_probs(kept)
    targets = [question.target for question in kept]
    true: NDArray[np.int64] | None = None
    if None in targets:
        notes.append("which choice is right is not told of every question, so nothing is said about right and wrong")
    else:
        true = np.array(targets, dtype=np.int64)
    ids = np.array([question.id for question in kept])
    return saved_predictions(source.path, log_probs, "log-probabilities", ids, true, (), notes)


def _log_probs(questions: list[_Question]) -> tuple[NDArray[np.float64], list[str]]:
    counts = [len(question.choices) for question in questions]
    found = np.full((len(questions), max(counts)), -np.inf)
    for row, question in zip(found, questions, strict=True):
        row[: len(question.choices)] = log_softmax(question.choices)
    notes = [SOFTMAX]
    if min(counts) < max(counts):
        notes.append(f"questions have {min(counts)} to {max(counts)} choices; a missing one has probability 0")
    return found, notes


def _question(sample: Any, where: str) -> _Question:
    keys = ("doc_id", "target")
    if not isinstance(sample, dict) or any(not isinstance(sample.get(key), str | int) for key in keys):
        raise InputError(
            "SF4061",
            "is no sample of lm-evaluation-harness: no doc_id and target",
            where=where,
            fix="write it by --log_samples; or give lines of id, label and prediction",
        )
    responses = sample.get("filtered_resps")
    if responses is None:
        resps = sample.get("resps")
        responses = (
            [one[0] if isinstance(one, list) and one else one for one in resps] if isinstance(resps, list) else []
        )
    if not isinstance(responses, list) or not 2 <= len(responses) <= MAX_CHOICES:
        raise InputError(
            "SF4062",
            "has no log-likelihoods of two choices or more",
            where=where,
            fix="give samples of a multiple-choice task",
        )
    choices = tuple(_log_likelihood(response, where) for response in responses)
    if max(choices) == -math.inf:
        raise InputError("SF4063", "gives every choice probability 0", where=where)
    return _Question(str(sample["doc_id"]), str(sample.get("filter", "")), choices, _target(sample, len(choices)))


def _log_likelihood(response: Any, where: str) -> float:
    """The first of a pair of log-likelihood and whether it is the greedy answer; numbers are written as text."""
    value: Any = response[0] if isinstance(response, list) and len(response) == 2 else None
    try:
        found = float(value)
    except (TypeError, ValueError, OverflowError) as error:
        raise InputError(
            "SF4064",
            "has a response that is no log-likelihood",
            where=where,
            fix="give samples of a multiple-choice task",
        ) from error
    if math.isnan(found) or found == math.inf:
        raise InputError("SF4065", f"has the log-likelihood {found}", where=where)
    return found


def _target(sample: Mapping[str, Any], choices: int) -> int | None:
    """The number of the right choice: as it is told, or of the choice with the text that is told."""
    target = str(sample["target"]).strip()
    if target.isdecimal() and len(target) < 10:
        return int(target) if int(target) < choices else None
    arguments = sample.get("arguments")
    if not isinstance(arguments, dict):
        return None
    texts = [argument.get("arg_1") if isinstance(argument, dict) else None for argument in arguments.values()]
    matches = [i for i, text in enumerate(texts[:choices]) if isinstance(text, str) and text.strip() == target]
    return matches[0] if len(matches) == 1 else None
