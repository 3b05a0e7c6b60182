"""Records of how a model was run, put together: of several pieces, or of predictions that the user gave."""

import json
from collections.abc import Iterable, Sequence
from functools import reduce

from pydantic import ValidationError

from samefn.core.canonical import canonical_json
from samefn.predictions.predictions import Predictions
from samefn.schema.records import AnswerRecord, Rounding

# Fields of a record, and their names in the provenance of predictions.
_PROVENANCE_NAMES = {"fed": "fed", "returns": "returns", "batch": "batch_size"}


def given_record(predictions: Predictions) -> AnswerRecord:
    """The record of predictions that were given, by their own provenance."""
    facts = json.loads(canonical_json(predictions.provenance))
    known = {field: facts[name] for field, name in _PROVENANCE_NAMES.items() if name in facts}
    others = {key: value for key, value in facts.items() if key not in _PROVENANCE_NAMES.values()}
    try:
        return AnswerRecord.model_validate({**known, "facts": others, "notes": predictions.notes})
    except ValidationError:  # the user's own provenance, where these names mean something else
        return AnswerRecord(facts=facts, notes=predictions.notes)


def merged_records(records: Iterable[AnswerRecord]) -> AnswerRecord:
    """One record of a model that was run piece by piece: the first one's, with the failures and notes of all."""
    of_pieces = tuple(records)
    merged = {
        "failed": {name: why for record in of_pieces for name, why in record.failed.items()},
        "notes": tuple(dict.fromkeys(note for record in of_pieces for note in record.notes)),
        "rounding": reduce(Rounding.with_other, (record.rounding for record in of_pieces)),
    }
    return of_pieces[0].model_copy(update=merged)


def differing_facts(model: str, records: Sequence[AnswerRecord]) -> list[str]:
    """A warning for each fact of a model that is not the same in all records: workers may differ."""
    names = dict.fromkeys(name for record in records for name in record.facts)
    return [
        f"{model}: {name} was not the same on all shards."
        for name in names
        if any(record.facts.get(name) != records[0].facts.get(name) for record in records)
    ]
