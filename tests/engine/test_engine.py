"""The engine: what is stored is not made again, what fails takes down only what needs it."""

import json

import pytest

from samefn.config.identity import task_key
from samefn.core.errors import SamefnError, StorageError
from samefn.core.events import silent
from samefn.engine.heartbeat import running_tasks
from samefn.engine.local import LocalEngine
from samefn.engine.run import run_tasks
from samefn.engine.status import cost_by_kind, run_statuses
from samefn.engine.task import Task
from samefn.store.store import Store


def task(name, function="add", plus=0, needs=(), **spec):
    table = {f"in{i}": other.key for i, other in enumerate(needs)}
    content = {"name": name, "plus": plus, "needs": list(table.values()), **spec}
    return Task(task_key("test", 1, content), "test", name, f"jobs:{function}", {"plus": plus, **spec}, table)


def value(store, made):
    return int(store.open(made.key).path("n").read_text())


def test_a_graph_is_made_whatever_the_order_it_is_given_in(tmp_path, engine):
    store, events = Store(tmp_path), []
    a, b = task("a", plus=1), task("b", plus=2)
    c = task("c", plus=10, needs=[a, b])
    d = task("d", plus=100, needs=[c, a])
    outcome = run_tasks([d, c, b, a], [d.key], store, engine, events.append)
    assert outcome.failed == {}
    assert value(store, d) == 100 + (10 + 1 + 2) + 1
    assert set(outcome.seconds) == {a.key, b.key, c.key, d.key}
    kinds = [event.kind for event in events]
    assert kinds.count("finished") == 4
    if engine.name == "local":  # Ray's tasks say how far they are through the store, and only after a second
        assert kinds.count("progress") == 4


def test_what_is_stored_is_not_made_again(tmp_path, engine):
    store, log = Store(tmp_path / "s"), tmp_path / "log"
    a = task("a", "count", log=str(log))
    b = task("b", "count", needs=[a], log=str(log))
    run_tasks([a, b], [b.key], store, engine, silent)
    run_tasks([a, b], [b.key], store, engine, silent)
    assert log.read_text() == "a\nb\n"


def test_only_what_the_goals_need_is_made(tmp_path, engine):
    store, log = Store(tmp_path / "s"), tmp_path / "log"
    a, b, unneeded = (task(name, "count", log=str(log)) for name in "abu")
    c = task("c", "count", needs=[a], log=str(log))
    run_tasks([a, b, c, unneeded], [b.key, c.key], store, engine, silent)
    assert sorted(log.read_text().split()) == ["a", "b", "c"]


def test_a_goal_that_is_stored_does_not_ask_for_what_it_came_from(tmp_path, engine):
    store, log = Store(tmp_path / "s"), tmp_path / "log"
    a = task("a", "count", log=str(log))
    b = task("b", "count", needs=[a], log=str(log))
    run_tasks([a, b], [b.key], store, engine, silent)
    manifest = store.folder(a.key) / "manifest.json"
    manifest.write_text("damaged")
    run_tasks([a, b], [b.key], store, engine, silent)
    assert log.read_text() == "a\nb\n"


def test_a_damaged_result_is_made_again(tmp_path, engine):
    store = Store(tmp_path)
    a = task("a", plus=1)
    b = task("b", plus=1, needs=[a])
    run_tasks([a, b], [b.key], store, engine, silent)
    (store.folder(b.key) / "n").write_text("3")
    events = []
    run_tasks([a, b], [b.key], store, engine, events.append)
    assert value(store, b) == 2
    assert any(event.kind == "warning" and b.key in event.text for event in events)


@pytest.mark.parametrize(
    ("function", "part"),
    [("diverge", "nan in epoch 3 [SF001]"), ("crash", "ZeroDivisionError"), ("fill_gpu", "out of memory")],
)
def test_a_failure_takes_down_only_what_needs_it(tmp_path, function, part, engine):
    store, events = Store(tmp_path), []
    bad, good = task("bad", function), task("good", plus=1)
    child = task("child", needs=[bad])
    grandchild = task("grandchild", needs=[child, good])
    outcome = run_tasks([bad, child, grandchild, good], [grandchild.key, good.key], store, engine, events.append)
    assert value(store, good) == 1
    assert part in outcome.failed[bad.key]
    assert "bad" in outcome.failed[child.key]
    assert "child" in outcome.failed[grandchild.key]
    assert set(outcome.failed) == {bad.key, child.key, grandchild.key}
    assert bool(outcome.details) == (function == "crash")
    assert [e.name for e in events if e.kind == "skipped"] == ["child", "grandchild"]


