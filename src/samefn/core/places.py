"""Where a run reads and writes."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Places:
    """Where a study or a comparison reads and writes.

    Attributes:
        out: the run's folder.
        store: the store's folder.
        cache: where downloads are kept.
        data_dir: where a known data set's files are; None to download them.
    """

    out: Path
    store: Path
    cache: Path
    data_dir: Path | None = None
