"""The store: whole or not at all, and damage is found."""

import json
import os
import shutil
import threading

import pytest

from samefn.core.errors import DamagedArtefactError, InputError, StorageError
from samefn.core.events import silent
from samefn.store.artefact import manifest_hash
from samefn.store.opening import default_location
from samefn.store.store import Store

KEY = "ab" + "0" * 62
OTHER = "cd" + "1" * 62


def put(store, key=KEY, content=b"x" * 1000):
    with store.publish(key, "train", "a model", {"seed": 1}) as folder:
        (folder / "weights").write_bytes(content)
        (folder / "sub").mkdir()
        (folder / "sub" / "more").write_bytes(b"y")


def test_what_is_published_is_read_back(tmp_path):
    store = Store(tmp_path / "s")
    assert KEY not in store
    put(store)
    found = store.open(KEY)
    assert found.path("weights").read_bytes() == b"x" * 1000
    assert (found.kind, found.name, found.manifest["spec"]) == (
        "train",
        "a model",
        {"seed": 1},
    )
    assert store.keys() == [KEY]
    assert Store(tmp_path / "s").open(KEY).key == KEY


def test_an_error_in_the_body_publishes_nothing(tmp_path):
    store = Store(tmp_path)

    def fail():
        with store.publish(KEY, "train", "n", {}) as folder:
            (folder / "half").write_bytes(b"1")
            raise ValueError

    with pytest.raises(ValueError):  # noqa: PT011
        fail()
    assert KEY not in store
    assert list((tmp_path / "incoming").iterdir()) == []


def test_the_second_of_two_equal_results_is_dropped(tmp_path):
    store = Store(tmp_path)
    put(store, content=b"first")
    put(store, content=b"second")
    assert store.open(KEY).path("weights").read_bytes() == b"first"


