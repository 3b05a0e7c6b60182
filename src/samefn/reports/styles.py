"""The look of each role: a colour near Okabe and Ito's, a shape and a line that differ in grey too."""

from dataclasses import dataclass

from samefn.schema.report import Role


@dataclass(frozen=True)
class RoleStyle:
    """The look of one role.

    Attributes:
        title: for legends, singular.
        plural: for sentences.
        light: colour on a light ground.
        dark: colour on a dark ground.
        path: its shape as an SVG path, about the origin, radius 1.
        dash: lengths of dash and gap of its line, in points; empty for a full line.
    """

    title: str
    plural: str
    light: str
    dark: str
    path: str
    dash: tuple[float, ...] = ()


_CIRCLE = "M1 0A1 1 0 1 1-1 0A1 1 0 1 1 1 0Z"
_CROSS = "M-1-.55L-.55-1L0-.45L.55-1L1-.55L.45 0L1 .55L.55 1L0 .45L-.55 1L-1 .55L-.45 0Z"
_SQUARE = "M-.85-.85H.85V.85H-.85Z"
_UP = "M0-1.1L1.05.8H-1.05Z"
_DOWN = "M0 1.1L1.05-.8H-1.05Z"
_DIAMOND = "M0-1.15L1.15 0L0 1.15L-1.15 0Z"
_PLUS = "M-.36-1.05H.36V-.36H1.05V.36H.36V1.05H-.36V.36H-1.05V-.36H-.36Z"
_PENTAGON = "M0-1.1L1.05-.34L.65.89H-.65L-1.05-.34Z"
_STAR = "M0-1.3L.32-.44L1.24-.4L.52.17L.76 1.05L0 .54L-.76 1.05L-.52.17L-1.24-.4L-.32-.44Z"

ROLE_STYLES: dict[Role, RoleStyle] = {
    "base": RoleStyle("base", "the base", "#1b1f24", "#f2f4f7", _CIRCLE),
    "replicate": RoleStyle("replicate", "replicates", "#6b7480", "#a7b0bb", _CROSS),
    "independent": RoleStyle("independent", "independents", "#d55e00", "#f58a3c", _SQUARE, (5, 2)),
    "teacher": RoleStyle("teacher", "teachers", "#b07a00", "#e6b23c", _PENTAGON, (7, 2, 1, 2)),
    "student": RoleStyle("student", "students", "#0072b2", "#4aa8e0", _UP, (2, 1.4)),
    "control": RoleStyle("control", "controls", "#3a9fd6", "#8ccdf2", _DOWN, (6, 1.5, 1.2, 1.5)),
    "quantized": RoleStyle("quantised", "quantised models", "#009e73", "#2fc69c", _DIAMOND),
    "pruned": RoleStyle("pruned", "pruned models", "#b0568f", "#df94c1", _PLUS),
    "candidate": RoleStyle("candidate", "candidates", "#0072b2", "#4aa8e0", _STAR, (2, 1.4)),
}
"""In the order in which roles are listed everywhere."""

COMPRESSED: frozenset[Role] = frozenset({"student", "quantized", "pruned", "candidate"})
"""The roles of candidates: models made from the base to replace it."""
