"""Titles of measures, and what a distance is measured by."""

from samefn.measures.floored import ALL_MEASURES

DISTANCE_SOURCES = {"disagreement": "predictions", "total_variation": "probabilities"}
"""What each distance that verdicts are made from is measured by."""


def measure_title(name: str) -> str:
    """A measure's title; its name where samefn does not know it."""
    return ALL_MEASURES[name].title if name in ALL_MEASURES else name
