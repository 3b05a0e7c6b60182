"""The command line: what it prints, and one clear line for what is wrong."""

import gzip
import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from samefn.cli.main import COMMANDS, run
from samefn.cli.options import run_folder
from samefn.cli.progress import PlainLines
from samefn.config.read import read_study
from samefn.core.events import Event
from samefn.datasets.formats.idx import idx_bytes
from samefn.store.store import Store

SAMEFN = str(Path(sys.executable).with_name("samefn"))


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv("SAMEFN_STORE", raising=False)


def one_line(capsys, *arguments):
    """Run what must be refused; its one line."""
    assert run([str(argument) for argument in arguments]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    lines = printed.err.strip().splitlines()
    refusals = [line for line in lines if line.startswith("samefn: ")]
    assert len(refusals) == 1
    assert lines[-1] == refusals[0]
    return refusals[0]


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        (["frobnicate"], "frobnicate"),
        (["study", "--wrokers", "3"], "--workers?"),
        (["study", "mnits"], "SF023"),
        (["study", "no.toml"], "SF001"),
        (["study", "--set", "training.epochs=0"], "--set training.epochs: "),
        (["study", "--set", "distillation.alphas=[2.0]"], "--set distillation.alphas.0: "),
        (["study", "--set", "pruning.fractions=[1.5]"], "--set pruning.fractions.0: "),
        (["study", "--set", "training.batch_size=0"], "--set training.batch_size: "),
        (["study", "--set", "nonsense"], "SF103"),
        (["study", "--set", "net=lenett"], "did you mean lenet"),
        (["study", "--set", "net=nosuch:net"], "SF021"),
        (["study", "--set", "data.train_limit=5000"], "5000"),
        (["study", "--workers", "0"], "--workers: "),
        (["study", "--workers", "many"], "--workers"),
        (["study", "--device", "tpu"], "'tpu'"),
        (["study", "--device", "cuda"], "CUDA"),
        (["study", "--out", "file/out"], "SF005"),
        (["study", "--store", "file"], "SF062"),
        (["study", "--store", "full"], "SF062"),
        (["study", "mnist", "--data-dir", "nowhere"], "nowhere"),
        (["study", "mnist", "--data-dir", "full"], "full"),
        (["report", "nowhere"], "nowhere"),
        (["report", "file"], "file"),
        (["presets", "mnits"], "SF023"),
        (["data", "imagenet"], "SF023"),
        (["ls", "--store", "nowhere"], "SF062"),
        (["show", "abc", "--store", "nowhere"], "SF062"),
        (["show"], "KEY"),
        (["verify", "--store", "nowhere"], "SF062"),
    ],
)
def test_what_cannot_be_run_is_one_line(tmp_path, capsys, arguments, part):
    if arguments[-1] == "cuda" and torch.cuda.is_available():
        pytest.skip("this machine has a CUDA device")
    (tmp_path / "file").write_text("x")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "other").write_text("")
    assert part in one_line(capsys, *arguments)


def mnist(folder, images=None, labels=None):
    """A small data set in MNIST's files: 40 training and 20 test images."""
    draw = np.random.default_rng(0)
    folder.mkdir()
    for split, count in (("train", 40), ("t10k", 20)):
        pixels = draw.integers(0, 256, (count, 28, 28), dtype=np.uint8) if images is None else images[:count]
        classes = (np.arange(count) % 10).astype(np.uint8) if labels is None else labels[:count]
        (folder / f"{split}-images-idx3-ubyte").write_bytes(idx_bytes(pixels))
        (folder / f"{split}-labels-idx1-ubyte").write_bytes(idx_bytes(classes))
    return folder


def test_a_data_folder_of_ones_own(tmp_path, capsys):
    assert run(["data", "mnist", "--data-dir", str(mnist(tmp_path / "d"))]) == 0
    printed = capsys.readouterr()
    assert {"40", "20", "28x28x1"} <= set(printed.out.split())
    assert "\nofficial split: no\n" in printed.out
    assert "warning" in printed.err  # these are not the official files, and it is said


def truncate(folder):
    path = folder / "train-images-idx3-ubyte"
    path.write_bytes(path.read_bytes()[:-100])


def half_download(folder):
    path = folder / "train-images-idx3-ubyte"
    path.with_suffix(".gz").write_bytes(gzip.compress(path.read_bytes())[:200])
    path.unlink()


def wrong_magic(folder):
    (folder / "train-images-idx3-ubyte").write_bytes(b"\x89PNG" + bytes(100))


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (truncate, "train-images-idx3-ubyte"),
        (half_download, "train-images-idx3-ubyte"),
        (wrong_magic, "train-images-idx3-ubyte"),
        (lambda folder: (folder / "train-labels-idx1-ubyte").write_bytes(b""), "train-labels-idx1-ubyte"),
        (lambda folder: (folder / "train-labels-idx1-ubyte").unlink(), "train-labels-idx1-ubyte"),
    ],
)
def test_spoilt_data_files_are_named(tmp_path, capsys, spoil, words):
    folder = mnist(tmp_path / "d")
    spoil(folder)
    assert words in one_line(capsys, "study", "mnist", "--data-dir", folder)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ({"labels": np.full(40, 11, np.uint8)}, "11"),
        ({"labels": np.full(40, 3, np.uint8)}, "'3'"),
        ({"images": np.zeros((40, 32, 32), np.uint8)}, "32"),
        ({"images": np.zeros((39, 28, 28), np.uint8)}, "39"),
    ],
)
def test_data_that_make_no_sense(tmp_path, capsys, content, words):
    assert words in one_line(capsys, "study", "mnist", "--data-dir", mnist(tmp_path / "d", **content))


