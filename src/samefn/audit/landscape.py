"""All models and moments on the maps, and their true distances to the base."""

from collections.abc import Sequence

import numpy as np

from samefn.audit.subject import Subject
from samefn.landscape.distances import distance_matrix
from samefn.landscape.maps import make_map
from samefn.reports.contract import LandscapeMap, MapPoint, TrueDistance
from samefn.spec.study import Landscape


def map_all(
    subjects: Sequence[Subject], evaluation: str, settings: Landscape, *, repeated: bool = False
) -> tuple[list[LandscapeMap], list[TrueDistance]]:
    """One point for every moment of a trained model and one for every other model, on every map asked for.

    Args:
        subjects: the base first.
        evaluation: the evaluation set whose answers are mapped.
        settings: the maps.
        repeated: also draw the base's earlier moments as points of every compressed model, as the paper's notebooks
            presumably do; that draws these models to the base by construction.
    """
    base_moments = subjects[0].trajectories[evaluation]
    points = [
        (subject.id, epoch if subject.trained else None, np.exp(moment.log_probs))
        for subject in subjects
        for epoch, moment in zip(
            subject.trajectories[evaluation].epochs, subject.trajectories[evaluation].moments, strict=True
        )
    ]
    own = len(points)
    if repeated and subjects[0].trained:
        points += [
            (subject.id, epoch, np.exp(moment.log_probs))
            for subject in subjects
            if subject.entry.role in {"quantized", "pruned"}
            for epoch, moment in zip(base_moments.epochs[:-1], base_moments.moments[:-1], strict=True)
        ]
    distances = distance_matrix([answers for _, _, answers in points])
    base = max(i for i, (model, _, _) in enumerate(points) if model == subjects[0].id)
    maps = []
    for method in settings.methods:
        drawn = make_map(distances, method, settings)
        placed = tuple(
            MapPoint(model=model, epoch=epoch, x=float(x), y=float(y))
            for (model, epoch, _), (x, y) in zip(points, drawn.xy, strict=True)
        )
        maps.append(
            LandscapeMap(method=method, settings=dict(drawn.settings), quality=dict(drawn.quality), points=placed)
        )
    true = [
        TrueDistance(model=model, epoch=epoch, distance=float(distances[i, base]))
        for i, (model, epoch, _) in enumerate(points[:own])
    ]
    return maps, true
