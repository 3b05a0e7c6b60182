"""samefn: is a compressed neural network still the same function?

Importing this package loads nothing heavy: every public name is loaded when it is first used.

    >>> import samefn
    >>> samefn.jensen_shannon.__module__
    'samefn.measures.divergences'
"""

import os
from importlib.metadata import version as _version
from typing import Any

from samefn.core.loading import load as _load

__version__ = _version("samefn")

# ONNX Runtime would else record the machine and the running program in a database in the user's cache folder. It reads
# this when it is imported, here and in the worker processes; a value set by the user stays.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")

_PUBLIC = {
    "Predictions": "samefn.predictions.predictions:Predictions",
    "Trajectory": "samefn.predictions.trajectory:Trajectory",
    "StudySpec": "samefn.config.study:StudySpec",
    "predict": "samefn.comparison.predict:predict",
    "compare": "samefn.comparison.api:compare",
    "Result": "samefn.results.result:Result",
    "ResultPart": "samefn.results.part:ResultPart",
    "read_result": "samefn.results.result:read_result",
    "diff": "samefn.difference.api:diff",
    "ComparisonSpec": "samefn.config.comparison:ComparisonSpec",
    "Places": "samefn.core.paths:Places",
    "SuiteSpec": "samefn.config.suite:SuiteSpec",
    "read_spec": "samefn.config.read:read_spec",
    "suite": "samefn.studies.suite:suite",
    "read_study": "samefn.config.read:read_study",
    "study": "samefn.studies.study:study",
    "MEASURES": "samefn.measures.table:MEASURES",
    "jensen_shannon": "samefn.measures.divergences:jensen_shannon",
    "rows": "samefn.measures.rows:rows",
    "summarise": "samefn.statistics.shards:summarise",
    "relative_distance": "samefn.verdict.relative_distance_of_rows:relative_distance_rows",
}
__all__ = ["__version__", *_PUBLIC]  # noqa: PLE0604  (the table holds only strings)


def __getattr__(name: str) -> Any:
    if name in _PUBLIC:
        return _load(_PUBLIC[name])
    msg = f"module 'samefn' has no attribute {name!r}"
    raise AttributeError(msg)


def __dir__() -> list[str]:
    return sorted(__all__)
