"""What the confined process of a model may read, and what it shares with the processes of other models."""

from collections.abc import Sequence

from samefn.config.comparison import ModelSource
from samefn.engine.task import Confined
from samefn.runtimes.adapters import ADAPTERS, Adapter
from samefn.runtimes.model_files import model_files

# Imported once for all models. None of them starts a thread: a forked process would not have it.
_SHARED = ("samefn.engine.confined", "samefn.comparison.inference", "samefn.runtimes.adapters")


def confined_models(models: Sequence[tuple[ModelSource, Adapter]], *preload: str) -> Confined:
    """What a confined process needs to open models.

    Args:
        models: with their runtimes; the first is named in errors.
        preload: further modules that several processes share.
    """
    loaders = [adapter.loader.partition(":")[0] for _, adapter in models if adapter.name in ADAPTERS]
    readable = [path for source, adapter in models for path in model_files(source, adapter)]
    return Confined(models[0][0].path, tuple(dict.fromkeys(readable)), (*_SHARED, *dict.fromkeys(loaders), *preload))
