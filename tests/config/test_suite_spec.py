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
    ("text", "words"),
    [
        ('protocols = ["corected"]\n', r"s.toml:1: protocols\.0: input should be 'corrected', .*got 'corected'"),
        ('protocols = ["switches"]\n', "s.toml:1: protocols: a switch is a change of corrected"),
        ('protocols = ["corrected", "corrected"]\n', "s.toml:1: protocols: .*not all different"),
        ("protocols = []\n", "s.toml:1: protocols: .*at least 1"),
        ('protocols = ["corrected"]\nswitches = ["dynamic-range"]\n', "s.toml:2: switches: .*exclude each other"),
        ('protocols = ["corrected"]\n[training]\nepoch = 1\n', r"s.toml:3: training\.epoch: unknown key; .*epochs"),
        ('pair = [{ data = "mnist" }]\n', r"s.toml:1: pair: unknown key; did you mean pairs\?"),
        (
            '[[pairs]]\ndata = "mnist"\n[study.trainin]\nepochs = 1\n',
            r"s.toml:3: study\.trainin: .*did you mean training",
        ),
        (
            '[[pairs]]\ndata = "mnist"\n[training]\nepochs = 1\n',
            r"s.toml:3: training: .*in a suite it is study\.training",
        ),
        ('[[pairs]]\ndata = "mnist"\n[[pairs]]\ndata = "mnits"\n', r"s.toml:4: pairs\.1\.data: .*got 'mnits'"),
        (
            '[[pairs]]\ndata = "mnist"\n[[pairs]]\ndata = "digits"\n[pairs.study]\ntraining.epoch = 0\n',
            r"s.toml:6: pairs\.1\.study\.training\.epoch: unknown key; did you mean epochs\?",
        ),
        ('[[pairs]]\ndata = "mnist"\n[[pairs]]\ndata = "mnist"\n', "pairs: two pairs are called mnist-lenet"),
        ('[[pairs]]\ndata = "mnist"\n[study]\nnet = "lenet"\n', "s.toml:3: study: net is not for all studies alike"),
        ('[[pairs]]\ndata = "mnist"\n[study]\ndata.name = "mnist"\n', r"s.toml:3: study: data\.name is not for all"),
        (
            '[[pairs]]\ndata = "mnist"\nstudy = { distillation = { seeds = [9] }, seed = 9 }\n',
            r"s.toml:3: pairs\.0\.study: .*the base's own seed 9",
        ),
        ("pairs = []\n", "s.toml:1: pairs: .*at least 1"),
        ('[[pairs]]\nnet = "lenet"\n', r"s.toml:1: pairs\.0\.data: field required"),
        ('[[pairs]]\ndata = "mnist"\nname = "../evil"\n', r"s.toml:3: pairs\.0\.name"),
    ],
)
def test_one_clear_line(tmp_path, text, words):
    with pytest.raises(InputError, match=words) as error:
        read_spec(write(tmp_path, text))
    assert "\n" not in str(error.value)


def test_what_contradicts_only_together_names_the_pair(tmp_path):
    text = "[study]\nindependents = [7]\n[[pairs]]\ndata = 'mnist'\n[pairs.study]\nseed = 7\n"
    with pytest.raises(InputError, match=r"mnist-lenet: independents: 7 is the base's own seed"):
        read_spec(write(tmp_path, text))


def test_settings_from_the_command_line_reach_a_suite():
    spec = read_spec("paper", ["study.training.epochs=1", 'pairs=[{data="digits"}]'])
    assert [(m.pair, m.spec.training.epochs) for m in spec.members()] == [("digits-lenet", 1)]
    with pytest.raises(InputError, match=r"--set study\.training\.epoch: unknown key; did you mean epochs"):
        read_spec("paper", ["study.training.epoch=1"])


def test_a_suite_is_not_one_study():
    with pytest.raises(InputError, match="paper: is a suite of studies"):
        read_study("paper")
