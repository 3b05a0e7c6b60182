"""What a decoding gave, to be kept by the source's key: with it and the stored images nothing is decoded again."""

from dataclasses import replace
from pathlib import Path
from typing import Literal

from pydantic import ValidationError

from samefn.config.base import Spec
from samefn.core.canonical import canonical_json
from samefn.core.errors import InputError
from samefn.datasets.dataset import Dataset

FILE = "origin.json"


class Origin(Spec):
    """What a decoding said of a data set beside its images.

    Equal images from two places have one fingerprint and are stored once; name, source and whether they are official
    belong to the place.

    Attributes:
        format: version of this layout.
        fingerprint: of the decoded data set, whole.
        name: its name.
        source: its source.
        official: whether both splits are the published ones; none where that cannot be told.
    """

    format: Literal["samefn-origin-1"] = "samefn-origin-1"
    fingerprint: str
    name: str
    source: str
    official: bool | None

    def applied(self, stored: Dataset) -> Dataset:
        """The stored images under what was said of them.

        Raises:
            InputError: they are other images.
        """
        if stored.fingerprint != self.fingerprint:
            raise InputError("SF2113", f"stored images have fingerprint {stored.fingerprint}, not {self.fingerprint}")
        return replace(stored, name=self.name, source=self.source, official=self.official)


def write_origin(dataset: Dataset, folder: Path) -> None:
    """Write what was said of a decoded data set into a folder that exists."""
    origin = Origin(
        fingerprint=dataset.fingerprint, name=dataset.name, source=dataset.source, official=dataset.official
    )
    (folder / FILE).write_bytes(canonical_json(origin.model_dump(mode="json")))


def read_origin(folder: Path) -> Origin:
    """Read what `write_origin` wrote.

    Raises:
        InputError: the folder does not hold it.
    """
    try:
        return Origin.model_validate_json((folder / FILE).read_bytes())
    except (OSError, ValidationError) as error:
        raise InputError("SF2114", "does not say where a data set comes from", where=str(folder / FILE)) from error
