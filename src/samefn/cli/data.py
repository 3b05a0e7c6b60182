"""`samefn data`."""

from samefn.cli.options import DataDirOption
from samefn.cli.progress import shown_progress
from samefn.config.study import Data
from samefn.core.naming import lookup
from samefn.core.paths import cache_folder
from samefn.datasets.load import LOADERS, load_dataset
from samefn.reports.wording.escaping import printable

_OFFICIAL = {True: "yes", False: "no", None: "unknown"}


def data(name: str | None = None, /, *, data_dir: DataDirOption = None) -> None:
    """Download or read a data set and describe it; without a name, list the known names.

    Args:
        name: The data set's name.
    """
    if name is None:
        print("\n".join(LOADERS))
        return
    lookup(LOADERS, name, "data set")
    with shown_progress() as emit:
        dataset = load_dataset(Data.model_validate({"name": name}), data_dir, cache_folder(), emit)
    channels, height, width = dataset.shape
    print(printable(f"{dataset.name}: {dataset.source}"))
    print(f"official split: {_OFFICIAL[dataset.official]}")
    print(f"{len(dataset.train)} training and {len(dataset.test)} test images of {height}x{width}x{channels}")
    print(printable(f"{dataset.classes} classes: {', '.join(dataset.class_names)}"))
    print(f"fingerprint {dataset.fingerprint}")
