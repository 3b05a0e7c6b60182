"""All models and moments on the maps, in the paper's panels too, and their true distances to the base."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from samefn.analysis.subject import Subject
from samefn.config.study import Landscape
from samefn.core.loading import load
from samefn.landscape.distances import MIN_POINTS, distance_matrix
from samefn.schema.landscape import LandscapeMap, MapMethod
from samefn.schema.report import Role, TrueDistance

# The paper's panels: what each shows beside the base and the independents, and the perplexity of the notebooks' t-SNE.
PANELS: dict[str, tuple[frozenset[Role], float]] = {
    "distillation": (frozenset({"student", "control"}), 60.0),
    "quantisation": (frozenset({"quantized"}), 30.0),
    "pruning": (frozenset({"pruned"}), 15.0),
}
IN_EVERY_PANEL: frozenset[Role] = frozenset({"base", "independent"})


@dataclass(frozen=True, eq=False)
class Landscapes:
    """The maps of one evaluation set.

    Attributes:
        maps: of all models, one a method.
        panels: the paper's panels by the first method, each with some of the models.
        distances: of every point to the base's last one.
    """

    maps: tuple[LandscapeMap, ...]
    panels: tuple[LandscapeMap, ...]
    distances: tuple[TrueDistance, ...]


def map_all(subjects: Sequence[Subject], evaluation: str, settings: Landscape, *, repeated: bool = False) -> Landscapes:
    """One point for every moment of a trained model and one for every other model, on every map asked for.

    Args:
        subjects: the base first.
        evaluation: the evaluation set whose predictions are mapped.
        settings: the maps.
        repeated: do as the paper's notebooks presumably do: draw the base's earlier moments as points of every
            compressed model too, which draws these models to the base by construction, and change the perplexity by
            panel.

    Returns:
        The maps, without models with only predicted classes; none at all where that is the base. Of fewer than four
        points there are distances and no maps: three always fit into a plane, and two say one number.
    """
    if subjects[0].trajectories[evaluation].last.hard_predictions is not None:
        return Landscapes((), (), ())
    subjects = [subject for subject in subjects if subject.trajectories[evaluation].last.hard_predictions is None]
    base_moments = subjects[0].trajectories[evaluation]
    points = [
        (subject, epoch if subject.trained else None, moment.log_probs)
        for subject in subjects
        for epoch, moment in zip(
            subject.trajectories[evaluation].epochs, subject.trajectories[evaluation].moments, strict=True
        )
    ]
    own = len(points)
    if repeated and subjects[0].trained:
        points += [
            (subject, epoch, moment.log_probs)
            for subject in subjects
            if subject.entry.role in {"quantized", "pruned"}
            for epoch, moment in zip(base_moments.epochs[:-1], base_moments.moments[:-1], strict=True)
        ]
    distances = distance_matrix([log_probs for _, _, log_probs in points], np.exp)
    mapped = len(points) >= MIN_POINTS
    places = [(subject, epoch) for subject, epoch, _ in points]
    base = max(i for i, (subject, _) in enumerate(places) if subject is subjects[0])
    ids = [(subject.id, epoch) for subject, epoch in places]
    panels = []
    for panel, (roles, perplexity) in PANELS.items():
        if not mapped or not settings.methods or not any(subject.entry.role in roles for subject in subjects):
            continue
        kept = [i for i, (subject, _) in enumerate(places) if subject.entry.role in roles | IN_EVERY_PANEL]
        used = settings.model_copy(update={"perplexity": perplexity}) if repeated else settings
        shown = distances[np.ix_(kept, kept)]
        panels.append(_drawn(shown, settings.methods[0], used, [ids[i] for i in kept], panel))
    return Landscapes(
        maps=tuple(_drawn(distances, method, settings, ids) for method in settings.methods if mapped),
        panels=tuple(panels),
        distances=tuple(
            TrueDistance(model=subject.id, epoch=epoch, distance=float(distances[i, base]))
            for i, (subject, epoch) in enumerate(places[:own])
        ),
    )


def _drawn(
    distances: NDArray[np.float64],
    method: MapMethod,
    settings: Landscape,
    models: Sequence[tuple[str, int | None]],
    panel: str = "all",
) -> LandscapeMap:
    # Loaded late: scikit-learn takes long, and two or three models have no map.
    drawn: LandscapeMap = load("samefn.landscape.maps:make_map")(distances, method, settings, models, panel)
    return drawn
