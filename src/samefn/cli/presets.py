"""`samefn presets`."""

from samefn.config.read import presets as all_presets
from samefn.core.naming import lookup


def presets(name: str | None = None, /) -> None:
    """List the built-in studies, or show one as TOML, to start your own from.

    Args:
        name: The study to show.
    """
    known = all_presets()
    if name is not None:
        print(lookup(known, name, "preset"), end="")
        return
    width = max(map(len, known))
    for preset, text in known.items():
        print(f"{preset:{width}}  {text.splitlines()[0].removeprefix('# ')}")
