"""The models of a comparison as they are typed in Python: one or several, by name or not, arrays of scores too."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from os import PathLike, fspath
from pathlib import Path
from typing import TypeAlias

from samefn.comparison.in_process import AnyModel
from samefn.comparison.predict import source_of
from samefn.config.comparison import ModelSource
from samefn.core.arrays import ArrayObject, as_array
from samefn.core.errors import InputError
from samefn.predictions.predictions import Predictions
from samefn.predictions.saved.read import SavedPredictions
from samefn.predictions.saved.values import check_saved

ModelOrPredictions: TypeAlias = AnyModel | Predictions | ArrayObject
Models: TypeAlias = ModelOrPredictions | Iterable[ModelOrPredictions] | Mapping[str, ModelOrPredictions]

KINDS = "a path, a module, a function, predictions, or an array of scores [examples, classes]"


@dataclass(frozen=True, eq=False)
class GivenModel:
    """One model as it was given.

    Attributes:
        source: its path and settings; only a name where there is no file.
        content: the module or function, or the predictions; None where the source names a file.
    """

    source: ModelSource
    content: Predictions | SavedPredictions | Callable[..., object] | None = None

    @property
    def module(self) -> Callable[..., object] | None:
        """The module or function; None of others."""
        return None if isinstance(self.content, Predictions | SavedPredictions) else self.content

    @property
    def name(self) -> str:
        """For people."""
        return self.source.name or self.source.path


def given_models(
    base: ModelOrPredictions | Mapping[str, ModelOrPredictions], candidates: Models, independents: Models
) -> tuple[list[GivenModel], int]:
    """All models, the base first, each with a name of its own; and how many candidates there are.

    Arrays have no name: they are `base`, `candidate`, or `candidate-1` and so on where there are several.

    Raises:
        InputError: no candidate, several bases, or something that is no model.
    """
    groups = {
        "base": _named(base) if isinstance(base, Mapping) else [("", base)],
        "candidates": _named(candidates),
        "independents": _named(independents),
    }
    if len(groups["base"]) != 1:
        what = f"{len(groups['base'])} models are given as the base"
        raise InputError("SF515", what, where="base", fix="give one, and compare each base by itself")
    if not groups["candidates"]:
        raise InputError("SF500", "no candidate is given", where="compare", fix="give one or more")
    models = []
    for argument, group in groups.items():
        role = argument.removesuffix("s")
        for number, (name, model) in enumerate(group, start=1):
            usual = role if len(group) == 1 else f"{role}-{number}"
            where = argument if len(group) == 1 else f"{argument}[{name or number - 1}]"
            models.append(given_model(model, name, usual, where))
    return _different_names(models), len(groups["candidates"])


def given_model(model: object, name: str, usual: str, where: str) -> GivenModel:
    """One model, or the predictions of one.

    Args:
        model: whatever was given.
        name: its name; empty for its own.
        usual: the name of an array.
        where: the argument, for errors.

    Raises:
        InputError: it is no model.
    """
    settings = {"name": name} if name else {}
    if isinstance(model, Predictions):
        return GivenModel(ModelSource(path=model.model, name=name or model.model), model)
    if isinstance(model, str | PathLike | ModelSource):
        return GivenModel(source_of(model if isinstance(model, str | ModelSource) else Path(fspath(model)), settings))
    if isinstance(model, type):
        raise InputError("SF515", f"is the class {model.__name__}", where=where, fix="give an instance of it")
    if callable(model):
        return GivenModel(source_of(model, settings), model)
    if isinstance(model, ArrayObject):
        source = ModelSource(path=name or usual, name=name or usual)
        array = as_array(model, where)
        if array.ndim == 3:
            shape = list(array.shape)
            what = f"is one array of shape {shape}, and predictions are [examples, classes]"
            raise InputError("SF515", what, where=where, fix=f"for {shape[0]} models give a list of arrays: list(...)")
        return GivenModel(source, check_saved(source.path, array, None, None, None))
    what = f"is of type {type(model).__name__}, which is no model"
    fix = "give its predict_proba" if hasattr(model, "predict_proba") else f"give {KINDS}"
    raise InputError("SF515", what, where=where, fix=fix)


def is_model(value: object) -> bool:
    """Whether something is one model or the predictions of one, and not several of them."""
    return isinstance(value, str | PathLike | ModelSource | Predictions | ArrayObject) or callable(value)


def _named(given: object) -> list[tuple[str, object]]:
    """The models of an argument, with their names; empty for their own."""
    if isinstance(given, Mapping):
        return [(str(name), model) for name, model in given.items()]
    if is_model(given):
        return [("", given)]
    if not isinstance(given, Iterable) or isinstance(given, bytes):
        return [("", given)]  # (`given_model` refuses it)
    return [("", model) for model in given]


def _different_names(models: list[GivenModel]) -> list[GivenModel]:
    """The models, those whose name comes again with a number."""
    seen, different = Counter[str](), []
    for model in models:
        seen[model.name] += 1
        name = model.name if seen[model.name] == 1 else f"{model.name} ({seen[model.name]})"
        renamed = name != model.name
        different.append(replace(model, source=model.source.model_copy(update={"name": name})) if renamed else model)
    return different
