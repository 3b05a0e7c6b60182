"""Names of models: by their files, all different."""

import pytest

from samefn.comparison.model_names import model_names
from samefn.config.comparison import ModelSource
from samefn.core.errors import InputError


def names(*models):
    """The first is the base, the last an independent."""
    base, *candidates, independent = (ModelSource(path=one) if isinstance(one, str) else one for one in models)
    return list(model_names(base, candidates, [independent]))


@pytest.mark.parametrize(
    ("paths", "expected"),
    [
        (("base.onnx", "x/int8.onnx", "seed.onnx"), ["base.onnx", "int8.onnx", "seed.onnx"]),
        (("a/model.onnx", "b/model.onnx", "c/seed.onnx"), ["a/model.onnx", "b/model.onnx", "seed.onnx"]),
        (("a/x/m", "b/x/m", "b/y/m"), ["a/x/m", "b/x/m", "b/y/m"]),
        (("model.onnx", "./b/model.onnx", "/c/b/../d/model.onnx"), ["model.onnx", "b/model.onnx", "d/model.onnx"]),
        (("nets:a", "nets:b", "nets"), ["nets:a", "nets:b", "nets"]),
    ],
)
def test_files_by_the_shortest_ends_of_their_paths_that_differ(paths, expected):
    assert names(*paths) == expected


def test_a_given_name_stays():
    assert names(ModelSource(path="a/m", name="one"), "b/m", "c/m") == ["one", "b/m", "c/m"]
    assert names("a/m", ModelSource(path="a/m", name="again"), "s") == ["m", "again", "s"]


@pytest.mark.parametrize(
    ("models", "code", "where", "keys"),
    [
        (("a/m", "a/../a/m", "s"), "SF506", "a/../a/m", "base and candidates.1"),
        (("a/m", "b/m", "b/m"), "SF506", "b/m", "candidates.1 and independents.1"),
        (("nets:a", "nets:a", "s"), "SF506", "nets:a", "base and candidates.1"),
        (
            ("a/m", ModelSource(path="b/m", name="x"), ModelSource(path="c/m", name="x")),
            "SF505",
            "names",
            "candidates.1 and independents.1",
        ),
        (
            (ModelSource(path="nets:a", weights="1.pt"), ModelSource(path="nets:a", weights="2.pt"), "s"),
            "SF505",
            "names",
            "base and candidates.1",
        ),
    ],
)
def test_two_models_with_one_name_are_refused_with_what_to_do(models, code, where, keys):
    with pytest.raises(InputError) as error:
        names(*models)
    assert (error.value.code, error.value.where) == (code, where)
    assert keys in error.value.what
    assert f"--set {keys.rpartition(' ')[2]}.name=NAME" in error.value.fix
