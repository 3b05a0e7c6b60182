"""Suites: which studies they are, what pairs and protocols give them, and one clear line for what is wrong."""

import pytest

from samefn.config.read import read_spec, read_study
from samefn.config.study import StudySpec
from samefn.config.suite import StudyPair, SuiteSpec, switches_that_matter
from samefn.core.errors import InputError

ALL = ["corrected", "published", "double-softmax", "student-adamax", "prune-everything", "dynamic-range"]
ALL += ["repeated-points"]
BOTH = 'protocols=["corrected", "published", "switches"]'


def write(folder, text):
    path = folder / "s.toml"
    path.write_text(text)
    return str(path)


def test_the_paper_is_its_seven_pairs():
    spec = read_spec("paper")
    assert isinstance(spec, SuiteSpec)
    members = spec.members()
    assert [member.pair for member in members] == [
        "mnist-lenet",
        *(f"{data}-{net}" for data in ("cifar10", "cifar100") for net in ("lenet", "resnet50", "mobilenet")),
    ]
    assert {(m.variant, m.spec.protocol, m.spec.training.epochs) for m in members} == {("corrected", "corrected", 25)}


def test_a_study_with_protocols_is_a_suite_of_one_pair():
    spec, alone = read_spec("cifar10-lenet", [BOTH]), read_study("cifar10-lenet")
    assert spec.name == alone.name
    members = spec.members()
    assert [member.variant for member in members] == ALL
    for member in members:
        only = () if member.variant in {"corrected", "published"} else (member.variant,)
        protocol = "published" if member.variant == "published" else "corrected"
        changes = {"name": f"cifar10-lenet-{member.variant}", "protocol": protocol, "switches": only}
        assert member.spec == alone.model_copy(update=changes)


@pytest.mark.parametrize(
    ("settings", "without"),
    [
        (["data.name=mnist"], []),
        (["distillation=false"], ["double-softmax", "student-adamax"]),
        (["distillation.training.epochs=3"], ["student-adamax"]),
        (["pruning.scope=everything"], ["prune-everything"]),
        (["quantization.methods=['float16']"], ["dynamic-range"]),
        (["landscape.methods=[]"], ["repeated-points"]),
        (["pruning=false", "quantization=false"], ["prune-everything", "dynamic-range", "repeated-points"]),
    ],
)
def test_only_switches_that_can_matter_are_asked(settings, without):
    found = switches_that_matter(read_study("digits", settings))
    mnist = "data.name=mnist" in settings
    assert [name for name in found if name != "softmax-as-logits"] == [n for n in ALL[2:] if n not in without]
    assert ("softmax-as-logits" in found) == mnist


def test_what_a_pair_has_otherwise_is_laid_over_what_all_share(tmp_path):
    text = """
protocols = ["published"]
[study]
training = { epochs = 3, batch_size = 16 }
data.test_limit = 10
[[pairs]]
data = "mnist"
[[pairs]]
data = "digits"
name = "small"
[pairs.study]
training.epochs = 1
pruning = false
"""
    one, two = read_spec(write(tmp_path, text)).members()
    assert (one.spec.name, one.spec.data.name, one.spec.training.epochs) == ("mnist-lenet-published", "mnist", 3)
    assert (two.spec.name, two.spec.data.name, two.spec.training.epochs) == ("small-published", "digits", 1)
    assert (two.spec.training.batch_size, two.spec.data.test_limit, two.spec.pruning) == (16, 10, None)
    assert one.spec.pruning == StudySpec().pruning


def test_a_net_of_ones_own_makes_a_name_for_folders():
    [member] = SuiteSpec(pairs=(StudyPair(data="digits", net="My.nets:Small"),)).members()
    assert (member.pair, member.spec.net) == ("digits-my.nets-small", "My.nets:Small")


def test_what_is_told_of_a_suite_holds_no_path():
    spec = SuiteSpec(pairs=(StudyPair(data="digits", study=StudySpec(weights="/home/me/base.pt")),))
    assert spec.summary()["pairs"][0]["study"] == {"weights": "base.pt"}


