"""What people call scores, answers, ids and true classes, as arrays of a file or columns of a table."""

import re

from samefn.schema.methods import OutputKind

# Scores by name, and what the name says of them; None where it says nothing.
SCORES: dict[str, OutputKind | None] = {
    "logits": "logits",
    "logit": "logits",
    "log_probs": "log-probabilities",
    "log_prob": "log-probabilities",
    "logprobs": "log-probabilities",
    "logprob": "log-probabilities",
    "log_probabilities": "log-probabilities",
    "log_probability": "log-probabilities",
    "probabilities": "probabilities",
    "probability": "probabilities",
    "probs": "probabilities",
    "prob": "probabilities",
    "predictions": None,
    "prediction": None,
    "scores": None,
    "score": None,
}
ANSWERS = ("answers", "answer")
IDS = ("ids", "id")
TRUE = ("labels", "label", "y")
# These may be something else too: true classes where they are whole numbers or names.
OTHER_TRUE = ("y_true", "target", "targets", "label_id", "label_ids")
# A column of one class: `logit_0`, `prob_cat`, `scores.2`, `logit7`; the longest name comes first.
COLUMN = re.compile(rf"({'|'.join(sorted(SCORES, key=len, reverse=True))})(?:[_.](.+)|(\d+))", re.DOTALL)


def said_by(name: str) -> OutputKind | None:
    """What a name says the values are.

    >>> said_by("logits"), said_by("answers"), said_by("predictions")
    ('logits', 'labels', None)
    """
    return "labels" if name in ANSWERS else SCORES.get(name)
