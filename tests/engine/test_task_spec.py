"""What a task's function needs to know, from the planner through JSON to the function."""

import json
from pathlib import Path

from samefn.engine.task import Job, TaskSpec


class Part(TaskSpec):
    """A part of a task."""

    size: int
    order: int | None = None


class Whole(TaskSpec):
    """A task with a part."""

    part: Part
    rate: float = 1.0
    on: bool = False


def read(kind, entries):
    stored = json.loads(json.dumps(entries))
    return Job("a task", stored, {}, Path(), None, print).read(kind)


def test_a_value_at_its_default_leaves_no_trace():
    assert Whole(part=Part(size=1, order=None), rate=1.0, on=False).entries() == {"part": {"size": 1}}


def test_a_value_that_is_only_false_for_python_is_kept():
    spec = Whole(part=Part(size=0, order=0), rate=0.0, on=True)
    assert spec.entries() == {"part": {"size": 0, "order": 0}, "rate": 0.0, "on": True}


def test_a_function_reads_what_was_planned():
    spec = Whole(part=Part(size=3), on=True)
    assert read(Whole, spec.entries()) == spec


def test_a_function_reads_a_part_of_what_it_is_told():
    assert read(Part, {**Part(size=2).entries(), "device": "cpu"}) == Part(size=2)
