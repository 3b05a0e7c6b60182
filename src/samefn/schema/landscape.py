"""The part of report.json about maps: how each was made, how far to trust it, and its points."""

from typing import Literal

from samefn.schema.base import Part

MapMethod = Literal["tsne", "mds", "pca"]


class MapPoint(Part):
    """One model at one epoch on a map.

    Attributes:
        model: id of the model.
        epoch: epochs after the start, 0 is the initial model; null for a compressed model, which has one point.
        x: in the unit of the distances on PCA and MDS, in none on t-SNE.
        y: as x.
    """

    model: str
    epoch: int | None
    x: float
    y: float


class MapQuality(Part):
    """How far to trust a map. Null where a figure has no meaning.

    Attributes:
        trustworthiness: whether points that are near on the map are near in truth, 0 to 1, higher is better.
        neighbours_kept: share of the nearest on the map that are nearest in truth, 0 to 1, higher is better.
        stress: of the distances, 0 or more, lower is better.
    """

    trustworthiness: float | None
    neighbours_kept: float | None
    stress: float | None


class _MapSettings(Part):
    """What every map is made with.

    Attributes:
        points: how many.
        neighbours_asked: neighbours that the quality was to look at.
        neighbours: at which it looks; null where there are too few points.
        libraries: versions.
        notes: what a reader must know, a sentence each.
        algorithm: what was computed.
    """

    points: int
    neighbours_asked: int
    neighbours: int | None
    libraries: dict[str, str]
    notes: tuple[str, ...] = ()
    algorithm: str


class PcaSettings(_MapSettings):
    """All that decides the coordinates of a map by PCA.

    Attributes:
        explained_variance: share of each axis, 0 to 1.
    """

    explained_variance: tuple[float, ...]


class MdsSettings(_MapSettings):
    """All that decides the coordinates of a map by metric MDS.

    Attributes:
        start: from where.
        jitter: by how much of its spread the start was moved.
        seed: of the jitter.
        max_iter: iterations at most.
        eps: where it stops.
        iterations: that it took.
    """

    start: str
    jitter: float
    seed: int
    max_iter: int
    eps: float
    iterations: int


class TsneSettings(_MapSettings):
    """All that decides the coordinates of a map by t-SNE; of too few points by classical scaling.

    What stands from `start` on is null where no t-SNE was run.

    Attributes:
        seed: of the jitter.
        perplexity_asked: as the spec has it.
        perplexity: as it was used.
        start: from where.
        start_std: its spread.
        jitter: by how much of its spread the start was moved.
        early_exaggeration: as scikit-learn has it.
        learning_rate: likewise.
        angle: of Barnes-Hut; null for the exact gradient.
        max_iter: iterations at most.
        iterations: that it took.
        kl_divergence: where it ended.
    """

    seed: int
    perplexity_asked: float
    perplexity: float | None
    start: str | None = None
    start_std: float | None = None
    jitter: float | None = None
    early_exaggeration: float | None = None
    learning_rate: float | None = None
    angle: float | None = None
    max_iter: int | None = None
    iterations: int | None = None
    kl_divergence: float | None = None


MapSettings = PcaSettings | MdsSettings | TsneSettings


class LandscapeMap(Part):
    """One map.

    Attributes:
        method: how it was made.
        panel: all, distillation, quantisation or pruning.
        settings: everything that decides the coordinates.
        quality: how far to trust it.
        points: one for every moment of a trained model, one for every other model.
    """

    method: MapMethod
    panel: str = "all"
    settings: MapSettings
    quality: MapQuality
    points: tuple[MapPoint, ...]
