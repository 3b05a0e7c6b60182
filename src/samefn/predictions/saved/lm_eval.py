"""Samples of lm-evaluation-harness (`--log_samples`): one JSON object a line, from multiple-choice tasks."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import log_softmax

from samefn.config.comparison import ModelSource
from samefn.core.errors import InputError
from samefn.predictions.saved.values import SavedPredictions, check_saved

MAX_CHOICES = 1000
SOFTMAX = "the probabilities are the softmax of the choices' log-likelihoods, as acc and not acc_norm compares them"


@dataclass(frozen=True)
class _Question:
    """One line.

    Attributes:
        id: of the document.
        filter: applied to the responses; empty in older files.
        choices: log-likelihood of each choice.
        target: index of the right choice; None if the line does not say.
    """

    id: str
    filter: str
    choices: tuple[float, ...]
    target: int | None


def saved_lm_eval(source: ModelSource, samples: Iterable[tuple[str, Any]]) -> SavedPredictions:
    """Log-probabilities of the choices, [questions, choices]; `output` names a filter if there are several.

    Where a question has fewer choices than others, the missing ones have probability 0.

    Args:
        source: the file.
        samples: file and number of each line, and its content.

    Raises:
        InputError: no such samples, or a task without choices.
    """
    questions = [_question(sample, where) for where, sample in samples]
    if not questions:
        raise InputError("SF420", "holds no predictions", where=source.path)
    filters = list(dict.fromkeys(question.filter for question in questions))
    if source.output and source.output not in filters:
        raise InputError(
            "SF422",
            f"has no filter {source.output!r}",
            where=source.path,
            fix=f"choose one of {', '.join(filters)}"[:200],
        )
    if len(filters) > 1 and not source.output:
        raise InputError(
            "SF423",
            f"holds responses of {len(filters)} filters: {', '.join(filters)}"[:300],
            where=source.path,
            fix="set output to one of them",
        )
    selected = [question for question in questions if question.filter == (source.output or filters[0])]
    log_probs, notes = _log_probs(selected)
    targets = [question.target for question in selected]
    true: NDArray[np.int64] | None = None
    if None in targets:
        notes.append("some lines do not name the right choice, so accuracy is unknown")
    else:
        true = np.array(targets, dtype=np.int64)
    ids = np.array([question.id for question in selected])
    return check_saved(source.path, log_probs, "log-probabilities", ids, true, (), notes)


def _log_probs(questions: list[_Question]) -> tuple[NDArray[np.float64], list[str]]:
    counts = [len(question.choices) for question in questions]
    log_probs = np.full((len(questions), max(counts)), -np.inf)
    for row, question in zip(log_probs, questions, strict=True):
        row[: len(question.choices)] = log_softmax(question.choices)
    notes = [SOFTMAX]
    if min(counts) < max(counts):
        notes.append(f"questions have {min(counts)} to {max(counts)} choices; a missing one has probability 0")
    return log_probs, notes


def _question(sample: Any, where: str) -> _Question:
    keys = ("doc_id", "target")
    if not isinstance(sample, dict) or any(not isinstance(sample.get(key), str | int) for key in keys):
        raise InputError(
            "SF426",
            "is not a sample of lm-evaluation-harness: it has no doc_id and target",
            where=where,
            fix="write it with --log_samples, or give lines of id, label and prediction",
        )
    responses = sample.get("filtered_resps")
    if responses is None:
        resps = sample.get("resps")
        responses = (
            [resp[0] if isinstance(resp, list) and resp else resp for resp in resps] if isinstance(resps, list) else []
        )
    if not isinstance(responses, list) or not 2 <= len(responses) <= MAX_CHOICES:
        raise InputError(
            "SF426",
            "has no log-likelihoods of two or more choices",
            where=where,
            fix="give samples of a multiple-choice task",
        )
    choices = tuple(_log_likelihood(response, where) for response in responses)
    if max(choices) == -math.inf:
        raise InputError("SF426", "gives every choice probability 0", where=where)
    return _Question(str(sample["doc_id"]), str(sample.get("filter", "")), choices, _target(sample, len(choices)))


def _log_likelihood(response: Any, where: str) -> float:
    """The first of a pair (log-likelihood, whether it is the greedy choice); numbers may be text."""
    value: Any = response[0] if isinstance(response, list) and len(response) == 2 else None
    try:
        log_likelihood = float(value)
    except (TypeError, ValueError, OverflowError) as error:
        raise InputError(
            "SF426",
            "has a response that is not a log-likelihood",
            where=where,
            fix="give samples of a multiple-choice task",
        ) from error
    if math.isnan(log_likelihood) or log_likelihood == math.inf:
        raise InputError("SF426", f"has the log-likelihood {log_likelihood}", where=where)
    return log_likelihood


def _target(sample: Mapping[str, Any], choices: int) -> int | None:
    """Index of the right choice: the target itself, or the choice whose text is the target."""
    target = str(sample["target"]).strip()
    if target.isdecimal() and len(target) < 10:
        return int(target) if int(target) < choices else None
    arguments = sample.get("arguments")
    if not isinstance(arguments, dict):
        return None
    texts = [argument.get("arg_1") if isinstance(argument, dict) else None for argument in arguments.values()]
    matches = [i for i, text in enumerate(texts[:choices]) if isinstance(text, str) and text.strip() == target]
    return matches[0] if len(matches) == 1 else None
