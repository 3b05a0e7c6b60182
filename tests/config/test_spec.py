"""Specs: presets, files, settings, and one clear line for what is wrong."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samefn.config.read import preset_texts, read_spec, read_study
from samefn.config.study import NetName, StudySpec
from samefn.core.errors import InputError
from samefn.nets.build import NETS


def test_every_preset_is_valid_and_named_like_its_file():
    pairs = {f"{data}-{net}" for data in ("cifar10", "cifar100") for net in ("lenet", "mobilenet", "resnet50")}
    assert set(preset_texts()) == pairs | {"digits", "fashion-mnist", "mnist", "paper"}
    for name in preset_texts():
        assert read_spec(name).name == name


def test_the_mnist_preset_is_the_paper():
    spec = read_study("mnist")
    assert (spec.training.epochs, spec.training.batch_size, spec.training.optimizer.name) == (25, 64, "adam")
    assert (spec.training.optimizer.learning_rate, spec.training.optimizer.epsilon) == (1e-3, 1e-7)
    assert spec.distillation is not None
    assert (spec.distillation.alphas, spec.distillation.temperature) == ((0.1, 0.5, 0.9), 3)
    assert spec.pruning is not None
    assert spec.pruning.fractions == (0.1, 0.3, 0.5, 0.7, 0.9)
    assert len(spec.independents) == 2


def test_built_in_nets_are_those_of_the_spec():
    assert set(NetName.__args__) == set(NETS)


def test_the_resolved_spec_reads_back_to_itself():
    spec = read_study("mnist", ["pruning=false", "distillation.training.epochs=3"])
    assert StudySpec.model_validate_json(spec.model_dump_json()) == spec
    assert spec.pruning is None


def test_a_file_and_settings_on_top(tmp_path):
    path = tmp_path / "s.toml"
    path.write_text('name = "mine"\nindependents = [5]\n[training]\nepochs = 3\n')
    spec = read_study(str(path), ["training.epochs=4", "data.name=mnist", "data.train_limit=10"])
    assert (spec.name, spec.independents, spec.training.epochs) == ("mine", (5,), 4)
    assert (spec.data.name, spec.data.train_limit) == ("mnist", 10)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            'name = "x"\n[training]\nepochs = 0\n',
            "s.toml:3: training.epochs: input should be greater than or equal to 1",
        ),
        ('name = "x"\n[training]\nbatch_size = 0\n', "s.toml:3: training.batch_size"),
        ("[trainin]\nepochs = 1\n", "s.toml:1: trainin: unknown key; did you mean training?"),
        ("[training]\n\nepoch = 1\n", "s.toml:3: training.epoch: unknown key; did you mean epochs?"),
        ("training.optimizer.lr = 1\n", "s.toml:1: training.optimizer.lr: unknown key; .*learning_rate"),
        ('[training]\nepochs = "many"\n', "s.toml:2: training.epochs: .*integer.* .got 'many'."),
        ("[distillation]\nalphas = [0.1, 2.0]\n", "s.toml:2: distillation.alphas.1: .*less than 1 .got 2.0."),
        ("[pruning]\nfractions = [1.5]\n", "s.toml:2: pruning.fractions.0: .*less than 1"),
        ("[distillation]\ntemperature = nan\n", "s.toml:2: distillation.temperature"),
        ("independents = [0]\n", "base's own seed"),
        ("[distillation]\nseeds = [0]\n", "base's own seed 0"),
        ("[training\n", "is not TOML .*line 1"),
        ('name = "../evil"\n', "s.toml:1: name"),
        ("[training.optimizer]\nmomentum = 0.9\n", "momentum is an option of sgd"),
        ("[quantization]\nbatch_size = 64\n", "must differ"),
        ('[data]\nname = "imagenet"\n', "s.toml:2: data.name: .*'digits', 'mnist', .*'cifar100' or 'own'"),
        ("training = 3\n", "s.toml:1: training"),
    ],
)
def test_one_clear_line(tmp_path, text, words):
    path = tmp_path / "s.toml"
    path.write_text(text)
    with pytest.raises(InputError, match=words) as error:
        read_study(str(path))
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("source", "settings", "words"),
    [
        ("mnits", [], "unknown preset 'mnits'; did you mean mnist"),
        ("no/such.toml", [], "no such file"),
        ("digits", ["training.epochs"], "not of the form key=value"),
        ("digits", ["=3"], "not of the form"),
        ("digits", ["name.x=3"], "is a value, not a table"),
        ("digits", ["training.epochs=0"], "--set training.epochs: .*got 0"),
        ("digits", ["trainin.epochs=3"], "--set trainin: unknown key; did you mean training"),
    ],
)
def test_what_the_command_line_gets_wrong(source, settings, words):
    with pytest.raises(InputError, match=words):
        read_study(source, settings)


def test_a_folder_or_bytes_instead_of_a_file(tmp_path):
    with pytest.raises(InputError, match="is a folder, not a file"):
        read_study(f"{tmp_path}/")
    (tmp_path / "b.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match="cannot be read"):
        read_study(str(tmp_path / "b.toml"))


@given(st.text(max_size=40))
def test_no_setting_crashes(text):
    try:
        read_study("digits", [text])
    except InputError as error:
        assert "\n" not in str(error)  # noqa: PT017  (most texts are refused, some are settings)
