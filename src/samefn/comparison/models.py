"""The models of a comparison: what they are called, and which of them can be read."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from samefn.comparison.model_identity import (
    ModelContent,
    ModelIdentity,
    function_sha256,
    model_content,
    model_identity,
    refuse_duplicates,
)
from samefn.comparison.model_names import model_names
from samefn.config.comparison import ComparisonSpec, ModelSource
from samefn.config.read_comparison import ALL_MODELS
from samefn.core.errors import InputError, OwnError
from samefn.runtimes.adapters import Adapter, find_adapter
from samefn.schema.methods import OutputKind
from samefn.schema.report import Role

# Stands in for the runtime of a candidate that cannot be read.
_NO_ADAPTER = Adapter("none", "", ())
# The batches of a replicate are smaller than the base's by this factor.
REPLICATE_BATCH_DIVISOR = 4

# Settings that have no meaning for language models. They are refused, not ignored.
_UNUSED = ("unlabelled", "class_limit", "locate", "batch_size", "class_names", "task")
_UNUSED_OF_MODELS = ("weights", "output", "returns", "resolution", "batch_size", "feed")
_UNUSED_OF_DATA = ("split", "label", "limit", "groups", "slices")
# And those that have a meaning for them alone.
_LANGUAGE_ONLY = ("n_ctx", "kl_limit")
_LANGUAGE_ONLY_OF_DATA = ("documents",)


@dataclass(frozen=True, eq=False)
class ComparedModel:
    """One model of a comparison.

    Attributes:
        id: unique in the comparison.
        name: for people.
        role: base, candidate, independent or replicate.
        source: where it is, and how examples become its input.
        adapter: its runtime.
        batch: examples a batch, where the model does not fix that.
        content: hashes of its files; empty where no task runs it.
        assume_class_scores: whether its output counts as class scores without a check.
        problem: why it cannot be read; empty where it can.
        parent: of a replicate, the model that is run again; None of others.
        repeat: whether it is run again in the same batches, so that it must not be taken for the first run.
    """

    id: str
    name: str
    role: Role
    source: ModelSource
    adapter: Adapter
    batch: int = 0
    content: ModelContent = field(default_factory=ModelContent, repr=False)
    assume_class_scores: bool = False
    problem: str = ""
    parent: "ComparedModel | None" = None
    repeat: bool = False

    @property
    def saved(self) -> bool:
        """Whether it is a file of saved predictions, so that nothing is run."""
        return self.adapter.kind == "predictions"

    @property
    def identity(self) -> ModelIdentity:
        """What decides its predictions, except for the examples and the machine."""
        return model_identity(self.source, self.adapter.name, self.batch, self.content)

    def in_other_batches(self) -> "ComparedModel":
        """The same model, to be run again in smaller batches."""
        batch = max(1, self.batch // REPLICATE_BATCH_DIVISOR)
        name = f"{self.name} in other batches"
        return replace(self, id=f"{self.id}-again", name=name, role="replicate", batch=batch, parent=self)

    def once_more(self) -> "ComparedModel":
        """The same model, to be run again as before."""
        name = f"{self.name} once more"
        return replace(self, id=f"{self.id}-repeat", name=name, role="replicate", parent=self, repeat=True)

    def replicates(self) -> tuple["ComparedModel", ...]:
        """What is run to measure the noise of the base or a candidate; none of other models and of saved predictions.

        It is run once more as before where that may give something else: on several threads, and where it is a function
        or module of this process.
        """
        if self.saved or self.role not in ("base", "candidate"):
            return ()
        may_vary = self.source.threads > 1 or self.adapter.name == "python"
        return (self.in_other_batches(), self.once_more()) if may_vary else (self.in_other_batches(),)

    def returning(self, kind: OutputKind) -> "ComparedModel":
        """The same model with a known output kind, so that no shard decides it by itself."""
        return replace(self, source=self.source.model_copy(update={"returns": kind}))


def compared_models(spec: ComparisonSpec) -> tuple[ComparedModel, ...]:
    """All models, the base first.

    Raises:
        InputError: the base, an independent or all candidates cannot be found or read; two models have the same name;
            an independent is a copy of another model.
    """
    models = tuple(_compared(*named, spec) for named in named_models(spec))
    readable = [model for model in models if not model.problem]
    if not any(model.role == "candidate" for model in readable):
        require_candidates(readable, next(model.problem for model in models if model.problem), "")
    if spec.independents:
        refuse_duplicates(
            [(model.name, model.role, function_sha256(model.source, model.adapter)) for model in readable]
        )
    return models


def readable_sources(spec: ComparisonSpec) -> list[tuple[ModelSource, Adapter]]:
    """All models with their runtimes, without the candidates that cannot be read: those fail alone.

    Raises:
        InputError: the base, an independent or every candidate cannot be read.
    """
    sources: list[tuple[ModelSource, Adapter]] = [(spec.base, find_adapter(spec.base))]
    problems: list[InputError] = []
    for source in spec.candidates:
        try:
            sources.append((source, find_adapter(source)))
        except InputError as error:
            problems.append(error)
    if len(problems) == len(spec.candidates):
        raise problems[0]
    return [*sources, *((source, find_adapter(source)) for source in spec.independents)]


def are_language_models(spec: ComparisonSpec) -> bool:
    """Whether all models are causal language models or files of their logits.

    Raises:
        InputError: only some are, a model cannot be found, or a setting has no meaning for language models.
    """
    is_language = {source.path: adapter.kind == "language" for source, adapter in readable_sources(spec)}
    if not any(is_language.values()):
        refuse_language_settings(spec)
        return False
    if not all(is_language.values()):
        other = next(path for path, language in is_language.items() if not language)
        raise InputError(
            "SF504",
            "is no language model, but other models of this comparison are",
            where=other,
            fix="compare models of one type",
        )
    of_models = [f"model.{key}" for one in spec.models for key in _UNUSED_OF_MODELS if key in one.model_fields_set]
    _refuse([*_set_keys(spec, _UNUSED, _UNUSED_OF_DATA), *of_models], "does not apply to language models")
    return True


def refuse_language_settings(spec: ComparisonSpec) -> None:
    """Refuse settings that only language models have.

    Raises:
        InputError: one is set.
    """
    _refuse(_set_keys(spec, _LANGUAGE_ONLY, _LANGUAGE_ONLY_OF_DATA), "applies to language models only")


def _set_keys(spec: ComparisonSpec, keys: Sequence[str], keys_of_data: Sequence[str]) -> list[str]:
    """Those of some keys that are set."""
    found = [key for key in keys if key in spec.model_fields_set and getattr(spec, key)]
    return found + [f"data.{key}" for key in keys_of_data if spec.data and key in spec.data.model_fields_set]


def _refuse(unused: Sequence[str], why: str) -> None:
    if unused:
        raise InputError("SF501", why, where=unused[0], fix="leave it out")


def candidate_names(spec: ComparisonSpec) -> dict[str, str]:
    """The candidates' names by id.

    Raises:
        InputError: two models have the same name.
    """
    return {key: name for key, name, role, _ in named_models(spec) if role == "candidate"}


def named_models(spec: ComparisonSpec) -> Iterator[tuple[str, str, Role, ModelSource]]:
    """Id, name, role and source of every model."""
    names = iter(model_names(spec.base, spec.candidates, spec.independents))
    yield "base", next(names), "base", spec.base
    for number, source in enumerate(spec.candidates, start=1):
        yield f"candidate-{number}", next(names), "candidate", source
    for number, source in enumerate(spec.independents, start=1):
        yield f"independent-{number}", next(names), "independent", source


def _compared(model_id: str, name: str, role: Role, source: ModelSource, spec: ComparisonSpec) -> ComparedModel:
    """A model; a candidate that cannot be read has its problem instead."""
    assumed = spec.task is not None
    try:
        adapter = find_adapter(source)
        if adapter.kind == "predictions":
            return ComparedModel(model_id, name, role, source, adapter, assume_class_scores=assumed)
        batch = source.batch_size or spec.batch_size
        content = model_content(source, adapter)
    except InputError as error:
        if role != "candidate":
            raise
        return ComparedModel(model_id, name, role, source, _NO_ADAPTER, problem=str(error))
    return ComparedModel(model_id, name, role, source, adapter, batch, content, assumed)


def spec_key(model_id: str) -> str:
    """The key of a model in a spec, for `--set`.

    >>> spec_key("candidate-2"), spec_key("candidate-2-again"), spec_key("base"), spec_key("base-again")
    ('candidates.2', 'candidates.2', 'base', 'base')
    """
    role, number, *_ = [*model_id.split("-"), ""]
    return f"{role}s.{number}" if number.isdecimal() else role


def advice_for_model(reason: str, model_id: str) -> str:
    """The reason of a failure, with advice that sets something for this model only: the base did not fail.

    >>> advice_for_model("x has shape [3]; say --set model.feed.layout=NCHW", "candidate-2")
    'x has shape [3]; say --set candidates.2.feed.layout=NCHW'
    """
    return reason.replace(f"--set {ALL_MODELS}.", f"--set {spec_key(model_id)}.")


def require_candidates(models: Iterable[ComparedModel], reason: str, details: str) -> None:
    """Refuse a comparison without a base or without a candidate.

    Args:
        models: those that can be used.
        reason: why the first of the others cannot.
        details: tracebacks, where it is a fault of samefn itself.

    Raises:
        InputError: the base cannot be run, or no candidate.
        OwnError: the same, by a fault of samefn itself.
    """
    roles = [model.role for model in models]
    if "base" in roles and "candidate" in roles:
        return
    what = f"{'no candidate can' if 'base' in roles else 'the base cannot'} be run: {reason}"
    raise OwnError("SF508", what, details=details) if details else InputError("SF508", what)
