"""The report of a comparison of language models, from their rows; the block is the unit of every interval."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version

import numpy as np
from numpy.typing import NDArray
from pydantic import JsonValue

from samefn.comparison.language_rows import BASE_TRUE, BLOCK, BOUNDED, ROUNDING, TRUE, Shards, Speaker, columns_of
from samefn.measures.language import token_columns
from samefn.runtimes.host import host
from samefn.runtimes.language import Tokens, scored_part
from samefn.schema.base import Compared
from samefn.schema.language import LanguageEntry
from samefn.schema.methods import Given
from samefn.schema.report import DataEntry, MeasureEntry, ModelEntry, Report
from samefn.schema.verdicts import Interval, ScaleEntry, VerdictEntry
from samefn.statistics.cluster_intervals import proportion
from samefn.statistics.moments import moment_sums
from samefn.verdict.decide import Evidence, decide
from samefn.verdict.language import language_estimates, measure_estimates, needed_columns
from samefn.verdict.overall import overall
from samefn.verdict.scale import scale_of

EVALUATION = "text"
SCALED = ("disagreement", "total_variation", "kl_divergence")
NOISELESS = (
    "Nothing is known of the base's own noise: it was not measured again. So it is taken for none, and every change"
    " counts as the candidate's: it can look farther than it is, never nearer."
)
NEIGHBOURS = (
    "Intervals take windows of the text for independent of one another; the tokens within a window are not. They are"
    " about texts like this one."
)
Columns = Mapping[str, NDArray[np.float64]]


@dataclass(frozen=True, eq=False)
class Heard:
    """The text as the models were asked.

    Attributes:
        name: the text's file name; empty where only files of logits were read.
        windows: its tokens, [windows, length].
    """

    name: str
    windows: Tokens


@dataclass(frozen=True, eq=False)
class Said:
    """What one model said beside the base.

    Attributes:
        speaker: the model.
        shards: its rows.
    """

    speaker: Speaker
    shards: Shards


def language_report(base: Speaker, others: Sequence[Said], heard: Heard, confidence: float) -> Report:
    """The report, but for its times.

    Args:
        base: the base.
        others: candidates and independents.
        heard: what all were asked.
        confidence: of the intervals, above 0 and below 1.
    """
    wanted = tuple(dict.fromkeys((*needed_columns(), *SCALED, BLOCK, BASE_TRUE, TRUE, BOUNDED, ROUNDING)))
    found = {one.speaker.id: columns_of(one.shards, wanted) for one in others}
    candidates = [one.speaker for one in others if one.speaker.role == "candidate"]
    strangers = [found[one.speaker.id] for one in others if one.speaker.role == "independent"]
    scales = {one.id: _scales(one.id, found[one.id], strangers, confidence) for one in candidates}
    evidence = [_evidence(one, found[one.id], scales[one.id], confidence) for one in candidates]
    verdicts = [decide(one) for one in evidence]
    first = found[others[0].speaker.id]
    return Report(
        samefn=version("samefn"),
        name="compare",
        confidence=confidence,
        study=_told(base, others, heard, confidence),
        environment=host(),
        data=_data(heard),
        models=(
            _model(base, first["base_right"], None),
            *(_model(one.speaker, found[one.speaker.id]["right"], first["base_right"]) for one in others),
        ),
        measures=tuple(entry for key, columns in found.items() for entry in _measures(key, columns, confidence)),
        landscape=(),
        distances=(),
        scale=tuple(one for by in scales.values() for one in by.values()),
        verdicts=tuple(_with_flips(one, found[one.candidate]) for one in verdicts),
        overall=(overall(zip(evidence, verdicts, strict=True)),),
        language=tuple(entry for key, columns in found.items() for entry in _figures(key, columns, confidence)),
        warnings=tuple(_warnings(others, found, bool(strangers))),
    )


def _figures(key: str, columns: Columns, confidence: float) -> list[LanguageEntry]:
    of_tokens = token_columns(columns[BASE_TRUE], columns[TRUE], columns["kl_divergence"], 1 - columns["disagreement"])
    return [
        LanguageEntry(
            base="base",
            candidate=key,
            figure=one.figure.name,
            title=one.figure.title,
            unit=one.figure.unit,
            value=one.found.value,
            low=one.found.low,
            high=one.found.high,
            error=one.found.error,
            naive_error=one.found.naive,
            tokens=one.tokens,
            blocks=one.blocks,
            interval=one.found.method,
            note=one.note,
        )
        for one in language_estimates(of_tokens, _blocks(columns), confidence)
    ]


def _measures(key: str, columns: Columns, confidence: float) -> list[MeasureEntry]:
    return [
        MeasureEntry(
            evaluation=EVALUATION,
            base="base",
            candidate=key,
            measure=measure.name,
            value=one.value,
            low=one.low,
            high=one.high,
            examples=len(columns[BLOCK]),
            interval=one.method,
            confidence=confidence,
            note=f"not defined: {measure.undefined}" if one.value is None else "",
        )
        for measure, one in measure_estimates(columns, _blocks(columns), confidence)
    ]


def _scales(key: str, columns: Columns, strangers: Sequence[Columns], confidence: float) -> dict[str, ScaleEntry]:
    zeros, blocks, compared = np.zeros(len(columns[BLOCK])), _blocks(columns), Compared(key, "base", EVALUATION)
    found = {}
    for name in SCALED:
        others = [one[name] for one in strangers]
        stacked = np.stack(others) if others else np.zeros((0, len(zeros)))
        found[name] = scale_of(
            moment_sums(columns[name], zeros, stacked, blocks), compared, name, confidence=confidence
        )
    return found


def _evidence(speaker: Speaker, columns: Columns, scales: Mapping[str, ScaleEntry], confidence: float) -> Evidence:
    share = proportion(columns["disagreement"], _blocks(columns), confidence)
    value, low, high = (0.0 if one is None else one for one in (share.value, share.low, share.high))
    return Evidence(
        candidate=speaker.name,
        disagreement=Interval(value, low, high),
        scales=(scales["disagreement"], scales["total_variation"]),
        base_error=1 - float(columns["base_right"].mean()),
        compared=Compared(speaker.id, "base", EVALUATION),
        grouped=True,
    )


def _with_flips(verdict: VerdictEntry, columns: Columns) -> VerdictEntry:
    flips = {"harm": int(columns["flips_harm"].sum()), "recovery": int(columns["flips_recovery"].sum())}
    return verdict.model_copy(update=flips)


def _model(speaker: Speaker, right: NDArray[np.float64], base_right: NDArray[np.float64] | None) -> ModelEntry:
    facts, weights = speaker.model.facts(), speaker.model.weights()
    accuracy = float(right.mean())
    base = None if base_right is None else float(base_right.mean())
    return ModelEntry(
        id=speaker.id,
        name=speaker.name,
        role=speaker.role,
        method=Given.model_validate(
            {
                "adapter": "causal language model",
                "facts": {name: value for name, value in facts.items() if name != "runtime"},
            }
        ),
        parent=None if speaker.role != "candidate" else "base",
        runtime=str(facts["runtime"]),
        accuracy=accuracy,
        accuracy_deviation=100 * (accuracy - base) / base if base else None,
        bytes=weights.bytes if weights else None,
    )


def _data(heard: Heard) -> DataEntry:
    windows, length = heard.windows.shape
    part = scored_part(length)
    source = (
        f"{windows:,} windows of {length} tokens that do not overlap; scored are the {part.stop - part.start} tokens"
        f" after the first {part.start + 1} of each"
    )
    tokens = np.ascontiguousarray(heard.windows, dtype="<i8").tobytes()
    return DataEntry(
        name=heard.name or "the text of the files of logits",
        source=source,
        official=False,
        fingerprint=hashlib.sha256(tokens).hexdigest(),
        train_examples=0,
        test_examples=windows * (part.stop - part.start),
        class_names=(),
        shape=(length,),
    )


def _told(base: Speaker, others: Sequence[Said], heard: Heard, confidence: float) -> dict[str, JsonValue]:
    return {
        "name": "compare",
        "base": base.name,
        "candidates": [one.speaker.name for one in others if one.speaker.role == "candidate"],
        "independents": [one.speaker.name for one in others if one.speaker.role == "independent"],
        "text": heard.name,
        "n_ctx": heard.windows.shape[1],
        "intervals": {"confidence": confidence},
    }


def _warnings(others: Sequence[Said], found: Mapping[str, Columns], scaled: bool) -> list[str]:
    warnings = [NEIGHBOURS, *([NOISELESS] if scaled else [])]
    for one in others:
        columns = found[one.speaker.id]
        rounding, bounded = float(columns[ROUNDING].max()), int(columns[BOUNDED].sum())
        if rounding > 0:
            warnings.append(
                f"{one.speaker.name} and the base: log-probabilities are stored in steps; rounding moves one by up to"
                f" {rounding:.2g} nats."
            )
        if bounded:
            warnings.append(
                f"{one.speaker.name} and the base: of {bounded:,} of {len(columns[BLOCK]):,} true tokens a file holds"
                " only an upper bound of the probability (16 nats or more below the largest)."
            )
    return warnings


def _blocks(columns: Columns) -> NDArray[np.int64]:
    return columns[BLOCK].astype(np.int64)
