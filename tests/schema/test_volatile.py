"""What two runs of one comparison must agree in, and what they need not."""

from pathlib import Path

import pytest

from samefn.reports.read import read_report
from samefn.schema.costs import CostEntry
from samefn.schema.environment import Times
from samefn.schema.volatile import stable, volatile_fields

REPORT = read_report(Path(__file__).parents[1] / "data" / "v1" / "comparison.json")


def changed(**parts):
    return stable(REPORT.model_copy(update=parts))


def test_times_hosts_costs_and_the_command_may_differ():
    assert volatile_fields() == ("study", "environment", "models.cost", "times")
    priced = tuple(model.model_copy(update={"cost": CostEntry(memory=7)}) for model in REPORT.models)
    elsewhere = REPORT.environment.model_copy(update={"cpu": "another", "cores": 64})
    assert changed(times=Times(started=1.0), study={}, environment=elsewhere, models=priced) == stable(REPORT)


@pytest.mark.parametrize(
    "part", [name for name, value in REPORT if value and name not in {*volatile_fields(), "schema_version"}]
)
def test_nothing_else_may(part):
    """Every other field, however it is changed, makes another report."""
    value = getattr(REPORT, part)
    other = (*value, value[0]) if isinstance(value, tuple) else "published"
    if part == "data":
        other = value.model_copy(update={"fingerprint": "another"})
    elif part == "confidence":
        other = 0.9
    assert changed(**{part: other}) != stable(REPORT)


def test_a_model_is_all_there_but_for_its_cost():
    model = REPORT.models[0].model_copy(update={"name": "another"})
    assert changed(models=(model, *REPORT.models[1:])) != stable(REPORT)
    assert set(stable(REPORT)["models"][0]) == set(type(model).model_fields) - {"cost"}
