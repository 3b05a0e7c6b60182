"""All rows in one table, also beside rows stored before a column was added."""

import numpy as np

import samefn
from samefn.analysis.rows import all_rows
from samefn.predictions.predictions import Predictions
from samefn.schema.methods import Given
from samefn.schema.report import ModelEntry


def test_rows_stored_without_margins_stand_beside_rows_with_them() -> None:
    draws = np.random.default_rng(0)
    ids = ["a", "b", "c"]
    base, other = (Predictions.from_logits("m", draws.normal(size=(3, 4)), ids) for _ in range(2))
    new = samefn.rows(base, other)
    old = new.drop("base_margin", "margin")
    entries = [
        ModelEntry(id=name, name=name, role=role, method=Given(adapter="saved"))
        for name, role in (("b", "base"), ("c", "candidate"))
    ]
    for parts in ([old[:1], new[1:]], [new[:2], old[2:]]):
        found = all_rows(entries, {"test": {"c": parts}}).collect()
        assert set(found.columns) == {"evaluation", "base", "candidate", *new.columns}
        assert found.select(old.columns).equals(old)
        missing = {part.height for part in parts if "margin" not in part.columns}
        assert {found["margin"].null_count()} == missing
