"""Options that several commands share."""

from pathlib import Path
from typing import Annotated, Literal, TypeAlias

from cyclopts import Parameter

from samefn.core.canonical import Json, digest
from samefn.core.paths import cache_folder
from samefn.store.opening import default_location

RequireOption: TypeAlias = Annotated[
    list[str] | None,
    Parameter(name="--require", help="A requirement, such as 'disagreement < 1 %'. Repeatable; all must be met."),
]
OnInconclusiveOption: TypeAlias = Annotated[
    Literal["fail", "pass"] | None,
    Parameter(
        name="--on-inconclusive",
        help="Whether a requirement that the data cannot decide counts as failed or passed. Default: fail.",
    ),
]
SettingsOption: TypeAlias = Annotated[
    list[str] | None,
    Parameter(name="--set", help="Change a key of the spec: KEY=VALUE, such as batch_size=32. Repeatable."),
]
JunitOption: TypeAlias = Annotated[
    Path | None, Parameter(name="--junit", help="Also write the requirements as JUnit XML to this file.")
]
FiguresOption: TypeAlias = Annotated[
    bool,
    Parameter(name="--figures", show_default=False, help="Also write still figures, as SVG and PNG."),
]
OutOption: TypeAlias = Annotated[
    Path | None, Parameter(name="--out", help="Folder for the results. Default: samefn-runs/NAME-HASH.")
]
StoreOption: TypeAlias = Annotated[
    str | None,
    Parameter(
        name="--store",
        help="Folder or URL of the store. Default: $SAMEFN_STORE, else the store in your cache folder.",
    ),
]
WorkersOption: TypeAlias = Annotated[
    int | None, Parameter(name="--workers", help="Tasks that run at once. Default: one per core.")
]
EngineOption: TypeAlias = Annotated[
    str, Parameter(name="--engine", help="Where tasks run: local (this machine) or ray (a cluster).")
]
AddressOption: TypeAlias = Annotated[
    str | None,
    Parameter(name="--address", help="Ray cluster to join, such as HOST:6379. Default: start Ray on this machine."),
]
VerboseOption: TypeAlias = Annotated[
    bool, Parameter(name=("--verbose", "-v"), show_default=False, help="Also print the tables and all sentences.")
]
JsonOption: TypeAlias = Annotated[
    bool, Parameter(name="--json", show_default=False, help="Print report.json on stdout, and nothing else.")
]
DataDirOption: TypeAlias = Annotated[
    Path | None,
    Parameter(name="--data-dir", help="Folder with the data set's files. Default: download them."),
]


def run_folder(name: str, spec: Json, out: Path | None) -> Path:
    """The run's folder: the value of `--out`, else one for this spec, so that no run overwrites another."""
    return out or Path("samefn-runs") / f"{name}-{digest(spec)[:8]}"


def store_location(store: str | None) -> str:
    """The store: the value of `--store`, else the default."""
    return store or default_location(cache_folder())
