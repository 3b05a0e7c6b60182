"""The report of a comparison from what the models answered."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version

import numpy as np
import polars as pl
from pydantic import JsonValue

from samefn.analysis.analyse import audit
from samefn.analysis.subject import Subject
from samefn.comparison.collect import Collected, noted, subject, without_failed
from samefn.core.events import Emit
from samefn.datasets.example_set import IMAGE, ExampleSet
from samefn.datasets.picture import data_uri
from samefn.runtimes.host import host
from samefn.schema.report import Analysis, DataEntry, Failure, Report
from samefn.spec.study import Intervals, Landscape

EVALUATION = "test"
NOISELESS = (
    "Nothing is known of the base's own noise: {}. So it is taken for none, and every change counts as the candidate's:"
    " it can look farther than it is, never nearer."
)
QUIET = "The base is steady: {}. So its own noise counts as none, and every change counts as the candidate's."


@dataclass(frozen=True, eq=False)
class Floor:
    """What is known of the base's own noise.

    Attributes:
        replicates: the base's answers to all examples, measured again.
        none_because: where there are no replicates, why the noise is taken for none.
        checked: whether a sample showed that there is none.
    """

    replicates: tuple[Collected, ...] = ()
    none_because: str = ""
    checked: bool = False


def assemble(
    told: Mapping[str, JsonValue],
    found: Sequence[Collected],
    floor: Floor,
    failures: Sequence[Failure],
    examples: ExampleSet,
    intervals: Intervals,
    landscape: Landscape,
    emit: Emit,
) -> tuple[Report, pl.DataFrame]:
    """The report, but for its times, costs and requirements, and the rows it is made from.

    Args:
        told: what the report says was asked for.
        found: the base first, then candidates and independents.
        floor: the base's own noise.
        failures: models that could not be asked at all.
        examples: what all were asked.
        intervals: the intervals' settings.
        landscape: the maps' settings.
        emit: told of every step.

    Raises:
        InputError: no example is left that every model answers, or models of other classes.
    """
    whole, failed, warnings = without_failed([*found, *floor.replicates])
    if floor.checked:
        whole[0] = noted(whole[0], QUIET.format(floor.none_because))
    subjects: list[Subject] = [subject(one, EVALUATION, None if n == 0 else "base") for n, one in enumerate(whole)]
    names, unnamed = known_names(examples, whole)
    warnings += unnamed
    if not floor.replicates and not floor.checked:
        warnings.append(NOISELESS.format(floor.none_because))
    made, rows = audit(subjects, names, landscape, intervals, pictures(examples), emit, noiseless=not floor.replicates)
    warnings += made.warnings
    count = whole[0].predictions.examples
    every = (*failures, *failed)
    return report_of(told, made, intervals.confidence, count, names, examples, every, warnings), rows


def known_names(examples: ExampleSet, found: Sequence[Collected]) -> tuple[tuple[str, ...], list[str]]:
    """The classes' names, and a warning where those of the data cannot be used."""
    # Of a model that gives answers only no more classes are known than it answered.
    classes = max(one.predictions.classes for one in found)
    numbers = tuple(map(str, range(classes)))
    names = examples.class_names or numbers
    if len(names) == classes:
        return names, []
    return numbers, [f"The data names {len(names)} classes, the models give {classes}: shown by number."]


def report_of(
    told: Mapping[str, JsonValue],
    made: Analysis,
    confidence: float,
    count: int,
    names: tuple[str, ...],
    examples: ExampleSet,
    failures: Sequence[Failure],
    warnings: Sequence[str],
) -> Report:
    """The report of an analysis.

    Args:
        told: what the report says was asked for, `name` among it.
        made: the analysis.
        confidence: of its intervals.
        count: how many examples all models answered.
        names: of the classes.
        examples: what all were asked.
        failures: what failed.
        warnings: all of them.
    """
    first = next(iter(examples.arrays.values()), None)
    return Report(
        samefn=version("samefn"),
        name=str(told["name"]),
        confidence=confidence,
        study=dict(told),
        environment=host(),
        data=DataEntry(
            name=examples.name,
            source=examples.source,
            official=False,
            fingerprint=examples.fingerprint,
            train_examples=0,
            test_examples=count,
            class_names=names,
            shape=() if first is None else tuple(first.shape[1:]),
        ),
        failures=tuple(failures),
        **{**dict(made), "warnings": tuple(warnings)},
    )


def pictures(examples: ExampleSet) -> Callable[[str], str | None]:
    """From an example's id to a picture of it; None where the examples are no images."""
    if not examples.images:
        return lambda _: None
    place = {str(name): number for number, name in enumerate(examples.ids)}
    pixels = examples.arrays[IMAGE]
    return lambda name: data_uri(np.asarray(pixels[place[name]]))