@pytest.mark.parametrize(
    ("text", "code", "where", "part"),
    [
        ('protocols = ["corected"]\n', "SF101", ":1: protocols.0", "got 'corected'"),
        ('protocols = ["switches"]\n', "SF101", ":1: protocols", "corrected"),
        ('protocols = ["corrected", "corrected"]\n', "SF101", ":1: protocols", "['corrected', 'corrected']"),
        ("protocols = []\n", "SF101", ":1: protocols", "at least 1"),
        ('protocols = ["corrected"]\nswitches = ["dynamic-range"]\n', "SF105", ":2: switches", "protocols"),
        ('protocols = ["corrected"]\n[training]\nepoch = 1\n', "SF102", ":3: training.epoch", "epochs"),
        ('pair = [{ data = "mnist" }]\n', "SF102", ":1: pair", "pairs"),
        ('[[pairs]]\ndata = "mnist"\n[study.trainin]\nepochs = 1\n', "SF102", ":3: study.trainin", "training"),
        ('[[pairs]]\ndata = "mnist"\n[training]\nepochs = 1\n', "SF102", ":3: training", "study.training"),
        ('[[pairs]]\ndata = "mnist"\n[[pairs]]\ndata = "mnits"\n', "SF101", ":4: pairs.1.data", "got 'mnits'"),
        (
            '[[pairs]]\ndata = "mnist"\n[[pairs]]\ndata = "digits"\n[pairs.study]\ntraining.epoch = 0\n',
            "SF102",
            ":6: pairs.1.study.training.epoch",
            "epochs",
        ),
        ('[[pairs]]\ndata = "mnist"\n[[pairs]]\ndata = "mnist"\n', "SF101", ": pairs", "mnist-lenet"),
        ('[[pairs]]\ndata = "mnist"\n[study]\nnet = "lenet"\n', "SF101", ":3: study", "net "),
        ('[[pairs]]\ndata = "mnist"\n[study]\ndata.name = "mnist"\n', "SF101", ":3: study", "data.name"),
        (
            '[[pairs]]\ndata = "mnist"\nstudy = { distillation = { seeds = [9] }, seed = 9 }\n',
            "SF101",
            ":3: pairs.0.study",
            "seed 9",
        ),
        ("pairs = []\n", "SF101", ":1: pairs", "at least 1"),
        ('[[pairs]]\nnet = "lenet"\n', "SF101", ":1: pairs.0.data", "required"),
        ('[[pairs]]\ndata = "mnist"\nname = "../evil"\n', "SF101", ":3: pairs.0.name", "../evil"),
    ],
)
def test_each_fault_has_a_code_and_a_place(tmp_path, text, code, where, part):
    with pytest.raises(InputError, match=code) as error:
        read_spec(write(tmp_path, text))
    assert error.value.where.endswith(where)
    assert part in str(error.value).removeprefix(error.value.where)
    assert "\n" not in str(error.value)


def test_what_contradicts_only_together_names_the_pair(tmp_path):
    text = "[study]\nindependents = [7]\n[[pairs]]\ndata = 'mnist'\n[pairs.study]\nseed = 7\n"
    with pytest.raises(InputError, match="SF101") as error:
        read_spec(write(tmp_path, text))
    assert "mnist-lenet: independents: 7" in error.value.what


def test_settings_from_the_command_line_reach_a_suite():
    spec = read_spec("paper", ["study.training.epochs=1", 'pairs=[{data="digits"}]'])
    assert [(m.pair, m.spec.training.epochs) for m in spec.members()] == [("digits-lenet", 1)]
    with pytest.raises(InputError, match="SF102") as error:
        read_spec("paper", ["study.training.epoch=1"])
    assert error.value.where == "--set study.training.epoch"
    assert "epochs" in error.value.fix


def test_a_suite_is_not_one_study():
    with pytest.raises(InputError, match="SF104") as error:
        read_study("paper")
    assert error.value.where == "paper"
