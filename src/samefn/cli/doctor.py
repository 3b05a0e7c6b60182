"""`samefn doctor`."""

import json

from samefn.cli.options import StoreOption, store_location
from samefn.studies.environment import find_machine


def doctor(*, store: StoreOption = None) -> None:
    """Show versions, CPU flags, devices and the store as JSON, for a bug report."""
    facts = find_machine("auto").environment().model_dump(exclude_defaults=True)
    print(json.dumps({**facts, "store": store_location(store)}, indent=2))
