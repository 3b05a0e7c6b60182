"""One tiny study, run once for all tests that look at it."""

import json
from dataclasses import dataclass
from pathlib import Path

import pytest

from samefn.config.read import read_study
from samefn.core.paths import Places
from samefn.engine.local import LocalEngine
from samefn.reports.read import read_report
from samefn.schema.report import Report
from samefn.studies.study import study

TINY = str(Path(__file__).with_name("tiny.toml"))


@dataclass
class Run:
    """A finished run."""

    places: Places
    report: Report
    events: list

    def json(self):
        """report.json without its times."""
        return without_times(self.places.out)


def without_times(out):
    """report.json without its times."""
    content = json.loads((out / "report.json").read_text())
    del content["times"]
    return content


def run_tiny(folder, store=None, workers=2, settings=()):
    """Run the tiny study."""
    places = Places(folder / "out", store or folder / "store", folder / "cache")
    events = []
    report = study(read_study(TINY, settings), places, LocalEngine(workers), "cpu", events.append)
    assert read_report(places.out) == report
    return Run(places, report, events)


@pytest.fixture(scope="session")
def tiny(tmp_path_factory):
    return run_tiny(tmp_path_factory.mktemp("tiny"))
