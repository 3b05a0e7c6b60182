"""Names for the inputs and outputs of models that leave them out or repeat them."""

from collections.abc import Sequence


def port_names(names: Sequence[str]) -> tuple[str, ...]:
    """The model's own names where each place has one of its own, else the places as numbers.

    >>> port_names(["pixels", "state"])
    ('pixels', 'state')
    >>> port_names(["pixels", "state", "state"])
    ('0', '1', '2')
    """
    if all(names) and len(set(names)) == len(names):
        return tuple(names)
    return tuple(map(str, range(len(names))))
