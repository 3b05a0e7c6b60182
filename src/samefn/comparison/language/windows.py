"""Cut a text into windows in a confined process: the models' tokenizers do it."""

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from pydantic import TypeAdapter, ValidationError

from samefn.comparison.confinement import confined_models
from samefn.comparison.language.plan import Text, read_windows, window_set
from samefn.comparison.models import ComparedModel
from samefn.config.comparison import ComparisonSpec, ModelSource
from samefn.core.errors import InputError
from samefn.runtimes.adapters import find_adapter
from samefn.sandbox.call import Call, call_confined
from samefn.sandbox.failures import UnexpectedError
from samefn.sandbox.limits import Limits

_WINDOWS = "windows.npy"
# Failures by model id, and the windows at which documents begin.
_FOUND = TypeAdapter(tuple[dict[str, str], tuple[int, ...]])


def confined_windows(spec: ComparisonSpec, models: Sequence[ComparedModel], limits: Limits) -> Text:
    """Cut the text into windows by the base's tokenizer, and find the models that cannot be scored on them.

    All tokenizers are read in one process: no weights are.

    Raises:
        InputError: the base cannot be opened, or the text cannot be read.
    """
    confined = confined_models([(model.source, model.adapter) for model in models if not model.problem])
    about = [[one.id, one.name, one.role, one.problem, one.source.model_dump(mode="json")] for one in models]
    path = "" if spec.data is None else spec.data.path
    with TemporaryDirectory() as folder:
        call = Call(
            where=confined.where,
            function="samefn.comparison.language.windows:cut_text",
            arguments=[spec.model_dump(mode="json", exclude_unset=True), about, folder],
            limits=limits,
            readable=(*confined.readable, *((path,) if path else ())),
            writable=(folder,),
            preload=confined.preload,
        )
        try:
            failures, documents = _FOUND.validate_python(call_confined(call)[0])
            windows = np.load(Path(folder) / _WINDOWS, allow_pickle=False).astype(np.int64, casting="safe")
        except (UnexpectedError, ValidationError, OSError, ValueError, TypeError) as error:
            raise InputError("SF049", f"its text cannot be cut ({error})", where=confined.where) from error
    if windows.ndim != 2:
        raise InputError("SF049", "its text is cut into something else than windows", where=confined.where)
    return Text(window_set(windows, Path(path).name), failures, documents)


def cut_text(arguments: Any, say: object) -> Any:
    """In the confined process: open the models' tokenizers and cut the text."""
    del say
    given, about, folder = arguments
    models = []
    for model_id, name, role, problem, source_given in about:
        source = ModelSource.model_validate(source_given)
        models.append(ComparedModel(model_id, name, role, source, find_adapter(source), problem=problem))
    text = read_windows(ComparisonSpec.model_validate(given), models)
    np.save(Path(folder) / _WINDOWS, text.windows)
    return [dict(text.failures), list(text.documents)]
