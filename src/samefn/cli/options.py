"""Options that several commands share."""

from pathlib import Path
from typing import Annotated, TypeAlias

from cyclopts import Parameter
from platformdirs import user_cache_path

from samefn.core.canonical import Json, digest
from samefn.store.store import default_store

StoreOption: TypeAlias = Annotated[
    Path | None,
    Parameter(name="--store", help="The store's folder; else $SAMEFN_STORE, else one in your cache folder."),
]
DataDirOption: TypeAlias = Annotated[
    Path | None,
    Parameter(name="--data-dir", help="Where the data set's files are; without it they are downloaded."),
]


def cache_folder() -> Path:
    """Where samefn keeps what can be fetched or made again."""
    return user_cache_path("samefn")


def run_folder(name: str, spec: Json, given: Path | None) -> Path:
    """The run's folder from the option, else one for each different spec: no run overwrites another's report."""
    return given or Path("samefn-runs") / f"{name}-{digest(spec)[:8]}"


def store_folder(given: Path | None) -> Path:
    """The store's folder from the option, the environment or the default."""
    return given.expanduser() if given else default_store(cache_folder())
