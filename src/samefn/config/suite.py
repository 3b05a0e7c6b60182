"""The spec of a suite: several studies, one for each pair of data set and net and each protocol."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, JsonValue, ValidationError, field_validator, model_validator

from samefn.config.base import Spec
from samefn.config.study import DatasetName, StudySpec
from samefn.config.switches import SWITCHES, takes_softmax_for_logits
from samefn.schema.protocols import Switch, Variant

Variants = Literal["corrected", "published", "switches"]
_SET_BY_SUITE = ("name", "protocol", "switches", "net", "data.name")
"""Keys that the suite sets for each study."""


class StudyPair(Spec):
    """A data set and a net.

    Attributes:
        data: a known data set, or `own`, as in a study's `data.name`.
        net: a known net, or `module:factory` for your own.
        name: a short name for folders and tables; empty for DATA-NET.
        study: keys that differ from the suite's `study`.
    """

    data: DatasetName
    net: str = "lenet"
    name: Annotated[str, Field(pattern=r"^([a-z0-9][a-z0-9._-]{0,40})?$")] = ""
    study: StudySpec = StudySpec()

    @field_validator("study")
    @classmethod
    def _no_key_of_the_suite(cls, study: StudySpec) -> StudySpec:
        return _require_free_of_suite_keys(study)

    @property
    def title(self) -> str:
        """Its name, else data set and net."""
        return self.name or re.sub(r"[^a-z0-9._-]", "-", f"{self.data}-{self.net}".lower())


@dataclass(frozen=True)
class SuiteMember:
    """One study of a suite.

    Attributes:
        pair: the pair's name.
        variant: `corrected`, `published`, or the switch that is on.
        spec: the study, complete.
    """

    pair: str
    variant: Variant
    spec: StudySpec


class SuiteSpec(Spec):
    """Several studies. Results that they share are made once; each has a report, and all together an overview.

    Attributes:
        name: a short name; it goes into file names.
        protocols: `corrected`, `published`, or `switches`: one study for each switch that can change the pair's
            results, with `corrected` and this switch on.
        pairs: the data sets and nets.
        study: keys of all studies; not `name`, `protocol`, `switches`, `net` and `data.name`.
    """

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$")] = "suite"
    protocols: Annotated[tuple[Variants, ...], Field(min_length=1)] = ("corrected",)
    pairs: Annotated[tuple[StudyPair, ...], Field(min_length=1)]
    study: StudySpec = StudySpec()

    @field_validator("study")
    @classmethod
    def _no_key_of_the_suite(cls, study: StudySpec) -> StudySpec:
        return _require_free_of_suite_keys(study)

    @field_validator("protocols")
    @classmethod
    def _switches_need_corrected(cls, protocols: tuple[Variants, ...]) -> tuple[Variants, ...]:
        if len(set(protocols)) != len(protocols):
            msg = f"protocols are not all different: {list(protocols)}"
            raise ValueError(msg)
        if "switches" in protocols and "corrected" not in protocols:
            msg = "switches are compared with corrected: add corrected"
            raise ValueError(msg)
        return protocols

    @field_validator("pairs")
    @classmethod
    def _names_differ(cls, pairs: tuple[StudyPair, ...]) -> tuple[StudyPair, ...]:
        titles = [pair.title for pair in pairs]
        twice = sorted({title for title in titles if titles.count(title) > 1})
        if twice:
            msg = f"two pairs are called {twice[0]}: give one another name"
            raise ValueError(msg)
        return pairs

    @model_validator(mode="after")
    def _studies_are_possible(self) -> "SuiteSpec":
        self.members()
        return self

    def members(self) -> tuple[SuiteMember, ...]:
        """Every study: pair by pair, `corrected` and `published` before the switches."""
        return tuple(member for pair in self.pairs for member in self._members_of(pair))

    def summary(self) -> dict[str, JsonValue]:
        """The keys that were given, without defaults, for the overview; paths of files are left out."""
        pairs: list[JsonValue] = [
            {"data": pair.data, "net": pair.net, "name": pair.title, "study": _summary(pair.study)}
            for pair in self.pairs
        ]
        return {
            "name": self.name,
            "protocols": list(self.protocols),
            "pairs": pairs,
            "study": _summary(self.study),
        }

    def _members_of(self, pair: StudyPair) -> Iterator[SuiteMember]:
        given = _merged(_given_keys(self.study), _given_keys(pair.study))
        given = _merged(given, {"net": pair.net, "data": {"name": pair.data}})

        def member(variant: Variant, **protocol: Any) -> SuiteMember:
            name = f"{pair.title}-{variant}"
            try:
                return SuiteMember(pair.title, variant, StudySpec.model_validate({**given, "name": name, **protocol}))
            except ValidationError as error:
                problem = error.errors(include_url=False, include_context=False)[0]
                where = ".".join(str(part) for part in (pair.title, *problem["loc"]))
                msg = f"{where}: {problem['msg'].removeprefix('Value error, ')}"
                raise ValueError(msg) from error

        if "corrected" in self.protocols:
            yield (corrected := member("corrected"))
        if "published" in self.protocols:
            yield member("published", protocol="published")
        if "switches" in self.protocols:
            yield from (member(switch, switches=(switch,)) for switch in switches_that_matter(corrected.spec))


def switches_that_matter(spec: StudySpec) -> tuple[Switch, ...]:
    """The switches that can change the results of a study, in their usual order.

    >>> switches_that_matter(StudySpec(distillation=None, quantization=None))
    ('prune-everything', 'repeated-points')
    """
    taught, quantized, pruned = spec.distillation, spec.quantization, spec.pruning
    alphas = taught.alphas if taught else ()
    seeds = taught.seeds if taught else ()
    fractions = pruned.fractions if pruned else ()
    methods = quantized.methods if quantized else ()
    matters: dict[Switch, bool] = {
        "double-softmax": bool(alphas),
        "student-adamax": taught is not None and taught.training is None,
        "softmax-as-logits": any(takes_softmax_for_logits(spec.data.name, a, s) for a in alphas for s in seeds),
        "prune-everything": bool(fractions) and pruned is not None and pruned.scope != "everything",
        "dynamic-range": "int8-static" in methods,
        "repeated-points": bool(spec.landscape.methods) and bool(fractions or methods),
    }
    return tuple(name for name in SWITCHES if matters[name])


def _given_keys(study: StudySpec) -> dict[str, Any]:
    """The keys that were given, without defaults."""
    return study.model_dump(exclude_unset=True)


def _summary(study: StudySpec) -> dict[str, JsonValue]:
    """The keys that were given as JSON, with file names instead of paths."""
    keys: dict[str, JsonValue] = study.model_dump(mode="json", exclude_unset=True)
    if "weights" in keys:
        keys["weights"] = Path(study.weights).name
    if "checkpoints" in keys:
        keys["checkpoints"] = [Path(path).name for path in study.checkpoints]
    return keys


def _merged(under: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """Merge two nested tables; where both have a value, that of the second is used.

    >>> _merged({"a": {"b": 1, "c": 2}}, {"a": {"c": 3}})
    {'a': {'b': 1, 'c': 3}}
    """
    merged = dict(under)
    for key, value in over.items():
        both = isinstance(value, Mapping) and isinstance(merged.get(key), Mapping)
        merged[key] = _merged(merged[key], value) if both else value
    return merged


def _require_free_of_suite_keys(study: StudySpec) -> StudySpec:
    given = _given_keys(study)
    for key in _SET_BY_SUITE:
        head, _, inner = key.partition(".")
        if head in given and (not inner or inner in given[head]):
            msg = f"{key} differs between the studies: leave it out, `pairs` and `protocols` set it"
            raise ValueError(msg)
    return study
