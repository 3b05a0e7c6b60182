"""Reports of made-up predictions and figures, for the lines about them."""

import numpy as np

import samefn
from samefn.schema.costs import CostEntry, Latency
from samefn.schema.language import LanguageEntry
from samefn.schema.methods import Given
from samefn.schema.report import Report
from samefn.schema.verdicts import AgainstLimit

CLASSES = ("bicycle", "bus", "car", "tram")


def logits(inputs: int = 2000) -> np.ndarray:
    return 4 * np.random.default_rng(0).normal(size=(inputs, len(CLASSES)))


def labels_of(scores: np.ndarray, wrong: float = 0.04) -> np.ndarray:
    """The top classes, but for a share of them that the base has wrong."""
    draws = np.random.default_rng(1)
    top = scores.argmax(axis=1)
    return np.where(draws.random(len(top)) < wrong, (top + 1) % len(CLASSES), top)


def predictions(
    name: str, noise: float, *, seed: int = 2, labelled: bool = True, inputs: int = 2000
) -> samefn.Predictions:
    scores = logits(inputs)
    moved = scores + noise * np.random.default_rng(seed).normal(size=scores.shape)
    return samefn.Predictions.from_logits(name, moved, range(inputs), labels_of(scores) if labelled else None)


def comparison(noises: dict[str, float], independents: int = 0, **settings: object) -> Report:
    """A comparison of candidates that have so much noise."""
    known = {key: settings.pop(key) for key in ("labelled", "inputs") if key in settings}
    others = [predictions(f"seed{number}.onnx", 2.5, seed=10 + number, **known) for number in range(independents)]
    base, *candidates = (predictions(name, noise, **known) for name, noise in {"base.onnx": 0.0, **noises}.items())
    names = CLASSES if known.get("labelled", True) else ()
    return samefn.compare(base, candidates, independents=others, class_names=names, **settings).report


def with_costs(report: Report, ratios: dict[str, tuple[float, float]]) -> Report:
    """The report with sizes and latencies of one input, as ratios to the base's."""

    def cost(latency: float) -> CostEntry:
        one = Latency(batch=1, median=latency, low=latency * 0.98, high=latency * 1.02, runs=20)
        return CostEntry(one=one)

    models = tuple(
        model.model_copy(
            update={
                "bytes": round(1e6 * ratios.get(model.name, (1, 1))[0]),
                "cost": cost(0.002 * ratios.get(model.name, (1, 1))[1]),
                "method": Given(adapter="onnx"),
            }
        )
        for model in report.models
    )
    return report.model_copy(update={"models": models})


def language() -> Report:
    """A language model of four bits, with the figures that its verdict is made from."""
    report = comparison({"Q4_K_M": 0.5}, labelled=False)
    verdict = report.verdicts[0]
    against = (
        AgainstLimit(measure="kld_mean", value=0.031, low=0.029, high=0.033, limit=0.01, origin="rule", side="over"),
        AgainstLimit(
            measure="disagreement", value=0.083, low=0.078, high=0.088, limit=0.1, origin="rule", side="within"
        ),
        AgainstLimit(
            measure="ln_perplexity_ratio", value=0.021, low=0.017, high=0.025, limit=0.02, origin="rule", side="open"
        ),
    )
    figures = {
        "perplexity_base": (8.412, 8.1, 8.7),
        "perplexity": (8.590, 8.3, 8.9),
        "perplexity_ratio": (1.0212, 1.0171, 1.0253),
    }
    entries = tuple(
        LanguageEntry(
            base=verdict.base, candidate=verdict.candidate, figure=name, title=name, unit="", value=value, low=low,
            high=high, error=None, naive_error=None, tokens=65_536, blocks=256, interval="",
        )
        for name, (value, low, high) in figures.items()
    )  # fmt: skip
    judged = verdict.model_copy(
        update={"reason": "figures", "outcome": "changed", "quality": "worse", "against": against, "worst": None}
    )
    return report.model_copy(update={"verdicts": (judged,), "language": entries})
