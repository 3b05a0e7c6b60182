"""What decoding returned beside the images, stored under the source's key, so that no file is decoded twice."""

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
    """Name, source and `official` of a data set that was decoded.

    Equal images from two sources have one fingerprint and are stored once. These three differ by source.

    Attributes:
        format: version of this layout.
        fingerprint: of the whole decoded data set.
        name: its name.
        source: its source.
        official: whether both splits are the published ones; None where that is not known.
    """

    format: Literal["samefn-origin-1"] = "samefn-origin-1"
    fingerprint: str
    name: str
    source: str
    official: bool | None

    def apply_to(self, stored: Dataset) -> Dataset:
        """The stored images with the name and source they had here.

        Raises:
            InputError: they are other images.
        """
        if stored.fingerprint != self.fingerprint:
            raise InputError("SF260", f"stored images have fingerprint {stored.fingerprint}, not {self.fingerprint}")
        return replace(stored, name=self.name, source=self.source, official=self.official)


def write_origin(dataset: Dataset, folder: Path) -> None:
    """Write the origin of a decoded data set into a folder that exists."""
    origin = Origin(
        fingerprint=dataset.fingerprint, name=dataset.name, source=dataset.source, official=dataset.official
    )
    (folder / FILE).write_bytes(canonical_json(origin.model_dump(mode="json")))


def read_origin(folder: Path) -> Origin:
    """Read the origin that `write_origin` wrote.

    Raises:
        InputError: the folder does not hold it.
    """
    try:
        return Origin.model_validate_json((folder / FILE).read_bytes())
    except (OSError, ValidationError) as error:
        raise InputError("SF260", "does not hold the origin of a data set", where=str(folder / FILE)) from error
