"""A suite: several studies that share what they can, pairs of data set and net by one or more protocols."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, JsonValue, ValidationError, field_validator, model_validator

from samefn.config.base import Spec
from samefn.config.study import DatasetName, StudySpec
from samefn.config.switches import NAMES, takes_softmax_for_logits
from samefn.schema.protocols import Switch, Variant

Variants = Literal["corrected", "published", "switches"]
PER_STUDY = ("name", "protocol", "switches", "net", "data.name")
"""What the suite gives to each study; `study` says the rest."""


class Pair(Spec):
    """A data set and a net.

    Attributes:
        data: a data set samefn knows, or `own`, as in a study's `data.name`.
        net: a net samefn knows, or `module:factory` for your own.
        name: a short name for folders and tables; empty for DATA-NET.
        study: what this pair has otherwise than the suite's `study`.
    """

    data: DatasetName
    net: str = "lenet"
    name: Annotated[str, Field(pattern=r"^([a-z0-9][a-z0-9._-]{0,40})?$")] = ""
    study: StudySpec = StudySpec()

    @field_validator("study")
    @classmethod
    def _leaves_the_pair_alone(cls, study: StudySpec) -> StudySpec:
        return _without_what_the_suite_gives(study)

    @property
    def title(self) -> str:
        """Its name, or else data set and net."""
        return self.name or re.sub(r"[^a-z0-9._-]", "-", f"{self.data}-{self.net}".lower())


@dataclass(frozen=True)
class Member:
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
    """Several studies. What they share is made once; each has its own report, and all have one overview.

    Attributes:
        name: a short name; it goes into file names.
        protocols: `corrected`, `published`, and `switches`: `corrected` with one switch on, a study for each switch
            that can matter to the pair.
        pairs: the data sets and nets.
        study: what all studies share: the keys of a study but for `name`, `protocol`, `switches`, `net` and
            `data.name`.
    """

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$")] = "suite"
    protocols: Annotated[tuple[Variants, ...], Field(min_length=1)] = ("corrected",)
    pairs: Annotated[tuple[Pair, ...], Field(min_length=1)]
    study: StudySpec = StudySpec()

    @field_validator("study")
    @classmethod
    def _leaves_the_pairs_alone(cls, study: StudySpec) -> StudySpec:
        return _without_what_the_suite_gives(study)

    @field_validator("protocols")
    @classmethod
    def _switches_need_corrected(cls, protocols: tuple[Variants, ...]) -> tuple[Variants, ...]:
        if len(set(protocols)) != len(protocols):
            msg = f"protocols are not all different: {list(protocols)}"
            raise ValueError(msg)
        if "switches" in protocols and "corrected" not in protocols:
            msg = "a switch is a change of corrected: ask for corrected too"
            raise ValueError(msg)
        return protocols

    @field_validator("pairs")
    @classmethod
    def _names_differ(cls, pairs: tuple[Pair, ...]) -> tuple[Pair, ...]:
        titles = [pair.title for pair in pairs]
        twice = sorted({title for title in titles if titles.count(title) > 1})
        if twice:
            msg = f"two pairs are called {twice[0]}: give one a name of its own"
            raise ValueError(msg)
        return pairs

    @model_validator(mode="after")
    def _studies_are_possible(self) -> "SuiteSpec":
        self.members()
        return self

    def members(self) -> tuple[Member, ...]:
        """Every study: pair by pair, `corrected` and `published` before the switches."""
        return tuple(member for pair in self.pairs for member in self._of(pair))

    def told(self) -> dict[str, JsonValue]:
        """The suite as it was asked for, without defaults, for the overview."""
        pairs: list[JsonValue] = [
            {"data": pair.data, "net": pair.net, "name": pair.title, "study": _told(pair.study)} for pair in self.pairs
        ]
        return {
            "name": self.name,
            "protocols": list(self.protocols),
            "pairs": pairs,
            "study": _told(self.study),
        }

    def _of(self, pair: Pair) -> Iterator[Member]:
        given = _merged(_said(self.study), _said(pair.study))
        given = _merged(given, {"net": pair.net, "data": {"name": pair.data}})

        def member(variant: Variant, **protocol: Any) -> Member:
            name = f"{pair.title}-{variant}"
            try:
                return Member(pair.title, variant, StudySpec.model_validate({**given, "name": name, **protocol}))
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
    """The switches that change anything of a study, in their usual order.

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
    return tuple(name for name in NAMES if matters[name])


def _said(study: StudySpec) -> dict[str, Any]:
    """The keys that were given, without those left at their defaults."""
    return study.model_dump(exclude_unset=True)


def _told(study: StudySpec) -> dict[str, JsonValue]:
    """The same for others to read: JSON, and files by their names."""
    told: dict[str, JsonValue] = study.model_dump(mode="json", exclude_unset=True)
    if "weights" in told:
        told["weights"] = Path(study.weights).name
    if "checkpoints" in told:
        told["checkpoints"] = [Path(path).name for path in study.checkpoints]
    return told


def _merged(under: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """Two nested tables as one; where both have a value the second's stands.

    >>> _merged({"a": {"b": 1, "c": 2}}, {"a": {"c": 3}})
    {'a': {'b': 1, 'c': 3}}
    """
    found = dict(under)
    for key, value in over.items():
        both = isinstance(value, Mapping) and isinstance(found.get(key), Mapping)
        found[key] = _merged(found[key], value) if both else value
    return found


def _without_what_the_suite_gives(study: StudySpec) -> StudySpec:
    said = _said(study)
    for key in PER_STUDY:
        head, _, inner = key.partition(".")
        if head in said and (not inner or inner in said[head]):
            msg = f"{key} is not for all studies alike: leave it out, `pairs` and `protocols` give it"
            raise ValueError(msg)
    return study
