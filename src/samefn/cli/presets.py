"""`samefn presets`."""

from samefn.config.read import preset_texts
from samefn.core.naming import lookup


def presets(name: str | None = None, /) -> None:
    """List the built-in studies, or print one as TOML.

    Args:
        name: The study to print.
    """
    texts = preset_texts()
    if name is not None:
        print(lookup(texts, name, "preset"), end="")
        return
    width = max(map(len, texts))
    for preset, text in texts.items():
        print(f"{preset:{width}}  {text.splitlines()[0].removeprefix('# ')}")
