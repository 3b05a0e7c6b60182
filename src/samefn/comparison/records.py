"""Records of one model together: of pieces of the examples, and of predictions that were given."""

import json
from collections.abc import Iterable, Sequence
from functools import reduce

from pydantic import ValidationError

from samefn.core.canonical import canonical_json
from samefn.predictions.predictions import Predictions
from samefn.schema.records import AnswerRecord, Rounding

# What predictions say of how they were made, by its name in a record.
_ABOUT = {"fed": "fed", "returns": "returns", "batch": "batch_size"}


def given_record(predictions: Predictions) -> AnswerRecord:
    """What predictions that were given say of how they were made."""
    facts = json.loads(canonical_json(predictions.provenance))
    about = {name: facts[key] for name, key in _ABOUT.items() if key in facts}
    others = {key: value for key, value in facts.items() if key not in _ABOUT.values()}
    try:
        return AnswerRecord.model_validate({**about, "facts": others, "notes": predictions.notes})
    except ValidationError:  # somebody else's words, which mean something else
        return AnswerRecord(facts=facts, notes=predictions.notes)


def merged_records(records: Iterable[AnswerRecord]) -> AnswerRecord:
    """One record of a model that was run piece by piece: the first one's, with the failures and notes of all."""
    found = tuple(records)
    together = {
        "failed": {name: why for one in found for name, why in one.failed.items()},
        "notes": tuple(dict.fromkeys(note for one in found for note in one.notes)),
        "rounding": reduce(Rounding.with_other, (one.rounding for one in found)),
    }
    return found[0].model_copy(update=together)


def differing_facts(model: str, records: Sequence[AnswerRecord]) -> list[str]:
    """A warning for each fact of a model that is not the same in all records: workers may differ."""
    names = dict.fromkeys(name for one in records for name in one.facts)
    return [
        f"{model} was not run in one way on all shards: they differ in {name}."
        for name in names
        if any(one.facts.get(name) != records[0].facts.get(name) for one in records)
    ]
