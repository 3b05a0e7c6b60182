"""The summary of a report and of an overview, swapped layers and the protocol, in words."""

from collections.abc import Iterator

from samefn.reports.view import ReportView
from samefn.reports.wording.layers import layer_sentences
from samefn.reports.wording.overview import overview_headline, trend_sentences
from samefn.reports.wording.protocol import protocol_notice, variant_words
from samefn.reports.wording.summary import headline, missing_models, summary_sentences
from samefn.schema.layers import LocatedEntry, SwapDirection
from samefn.schema.methods import Given
from samefn.schema.overview import ClaimOfPair, Overview, StudyEntry, TrendEntry
from samefn.schema.report import MeasureEntry, ModelEntry, Report, Role
from samefn.schema.verdicts import Outcome

from .made_up import measure, report


def summary_wording() -> Iterator[tuple[str, str]]:
    for name, made in reports().items():
        view = ReportView(made)
        yield f"summary, {name}, headline", headline(view)
        terms = ("Independents", "Intervals", "Noise floor", "No teacher", "Accuracy misleads")
        for term, sentence in summary_sentences(view):
            if term in terms:
                yield f"summary, {name}, {term}", sentence
    yield "summary, missing models", " ".join(missing_models(ReportView(with_roles())))


def reports() -> dict[str, Report]:
    return {
        "without independents": with_roles(),
        "without independents, a comparison": with_roles(candidate=(0.01,)),
        "one independent": with_roles(independent=(0.09,), replicate=(0.0,), control=(0.08,)),
        "two independents": with_roles(independent=(0.09, 0.1), replicate=(0.001,)),
        "three independents": with_roles(independent=(0.09, 0.1, 0.12)),
        "nothing measured": with_roles().model_copy(update={"verdicts": ()}),
        "no base": with_roles().model_copy(update={"models": with_roles(pruned=(0.1,)).models[1:]}),
        "accuracy that misleads": with_roles(pruned=(0.1,)),
    }  # fmt: skip


def with_roles(**disagreements: tuple[float, ...]) -> Report:
    """A base, and models of those roles with those disagreements, each right as often as the base."""
    made = report()
    models = [made.base.model_copy(update={"accuracy": 0.9})]
    measures: list[MeasureEntry] = []
    for role, values in disagreements.items():
        for number, value in enumerate(values, start=1):
            name = f"{role} {number}"
            models.append(model(name, role))  # type: ignore[arg-type]
            ends = {"value": value, "low": 0.9 * value, "high": 1.1 * value}
            measures.append(measure(name).model_copy(update=ends))
    parts = {"models": tuple(models), "measures": tuple(measures), "verdicts": ()}
    return made.model_copy(update=parts)


def model(name: str, role: Role) -> ModelEntry:
    return ModelEntry(id=name, name=name, role=role, method=Given(adapter="onnx"), accuracy=0.899)


def layer_wording() -> Iterator[tuple[str, str]]:
    directions: tuple[SwapDirection, ...] = ("forward", "backward")
    for direction in directions:
        for share in (0.8, -0.1, None):
            swapped = layer(direction, share)
            [(_, sentence)] = layer_sentences(ReportView(report().model_copy(update={"located": (swapped,)})))
            yield f"layer, {direction}, {share}", sentence


def layer(direction: SwapDirection, share: float | None) -> LocatedEntry:
    return LocatedEntry(
        candidate="int8", group="conv1", direction=direction, swapped="the weight", disagreement=0.01,
        disagreement_low=0.0, disagreement_high=0.02, total_variation=0.01, total_variation_low=0.0,
        total_variation_high=0.02, share=share, bytes=3072, examples=100,
    )  # fmt: skip


def protocol_wording() -> Iterator[tuple[str, str]]:
    made = {
        "published": {"protocol": "published"},
        "one switch": {"switches": ("double-softmax",)},
        "two switches": {"switches": ("double-softmax", "unknown")},
    }
    for name, parts in made.items():
        notice = protocol_notice(report().model_copy(update=parts))
        assert notice is not None
        yield f"protocol, {name}", f"{notice.term}: {notice.sentence}"
    for variant in ("published", "double-softmax"):
        yield f"protocol of a study, {variant}", variant_words(variant)


def overview_wording() -> Iterator[tuple[str, str]]:
    for pairs in (("a",), ("a", "b")):
        for error in ("", "made up"):
            made = overview(pairs, error)
            name = f"overview, {len(pairs)}, {'one not made' if error else 'all made'}"
            yield f"{name}, headline", overview_headline(made)
            for number, sentence in enumerate(trend_sentences(made), start=1):
                yield f"{name}, trend {number}", sentence


def overview(pairs: tuple[str, ...], error: str) -> Overview:
    studies = [StudyEntry(name=pair, pair=pair, variant="corrected", data="mnist", net="lenet") for pair in pairs]
    studies[-1] = studies[-1].model_copy(update={"error": error})
    verdicts: dict[str, tuple[Outcome, ...]] = {"float16": ("same", "same"), "pruned 90 %": ("changed", "broken")}
    trend = tuple(
        TrendEntry(
            study=pair, role="pruned", method=method, measure="disagreement", value=0.1 * (1 + at), low=None, high=None,
            models=(), outcomes=(outcomes[at],),
        )
        for method, outcomes in verdicts.items()
        for at, pair in enumerate(pairs)
    )  # fmt: skip
    settled = tuple(
        ClaimOfPair(claim=claim, pair=pair, outcome="holds" if claim == "C1" or pair == "a" else "does not hold")
        for claim in ("C1", "C2")
        for pair in pairs
    )
    return Overview(
        samefn="0.1.0", suite={}, studies=tuple(studies), deviations=(), claims=(), settled=settled, trend=trend
    )