def test_many_publishers_at_once(tmp_path):
    store = Store(tmp_path)
    threads = [threading.Thread(target=put, args=(Store(tmp_path),)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    store.open(KEY)
    assert store.keys() == [KEY]


def flip(path):
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(bytes(data))


DAMAGE = {
    "flipped": lambda folder: flip(folder / "weights"),
    "truncated": lambda folder: (folder / "weights").write_bytes(b"x" * 999),
    "gone": lambda folder: (folder / "sub" / "more").unlink(),
    "added": lambda folder: (folder / "stranger").write_bytes(b""),
    "manifest flipped": lambda folder: flip(folder / "manifest.json"),
    "manifest gone": lambda folder: (folder / "manifest.json").unlink(),
    "manifest no json": lambda folder: (folder / "manifest.json").write_text("{"),
    "manifest no table": lambda folder: (folder / "manifest.json").write_text("[]"),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_damage_is_found_named_and_moved_aside(tmp_path, damage):
    store, events = Store(tmp_path), []
    put(store)
    put(store, OTHER)
    DAMAGE[damage](store.folder(KEY))
    with pytest.raises(DamagedArtefactError, match="SF060"):
        store.open(KEY)
    assert not store.verified(KEY, events.append)
    assert [event.kind for event in events] == ["warning"]
    assert str(store.folder(KEY)) in events[0].text
    assert KEY not in store
    assert len(list((tmp_path / "damaged").iterdir())) == 1
    assert store.verified(OTHER, events.append)
    put(store)
    assert store.verified(KEY, events.append)


def test_an_artefact_under_anothers_key_is_damage(tmp_path):
    store = Store(tmp_path)
    put(store)
    store.folder(OTHER).parent.mkdir()
    store.folder(KEY).rename(store.folder(OTHER))
    with pytest.raises(DamagedArtefactError):
        store.open(OTHER)


def test_a_workspace_keeps_files_and_forgets_damaged_ones(tmp_path):
    events = []
    space = Store(tmp_path).workspace(KEY, events.append)
    assert space.read("state-1") is None
    space.write("state-1", b"one")
    space.write("state-11", b"eleven")
    assert (space.read("state-1"), space.read("state-11")) == (b"one", b"eleven")
    space.write("state-1", b"two")
    assert space.read("state-1") == b"two"
    [path] = [p for p in (tmp_path / "partial" / KEY).iterdir() if p.name.startswith("state-1.")]
    path.write_bytes(b"tw")
    assert space.read("state-1") is None
    assert [(event.kind, event.name) for event in events] == [("warning", "state-1")]
    assert space.read("state-11") == b"eleven"
    space.remove("state-11")
    assert space.read("state-11") is None
    space.clear()
    assert not (tmp_path / "partial" / KEY).exists()


def test_left_overs_of_the_dead_are_removed_and_those_of_the_living_kept(tmp_path):
    store = Store(tmp_path)
    old, new = tmp_path / "incoming" / "old", tmp_path / "incoming" / "new"
    for folder in (old, new):
        folder.mkdir(parents=True)
    os.utime(old, (0, 0))
    put(store)
    store.workspace(KEY, silent).write("x", b"")
    store.workspace(OTHER, silent).write("x", b"")
    store.remove_leftovers()
    assert new.exists()
    assert not old.exists()
    assert [path.name for path in (tmp_path / "partial").iterdir()] == [OTHER]


def test_folders_that_are_no_store(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="SF062"):
        Store(tmp_path / "file")
    with pytest.raises(InputError, match="SF062"):
        Store(tmp_path)
    (tmp_path / "s").mkdir()
    (tmp_path / "s" / "format").write_text("samefn-store-99\n")
    with pytest.raises(InputError, match="SF063"):
        Store(tmp_path / "s")


def test_a_place_that_cannot_be_written_is_one_line(tmp_path):
    # A file where a folder must be: also root cannot write there, unlike in a read-only folder.
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError, match="SF005") as error:
        Store(tmp_path / "file" / "store")
    assert "\n" not in str(error.value)


def test_find_wants_one_key(tmp_path):
    store = Store(tmp_path)
    put(store)
    put(store, "ab1" + "2" * 61)
    assert store.find("ab0") == KEY
    with pytest.raises(InputError, match="SF066") as error:
        store.find("ab")
    assert "2 keys" in error.value.what
    with pytest.raises(InputError, match="SF067"):
        store.find("ff")


def test_the_default_store(tmp_path, monkeypatch):
    monkeypatch.setenv("SAMEFN_STORE", "")
    assert default_location(tmp_path) == str(tmp_path / "store")
    monkeypatch.setenv("SAMEFN_STORE", "/elsewhere")
    assert default_location(tmp_path) == "/elsewhere"


def test_the_manifest_is_json_for_people(tmp_path):
    store = Store(tmp_path)
    put(store)
    manifest = json.loads((store.folder(KEY) / "manifest.json").read_text())
    assert set(manifest["files"]) == {"weights", "sub/more"}
    assert manifest["seconds"] >= 0


def resigned(folder, change):
    """A manifest that is changed and bears the hash of what it says now."""
    manifest = json.loads((folder / "manifest.json").read_text())
    content = {**{name: value for name, value in manifest.items() if name != "sha256"}, **change}
    (folder / "manifest.json").write_text(json.dumps({**content, "sha256": manifest_hash(content)}))


ODD = [{"files": [1]}, {"files": {"a": 3}}, {"made": "x"}, {"made": 1e300}, {"seconds": "x"}, {"kind": None}]


@pytest.mark.parametrize("change", [*ODD, {"memory": "x"}, {"cpu_seconds": []}], ids=str)
def test_a_manifest_odd_types_is_damaged(tmp_path, change):
    store = Store(tmp_path)
    put(store)
    resigned(store.folder(KEY), {})
    assert store.manifest(KEY)["kind"] == "train"
    resigned(store.folder(KEY), change)
    with pytest.raises(DamagedArtefactError):
        store.manifest(KEY)


@pytest.mark.parametrize(
    "make",
    [
        lambda path: path.write_text("[" * 100_000),
        lambda path: path.write_text('{"key": ' * 990 + "1" + "}" * 990),
        lambda path: path.symlink_to("/dev/zero"),
        lambda path: path.symlink_to("/proc/self/status"),
        os.mkfifo,
        lambda path: path.mkdir(),
    ],
    ids=["deep list", "deep table", "endless device", "file of the system", "pipe", "folder"],
)
def test_a_manifest_that_is_none_is_damaged(tmp_path, make):
    store = Store(tmp_path)
    put(store)
    (store.folder(KEY) / "manifest.json").unlink()
    make(store.folder(KEY) / "manifest.json")
    for read in (store.manifest, store.open):
        with pytest.raises(DamagedArtefactError):
            read(KEY)


def test_a_store_that_is_removed_meanwhile_is_one_error(tmp_path):
    store = Store(tmp_path / "s")
    put(store)
    shutil.rmtree(tmp_path / "s")
    for read in (store.manifest, store.open):
        with pytest.raises(DamagedArtefactError, match=r"SF06[01]"):
            read(KEY)


@pytest.mark.parametrize("make", [os.mkfifo, lambda path: path.symlink_to("/dev/zero")], ids=["pipe", "device"])
def test_small_files_that_are_none_are_passed_over(tmp_path, make):
    store = Store(tmp_path)
    (tmp_path / "runs").mkdir()
    make(tmp_path / "runs" / "a.json")
    assert store.files("runs").read("a.json") is None
