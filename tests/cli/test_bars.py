"""Bars on a terminal: of what is under way, each with what is known of its end."""

import io

import pytest
from rich.console import Console
from rich.text import Text

from samefn.cli.progress import Bars, CountColumn, ProgressWithMessages
from samefn.core.events import Event


@pytest.fixture
def progress():
    console = Console(file=io.StringIO(), force_terminal=True, color_system=None)
    return ProgressWithMessages(CountColumn(), console=console, auto_refresh=False)


def shown(progress):
    return [(task.description, CountColumn().render(task).plain) for task in progress.tasks]


def test_what_is_done_has_no_bar(progress):
    bars = Bars(progress)
    bars.show(Event("progress", "measures", done=0, total=1))  # the first bar of all, of number 0
    bars.show(Event("finished", "measures"))
    assert shown(progress) == []
    bars.show(Event("progress", "latency", done=1, total=2))
    assert shown(progress) == [("latency", "1/2")]
    bars.show(Event("progress", "latency", done=2, total=2))
    assert shown(progress) == []


def test_what_names_hide_is_spelled_out(progress):
    bars = Bars(progress)
    bars.show(Event("progress", "a\x1b[2J\u202e", "b\x1b[2J\u202e", done=1, total=2))
    assert shown(progress) == [("a\\x1b[2J\\u202e", "1/2")]
    bars.show(Event("warning", "a\x1b[2J\u202e", "b\x1b[2J\u202e"))
    printed = progress.console.file.getvalue()
    assert "b\\x1b[2J\\u202e" in printed
    assert not set(printed) & set("\u202e")


def test_nothing_to_do_is_no_bar(progress):
    bars = Bars(progress)
    bars.show(Event("planned", "tasks", "0 of 3 to do"))
    bars.show(Event("finished", "report", done=3, total=3))
    assert shown(progress) == []


def test_all_tasks_are_counted_until_the_last_and_plan_by_plan(progress):
    bars = Bars(progress)
    bars.show(Event("planned", "tasks", "2 of 2 to do", total=2))
    bars.show(Event("finished", "base.onnx"))
    assert shown(progress) == [("[bold]all tasks[/]", "1/2")]
    bars.show(Event("planned", "tasks", "1 of 1 to do", total=1))
    assert shown(progress) == [("[bold]all tasks[/]", "0/1")]
    bars.show(Event("failed", "latency", "no time"))
    assert shown(progress) == []


def test_of_an_unknown_number_only_what_is_done_is_said(progress):
    Bars(progress).show(Event("progress", "report", "figures/distance.svg", done=22))
    assert shown(progress) == [("report", "22")]


def test_notes_and_failures_are_shown_while_it_runs_and_warnings_stay(progress):
    bars = Bars(progress)
    for kind, text in (("note", "slow"), ("failed", "NaN"), ("warning", "again")):
        bars.show(Event(kind, "int8", text))
    above = [part.plain for part in progress.get_renderables() if isinstance(part, Text)]
    assert above == ["note int8: slow", "failed int8: NaN"]
    assert progress.console.file.getvalue().splitlines() == ["warning int8: again"]
