"""Find the entries of a report that are about one comparison."""

from collections.abc import Iterable
from typing import Protocol, TypeVar

from samefn.schema.base import Compared


class AboutOne(Protocol):
    """An entry about a candidate beside a base, on one set of examples."""

    @property
    def evaluation(self) -> str:
        """The set of examples."""

    @property
    def base(self) -> str:
        """Id of the base."""

    @property
    def candidate(self) -> str:
        """Id of the candidate."""


class OfMeasure(AboutOne, Protocol):
    """An entry about one measure of it."""

    @property
    def measure(self) -> str:
        """Its name."""


Entry = TypeVar("Entry", bound=OfMeasure)


def compared_by(entry: AboutOne) -> Compared:
    """What an entry is about."""
    return Compared(entry.candidate, entry.base, entry.evaluation)


def by_measure(entries: Iterable[Entry], about: Compared) -> dict[str, Entry]:
    """The entries about one comparison, by their measure."""
    return {entry.measure: entry for entry in entries if compared_by(entry) == about}
