"""A store in object storage, held against a real S3-compatible server: whole or not at all, on any machine."""

import json
import threading
import time

import pytest

from samefn.core.errors import DamagedArtefactError, InputError, StorageError
from samefn.core.events import silent
from samefn.store.artefact import manifest_hash
from samefn.store.bucket import Bucket
from samefn.store.opening import existing_store, open_store

KEY = "ab" + "0" * 62
URL = "s3://bucket/store"
MANIFEST = f"objects/ab/{KEY}.json"


def put(store, key=KEY, content=b"x" * 1000):
    with store.publish(key, "train", "a model", {"seed": 1}) as folder:
        (folder / "weights").write_bytes(content)
        (folder / "sub").mkdir()
        (folder / "sub" / "more").write_bytes(b"y")


@pytest.fixture
def machines(server, tmp_path):
    """The same store as two machines see it."""
    return [open_store(URL, tmp_path / name) for name in ("one", "two")]


def test_what_one_machine_publishes_another_reads(machines):
    one, two = machines
    assert KEY not in two
    put(one)
    assert KEY in two
    found = two.open(KEY)
    assert found.path("weights").read_bytes() == b"x" * 1000
    assert found.path("sub/more").read_bytes() == b"y"
    assert two.keys() == [KEY]
    assert two.manifest(KEY) == one.manifest(KEY)


def test_a_manifest_is_read_without_its_files(machines):
    one, two = machines
    put(one)
    assert two.manifest(KEY)["name"] == "a model"
    assert not two.folder(KEY).exists()


def test_two_machines_that_publish_the_same_key_do_not_mix(machines, tmp_path):
    """Contents lie under their own hash, so whichever manifest is last names files that belong together."""
    threads = [threading.Thread(target=put, args=(store, KEY, b"z" * 100_000)) for store in machines * 3]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    fresh = open_store(URL, tmp_path / "three")
    assert fresh.open(KEY).path("weights").read_bytes() == b"z" * 100_000


def test_what_was_made_and_not_sent_is_sent(machines):
    """As after a machine that died between the two."""
    one, two = machines
    put(one)
    Bucket(URL).forget(KEY)
    assert KEY not in two
    assert one.verified(KEY, silent)
    assert two.open(KEY).name == "a model"


def test_contents_without_a_manifest_are_no_result(machines):
    one, two = machines
    put(one)
    Bucket(URL).forget(KEY)
    assert not two.verified(KEY, silent)
    assert two.keys() == []


@pytest.mark.parametrize("damage", ["changed", "cut", "gone", "manifest"])
def test_damage_is_found_named_and_mended(machines, damage):
    one, two = machines
    put(one)
    bucket, sha256 = Bucket(URL), one.open(KEY).manifest["files"]["weights"]["sha256"]
    content = f"contents/{sha256[:2]}/{sha256}"
    if damage == "changed":
        bucket.write(content, b"y" * 1000)
    elif damage == "cut":
        bucket.write(content, b"x" * 10)
    elif damage == "gone":
        bucket.remove(content)
    else:
        bucket.write(MANIFEST, b"{")
    with pytest.raises(DamagedArtefactError):
        two.open(KEY)
    events = []
    assert not two.verified(KEY, events.append)
    assert [event.kind for event in events] == ["warning"]
    put(two)
    assert two.open(KEY).path("weights").read_bytes() == b"x" * 1000
    assert open_store(URL, two.root.parent.parent / "three").verified(KEY, silent)


def test_a_manifest_that_names_a_file_outside_is_refused(machines):
    one, two = machines
    put(one)
    manifest = dict(one.open(KEY).manifest)
    manifest["files"]["../../../escaped"] = manifest["files"].pop("weights")
    manifest["sha256"] = manifest_hash({name: value for name, value in manifest.items() if name != "sha256"})
    Bucket(URL).write(MANIFEST, json.dumps(manifest).encode())
    with pytest.raises(DamagedArtefactError, match="SF060"):
        two.open(KEY)
    assert not list(two.root.rglob("escaped*"))


def test_unfinished_work_goes_on_on_another_machine(machines):
    one, two = machines
    space = one.workspace(KEY, silent)
    space.write("epoch", b"3")
    space.write("other", b"1")
    assert two.workspace(KEY, silent).read("epoch") == b"3"
    two.workspace(KEY, silent).write("epoch", b"4")
    assert space.read("epoch") == b"4"
    space.clear()
    assert two.workspace(KEY, silent).read("other") is None


def test_a_server_that_is_away_for_a_while_is_waited_for(machines, server):
    one, two = machines
    server.stop()
    threading.Thread(target=lambda: (time.sleep(3), server.start())).start()
    put(one)
    assert two.open(KEY).name == "a model"


@pytest.mark.parametrize(
    ("url", "code"), [("s3://nobucket/store", "SF005"), ("gopher://bucket/store", "SF064"), ("memory://store", "SF064")]
)
def test_places_that_cannot_be_used(server, tmp_path, monkeypatch, url, code):
    monkeypatch.setattr("samefn.store.bucket.OPEN_PATIENCE", 1.0)
    with pytest.raises((InputError, StorageError)) as error:
        open_store(url, tmp_path)
    assert (error.value.code, error.value.where) == (code, url)
    assert "\n" not in str(error.value)


def test_a_server_that_is_not_there(server, tmp_path, monkeypatch):
    monkeypatch.setattr("samefn.store.bucket.OPEN_PATIENCE", 1.0)
    server.stop()
    with pytest.raises(InputError, match="SF064"):
        open_store(URL, tmp_path)


def test_other_things_in_the_bucket_are_left_alone(server, tmp_path):
    (server.folder / "bucket" / "store").mkdir()
    (server.folder / "bucket" / "store" / "holiday.jpg").write_bytes(b"1")
    with pytest.raises(InputError, match="SF062"):
        open_store(URL, tmp_path)
    with pytest.raises(InputError, match="SF062"):
        existing_store(URL, tmp_path)