def test_store_commands(tmp_path, capsys, monkeypatch):
    store = Store(tmp_path / "s")
    with store.publish("ab" * 32, "train", "a model", {"seed": 1}) as folder:
        (folder / "weights").write_bytes(b"x" * 1234)
    monkeypatch.setenv("SAMEFN_STORE", str(tmp_path / "s"))
    assert run(["ls"]) == 0
    assert "abababababab  train " in capsys.readouterr().out
    assert run(["show", "abab"]) == 0
    assert '"seed": 1' in capsys.readouterr().out
    assert run(["verify"]) == 0
    assert capsys.readouterr().out == "1 results, 0 damaged\n"
    (store.folder("ab" * 32) / "weights").write_bytes(b"y" * 1234)
    assert run(["verify"]) == 1
    assert "1 results, 1 damaged" in capsys.readouterr().out


def test_what_names_hide_is_spelled_out(tmp_path, capsys):
    """An escape code could clear the terminal, a direction mark make one name look like another."""
    name = "\x1b[2Jgone\u202e\rx"
    with Store(tmp_path / "s").publish("ab" * 32, f"train{name}", f"model{name}", {"seed": name}) as folder:
        (folder / "weights").write_bytes(b"x")
    for split in ("train", "test"):
        for label in range(2):
            (tmp_path / "own" / split / f"class {label}{name}").mkdir(parents=True)
            Image.new("L", (8, 8)).save(tmp_path / "own" / split / f"class {label}{name}" / "1.png")
    PlainLines().show(Event("warning", f"model{name}", name))
    commands = (["ls"], ["show", "abab"], ["verify"], ["status", str(tmp_path / "s")])
    for command in commands:
        more = ["--store", str(tmp_path / "s")] if command[0] != "status" else []
        assert run([*command, *more]) == 0
    assert run(["data", "own", "--data-dir", str(tmp_path / "own")]) == 0
    printed = capsys.readouterr()
    for text in (printed.out, printed.err):
        assert not set(text) & set("\x1b\u202e\r")
        assert "\\x1b[2Jgone\\u202e\\rx" in text
    (tmp_path / "s" / "objects" / "ab" / ("ab" * 32) / "weights").unlink()
    assert run(["verify", "--store", str(tmp_path / "s")]) == 1


def test_an_empty_variable_means_the_default(capsys, monkeypatch):
    monkeypatch.setenv("SAMEFN_STORE", "")
    assert "cache" in one_line(capsys, "ls")


def test_presets_lists_and_shows(capsys):
    assert run(["presets"]) == 0
    listed = {line.split()[0] for line in capsys.readouterr().out.splitlines()}
    assert listed >= {"cifar10-lenet", "cifar100-lenet", "digits", "fashion-mnist", "mnist"}
    assert run(["presets", "mnist"]) == 0
    assert 'data.name = "mnist"' in capsys.readouterr().out


def test_doctor_says_what_a_bug_report_needs(capsys):
    assert run(["doctor"]) == 0
    printed = capsys.readouterr().out
    for word in ("torch", "onnxruntime", "avx2", "store"):
        assert word in printed


def test_different_specs_go_to_different_folders():
    one, again, two = (
        run_folder(spec.name, spec.model_dump(mode="json"), None)
        for spec in (read_study("digits"), read_study("digits"), read_study("digits", ["seed=7"]))
    )
    assert one == again
    assert one != two
    assert one.name.startswith("digits-")


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_help_names_every_command_and_option(capsys, command):
    assert run([*command.split(), "--help"]) == 0
    printed = capsys.readouterr().out
    for word in COMMANDS if not command else ("Usage",):
        assert word in printed


def test_an_interrupt_is_said_in_one_line(tmp_path):
    command = [SAMEFN, "study", "--store", str(tmp_path / "s"), "--out", str(tmp_path / "o")]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, start_new_session=True)
    while not any((tmp_path / "s").glob("partial/*/evaluation-0.*")):
        assert process.poll() is None
        time.sleep(0.02)
    os.killpg(process.pid, 2)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130, errors
    assert errors.splitlines()[-1].startswith("samefn: ")
    assert "Traceback" not in errors


def test_a_closed_pipe_is_no_error():
    done = subprocess.run(f"'{SAMEFN}' presets | true", shell=True, capture_output=True, text=True, check=False)  # noqa: S602
    assert "Traceback" not in done.stderr
    assert "BrokenPipe" not in done.stderr


def test_a_full_disk_is_one_line_about_the_output():
    if not Path("/dev/full").exists():
        pytest.skip("this system has no /dev/full")
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run([SAMEFN, "presets"], stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert "SF005" in done.stderr


def test_a_name_that_is_no_text_is_refused_before_anything_is_run(tmp_path):
    command = [os.fsencode(SAMEFN), b"compare", b"base.onnx", b"\xff.onnx", b"--data", b"x.npz"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "SF002" in done.stderr
    assert not list(tmp_path.iterdir())
