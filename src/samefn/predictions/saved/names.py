"""Known names of scores, predicted labels, ids and true classes, for arrays of a file or columns of a table."""

import re

from samefn.schema.methods import OutputKind

# Names of scores, and the kind that the name says; None if it does not say.
KNOWN_SCORES: dict[str, OutputKind | None] = {
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
KNOWN_PREDICTED = ("answers", "answer")
KNOWN_IDS = ("ids", "id")
KNOWN_LABELS = ("labels", "label", "y")
# True classes only if they are whole numbers or names.
POSSIBLE_LABELS = ("y_true", "target", "targets", "label_id", "label_ids")
# A column of one class: `logit_0`, `prob_cat`, `scores.2`, `logit7`. The longest names come first.
CLASS_COLUMN = re.compile(rf"({'|'.join(sorted(KNOWN_SCORES, key=len, reverse=True))})(?:[_.](.+)|(\d+))", re.DOTALL)


def kind_by_name(name: str) -> OutputKind | None:
    """The kind of output that a name says.

    >>> kind_by_name("logits"), kind_by_name("answers"), kind_by_name("predictions")
    ('logits', 'labels', None)
    """
    return "labels" if name in KNOWN_PREDICTED else KNOWN_SCORES.get(name)
