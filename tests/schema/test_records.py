"""What tasks wrote before they had types for it is read by these, and would be written again as it was."""

import json
from pathlib import Path

import pytest
from pydantic import TypeAdapter

from samefn.schema.costs import CostEntry
from samefn.schema.methods import Pruned, QuantizedFile
from samefn.schema.records import MADE, AnswerRecord, TrainingRecord, write_record

RECORDS = Path(__file__).parents[1] / "data" / "v1" / "records"
TYPES = {**MADE, "answer": AnswerRecord}


@pytest.mark.parametrize("kind", TYPES)
def test_a_stored_record_is_read_and_written_to_the_byte(kind, tmp_path):
    stored = (RECORDS / f"{kind}.json").read_text()
    write_record(TYPES[kind].model_validate_json(stored), tmp_path)
    assert (tmp_path / "record.json").read_text() == stored


def test_they_say_what_they_said():
    read = {kind: TYPES[kind].model_validate_json((RECORDS / f"{kind}.json").read_text()) for kind in TYPES}
    assert isinstance(read["train"], TrainingRecord)
    assert [one.epoch for one in read["train"].losses] == [1, 2, 3]
    assert isinstance(read["quantize"], QuantizedFile)
    assert read["quantize"].bytes_after < read["quantize"].bytes_before
    assert isinstance(read["prune"], Pruned)
    assert read["prune"].zeroed == round(read["prune"].fraction * read["prune"].ranked)
    assert read["answer"].facts["runtime"] == "onnxruntime"


def test_costs_that_were_measured_before():
    stored = json.loads((RECORDS / "cost.json").read_text())
    found = TypeAdapter(dict[str, CostEntry]).validate_python(stored)
    assert found["base"].whole is not None
    assert found["base"].whole.median == stored["base"]["whole"]["median"]
    failed = CostEntry.model_validate({"notes": ["cannot be read"]})  # all that is stored of a model that failed
    assert (failed.whole, failed.notes) == (None, ("cannot be read",))


def test_an_unknown_field_of_a_record_is_an_error():
    with pytest.raises(ValueError, match="extra"):
        TrainingRecord.model_validate({"losses": [], "loss": 1})
