"""Options that several commands share."""

from pathlib import Path
from typing import Annotated, TypeAlias

from cyclopts import Parameter

from samefn.core.canonical import Json, digest
from samefn.core.paths import cache_folder
from samefn.store.opening import default_location

StoreOption: TypeAlias = Annotated[
    str | None,
    Parameter(
        name="--store",
        help="The store: a folder or a URL (s3://bucket/folder); else $SAMEFN_STORE, else in your cache folder.",
    ),
]
EngineOption: TypeAlias = Annotated[
    str, Parameter(name="--engine", help="What runs the tasks: local (processes of this machine) or ray.")
]
AddressOption: TypeAlias = Annotated[
    str | None,
    Parameter(name="--address", help="A Ray cluster to join, as in auto or HOST:6379; else Ray is started here."),
]
DataDirOption: TypeAlias = Annotated[
    Path | None,
    Parameter(name="--data-dir", help="Where the data set's files are; without it they are downloaded."),
]


def run_folder(name: str, spec: Json, given: Path | None) -> Path:
    """The run's folder from the option, else one for each different spec: no run overwrites another's report."""
    return given or Path("samefn-runs") / f"{name}-{digest(spec)[:8]}"


def store_location(given: str | None) -> str:
    """The store from the option, the environment or the default."""
    return given or default_location(cache_folder())