@pytest.mark.parametrize("function", ["no_room", "no_store"])
@pytest.mark.usefixtures("_jobs_can_be_imported")
def test_a_full_disk_stops_everything_in_one_line(tmp_path, function):
    """On one machine. Of a cluster's machines one may have no room, and the task is tried on others."""
    store, engine = Store(tmp_path), LocalEngine(1)
    with pytest.raises(StorageError, match="SF005") as error:
        run_tasks([task("a", function)], [task("a", function).key], store, engine, silent)
    assert "no space left on device" in error.value.what
    assert str(error.value).count("SF005") == 1
    assert "\n" not in str(error.value)
    good = task("good", plus=1)
    run_tasks([good], [good.key], store, engine, silent)
    assert value(store, good) == 1


def test_a_task_that_kills_its_worker_fails_and_the_others_are_made(tmp_path, engine):
    if engine.name == "in-process":
        pytest.skip("its worker is the process of the tests")
    store, bad = Store(tmp_path), task("bad", "die")
    others = [task(f"good {number}") for number in range(4)]
    after, dependent = task("after", needs=[others[0]]), task("dependent", needs=[bad])
    events = []
    everything = [others[0], bad, *others[1:], after, dependent]
    outcome = run_tasks(everything, [one.key for one in everything], store, engine, events.append)
    assert set(outcome.failed) == {bad.key, dependent.key}
    assert f"tried 3 times; key {bad.key[:12]}" in outcome.failed[bad.key]
    assert all(one.key in store for one in [*others, after])
    assert any(event.kind == "failed" and event.name == "bad" for event in events)


def test_an_unfinished_task_goes_on_from_its_workspace(tmp_path, engine):
    store, half = Store(tmp_path), task("half", "steps")
    assert run_tasks([half], [half.key], store, engine, silent).failed
    assert run_tasks([half], [half.key], store, engine, silent).failed == {}
    assert value(store, half) == 7
    assert not (tmp_path / "partial" / half.key).exists()


@pytest.mark.parametrize(
    ("function", "tries"), [("count_and_crash", 3), ("count_and_die", 3), ("count_and_diverge", 1)]
)
def test_a_task_is_tried_three_times_where_another_try_may_help(tmp_path, function, tries, engine):
    if engine.name == "in-process" and "die" in function:
        pytest.skip("its worker is the process of the tests")
    store, log = Store(tmp_path / "s"), tmp_path / "log"
    bad = task("bad", function, log=str(log))
    outcome = run_tasks([bad], [bad.key], store, engine, silent)
    assert log.read_text() == "bad\n" * tries
    assert (f"tried 3 times; key {bad.key[:12]}" in outcome.failed[bad.key]) == (tries > 1)


def test_a_task_that_fails_once_is_made_the_second_time(tmp_path, engine):
    store, events = Store(tmp_path / "s"), []
    once = task("once", "crash_once", log=str(tmp_path / "log"))
    assert run_tasks([once], [once.key], store, engine, events.append).failed == {}
    assert store.verified(once.key, silent)
    assert [event.name for event in events if event.kind == "warning"] == ["once"]


def test_what_a_task_says_is_passed_on(tmp_path, engine):
    store, events = Store(tmp_path), []
    run_tasks([task("a", "note")], [task("a", "note").key], store, engine, events.append)
    assert [event.text for event in events if event.kind == "note"] == ["of note"]


def test_a_need_that_nobody_makes(tmp_path, engine):
    orphan = task("b", needs=[task("a")])
    with pytest.raises(SamefnError, match="SF044"):
        run_tasks([orphan], [orphan.key], Store(tmp_path), engine, silent)


def test_status_says_what_is_done_what_failed_and_what_it_cost(tmp_path, engine):
    store = Store(tmp_path)
    good, bad = task("good", plus=1), task("bad", "diverge")
    after = task("after", needs=[bad])
    run_tasks([good, bad, after], [good.key, after.key], store, engine, silent, "a title")
    [found] = run_statuses(store)
    assert (found.title, found.engine, found.state) == ("a title", engine.name, "ended")
    assert (found.done, found.waiting, found.running) == (1, 0, ())
    assert [name for name, _ in found.failed] == ["bad", "after"]
    assert "SF001" in found.failed[0][1]
    [spent] = cost_by_kind(store)
    assert (spent.kind, spent.results) == ("test", 1)
    assert spent.cpu_seconds is not None
    assert spent.memory is None or spent.memory > 2**20


def test_a_mark_that_cannot_be_read_is_no_mark(tmp_path):
    store = Store(tmp_path)
    for folder in ("running", "runs"):
        store.files(folder).write("hostile.json", b'{"key": ["<script>"], "beat": "soon"}')
        store.files(folder).write("deep.json", b"[" * 100_000)
    run = {"title": "t", "engine": "local", "host": "h", "started": 0, "beat": 0}
    for number, odd in enumerate(({"started": 1e300}, {"tasks": [{"x": 1}]}, {"tasks": [{"key": "k", "gpu": "x"}]})):
        store.files("runs").write(f"{number}.json", json.dumps({**run, **odd}).encode())
    assert run_statuses(store) == []
    assert running_tasks(store) == {}
