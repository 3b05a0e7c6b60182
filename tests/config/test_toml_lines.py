"""The line of a TOML file that sets a key, in every form that TOML has for keys and values."""

import tomllib

import pytest

from samefn.config.read import preset_texts, read_spec
from samefn.config.toml_lines import line_of
from samefn.core.errors import InputError

# What looks like a key or a table in it is none, wherever the comment says so.
EVERY_FORM = (
    r'''# training.epochs = 1, in a comment
title = "a # and training = 2" # training = 3
basic = """
training = 4
[training]
escaped \""" training = 5
""""" # five quotes: two belong to the text
literal = '''
    + "'''"
    + r'''
[[pairs]]
"""training = 6
'''
    + "''''"
    + r'''
empty = ""
array = [ # "training = 7"
  "training = 8", [1,
    2], # training = 9
  { net = "a]b", deep.er = """
  training = 10
  """ },

  """
  training = 11""", 3.5,
]
a."b.c".'d = e' = 1
"quoted \u00e9" = 2
date = 1979-05-27 07:32:00
[ table . "in [ ner" ] # [training]
  x.y = { p = [1, { q = 2 }], r.s = -1e-5 }
[[pairs]]
net = "x"
[pairs.study]
seed = 1
[[pairs.runs]]
[[pairs.runs]]
n = 1
[[pairs]]
[[pairs.runs]]
n = 2
[training]
epochs = 12
'''
)


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("title", 2),
        ("basic", 3),
        ("literal", 8),
        ("empty", 12),
        ("array", 13),
        ("array/0", 14),
        ("array/1", 14),
        ("array/1/0", 14),
        ("array/1/1", 15),
        ("array/2/net", 16),
        ("array/2/deep/er", 16),
        ("array/3", 20),
        ("array/4", 21),
        ("a", 23),
        ("a/b.c/d = e", 23),
        ("quoted \u00e9", 24),
        ("date", 25),
        ("table/in [ ner", 26),
        ("table/in [ ner/x/y/p/1/q", 27),
        ("table/in [ ner/x/y/r/s", 27),
        ("pairs/0", 28),
        ("pairs/0/net", 29),
        ("pairs/0/study/seed", 31),
        ("pairs/0/runs/1", 33),
        ("pairs/0/runs/1/n", 34),
        ("pairs/1/runs/0/n", 37),
        ("training", 38),
        ("training/epochs", 39),
        ("training/epochs/none/such", 39),
        ("pairs/0/study/none", 30),
        ("array/9", 13),
        ("none", None),
    ],
)
def test_the_line_of_a_key(path, line):
    assert line_of(EVERY_FORM, tuple(path.split("/"))) == line


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_the_lines_are_those_of_the_file(end):
    """A character that only some programs take for the end of a line ends none in TOML."""
    text = end.join(["# \x85\u2028", 'a = """', 'x"""', "b = '\u2028'", "c = 1"])
    assert [line_of(text, (key,)) for key in ("a", "b", "c")] == [2, 4, 5]


def paths(value, path=()):
    """The path of everything that a table or an array holds."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in inner:
        yield (*path, str(key))
        yield from paths(one, (*path, str(key)))


@pytest.mark.parametrize("text", [EVERY_FORM, *preset_texts().values()], ids=["every form", *preset_texts()])
def test_everything_that_a_file_sets_has_a_line_that_holds_it(text):
    lines = text.replace("\\u00e9", "\u00e9").split("\n")
    for path in paths(tomllib.loads(text)):
        number = line_of(text, path)
        assert number is not None, path
        assert path[-1].isdigit() or path[-1] in lines[number - 1], path


def test_a_deep_array_has_lines_too():
    text = f"a = {'[' * 90}\n1{']' * 90}\nb = 2\n"
    assert line_of(text, ("b",)) == 3
    assert line_of(text, ("a", *("0" * 90))) == 2


def test_a_fault_behind_a_long_text_is_told_with_its_line(tmp_path):
    (tmp_path / "s.toml").write_text('name = "x"\nrequire = ["""\ntraining = 0\n""",\n]\ntraining = 3\n')
    with pytest.raises(InputError) as caught:
        read_spec(str(tmp_path / "s.toml"))
    assert caught.value.where == f"{tmp_path / 's.toml'}:6: training"
