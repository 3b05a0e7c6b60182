"""`samefn ls`, `show` and `verify`: the results in the store."""

import json
import time

from samefn.cli.options import StoreOption, store_location
from samefn.core.errors import DamagedArtefactError
from samefn.core.paths import cache_folder
from samefn.reports.wording.escaping import printable
from samefn.store.opening import existing_store
from samefn.store.store import Store


def ls(*, store: StoreOption = None) -> None:
    """List the results in the store: key, kind, size, date, name."""
    opened = _open(store)
    for key in opened.keys():  # noqa: SIM118  (a store is no dict)
        try:
            manifest = opened.manifest(key)
        except DamagedArtefactError:
            print(printable(f"{key[:12]}  damaged"))
            continue
        made = time.strftime("%Y-%m-%d %H:%M", time.localtime(manifest["made"]))
        size = sum(file["bytes"] for file in manifest["files"].values())
        print(printable(f"{key[:12]}  {manifest['kind']:13} {size:>12,}  {made}  {manifest['name']}"))


def show(key: str, /, *, store: StoreOption = None) -> None:
    """Show one stored result as JSON: its kind, its settings and its files.

    Args:
        key: The result's key, or the first characters of it.
    """
    opened = _open(store)
    print(json.dumps(opened.manifest(opened.find(key)), indent=2, sort_keys=True))


def verify(*, store: StoreOption = None) -> int:
    """Check every result in the store for damage; exit code 1 where one is damaged."""
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
        print("a damaged result is made again by the next run that needs it")
    return 1 if damaged else 0


def _open(store: StoreOption) -> Store:
    return existing_store(store_location(store), cache_folder())
