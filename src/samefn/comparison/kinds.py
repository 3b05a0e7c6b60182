"""Which kind of comparison it is: models of examples, or language models over a text."""

from samefn.comparison.classification import compare_classifiers
from samefn.comparison.compared import Kind
from samefn.comparison.language.run import compare_language
from samefn.comparison.plan import readable
from samefn.config.comparison import ComparisonSpec
from samefn.core.errors import InputError

# What a comparison of language models has no use for: asked for, it is refused and not passed over.
_UNUSED = ("locate", "batch_size", "class_names", "task")
_UNUSED_OF_MODELS = ("weights", "output", "returns", "resolution", "batch_size", "feed")
_UNUSED_OF_DATA = ("split", "label", "limit")


def kind_of(spec: ComparisonSpec) -> Kind:
    """What runs a comparison.

    Raises:
        InputError: as `are_language_models`.
    """
    return compare_language if are_language_models(spec) else compare_classifiers


def are_language_models(spec: ComparisonSpec) -> bool:
    """Whether all models are causal language models, or their logits.

    Raises:
        InputError: only some are, a model cannot be found, or something is asked for that they have no use for.
    """
    kinds = {source.path: adapter.kind == "language" for source, adapter in readable(spec)}
    if not any(kinds.values()):
        return False
    if not all(kinds.values()):
        other = next(path for path, language in kinds.items() if not language)
        raise InputError(
            "SF5015", "is no language model, and others here are", where=other, fix="compare like with like"
        )
    unused = [key for key in _UNUSED if key in spec.model_fields_set and getattr(spec, key)]
    unused += [f"model.{key}" for source in spec.models for key in _UNUSED_OF_MODELS if key in source.model_fields_set]
    unused += [f"data.{key}" for key in _UNUSED_OF_DATA if spec.data and key in spec.data.model_fields_set]
    if unused:
        raise InputError("SF5016", "is of no use to language models", where=unused[0], fix="leave it out")
    return True
