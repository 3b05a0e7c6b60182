"""`samefn ls`, `show` and `verify`: what the store holds."""

import json
import time

from samefn.cli.options import StoreOption, store_location
from samefn.core.errors import DamagedArtefactError
from samefn.core.paths import cache_folder
from samefn.reports.wording.escaping import printable
from samefn.store.opening import existing_store
from samefn.store.store import Store


def ls(*, store: StoreOption = None) -> None:
    """List what the store holds: key, kind, size, when made, name."""
    opened = _open(store)
    for key in opened.keys():  # noqa: SIM118  (a store is no dict)
        try:
            artefact = opened.peek(key)
        except DamagedArtefactError:
            print(printable(f"{key[:12]}  damaged"))
            continue
        made = time.strftime("%Y-%m-%d %H:%M", time.localtime(artefact.manifest["made"]))
        print(printable(f"{key[:12]}  {artefact.kind:13} {artefact.size:>12,}  {made}  {artefact.name}"))


def show(key: str, /, *, store: StoreOption = None) -> None:
    """Show one stored result as JSON: what it is, what it came from, its files.

    Args:
        key: Its key, or as much of it as is needed to tell it from the others.
    """
    opened = _open(store)
    whole = opened.find(key)
    print(json.dumps(opened.peek(whole).manifest, indent=2, sort_keys=True))


def verify(*, store: StoreOption = None) -> int:
    """Hash everything in the store again and name what is damaged; exit code 1 if anything is."""
    opened = _open(store)
    keys, damaged = opened.keys(), 0
    for key in keys:
        try:
            opened.open(key)
        except DamagedArtefactError as error:
            damaged += 1
            print(printable(f"{key[:12]}  {error}"))
    print(f"{len(keys)} results, {damaged} damaged")
    if damaged:
        print("the next study that needs a damaged result moves it aside and makes it again")
    return 1 if damaged else 0


def _open(given: StoreOption) -> Store:
    return existing_store(store_location(given), cache_folder())
