"""The reference page of the specs leaves no key without a meaning."""

import pytest

from generators.model_tables import meanings
from generators.spec import spec_page
from samefn.config.comparison import ComparisonSpec
from samefn.config.suite import SuiteSpec


def test_every_key_has_a_meaning() -> None:
    found = meanings(SuiteSpec) | meanings(ComparisonSpec)
    assert [f"{model}.{key}" for model, keys in found.items() for key, text in keys.items() if not text] == []
    # Every part of the spec is a model that the walk must reach: the ones named in its own annotations.
    parts = {"SuiteSpec", "StudyPair", "StudySpec", "Optimizer", "Distillation", "Evaluation", "Intervals", "Feed"}
    assert set(found) >= parts


@pytest.mark.parametrize(
    ("key", "wanted"),
    [
        ("epochs", "| `epochs` | whole number, from 1, up to 100,000 | `25` | passes over"),
        ("alphas", "| `alphas` | list: number, from 0, below 1 | `[0.1, 0.5, 0.9]` |"),
        ("pruning", "| `pruning` | [Pruning](#pruning); or none | its defaults |"),
        ("train_limit", "| `train_limit` | whole number, from 1; or none | none |"),
        ("protocol", '| `protocol` | `corrected` or `published` | `"corrected"` |'),
        ("pairs", "| `pairs` | list, 1 or more: [StudyPair](#studypair) | must be given |"),
    ],
)
def test_a_row_says_what_the_model_allows(key: str, wanted: str) -> None:
    assert any(line.startswith(wanted) for line in spec_page().splitlines()), key
