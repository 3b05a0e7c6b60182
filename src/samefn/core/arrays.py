"""Arrays as people have them in Python: of NumPy, tensors of any library, columns of tables, lists of numbers."""

from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from samefn.core.errors import InputError, one_line


@runtime_checkable
class ArrayObject(Protocol):
    """A NumPy array, or an object that gives one: a tensor, a column or a table."""

    def __array__(self) -> NDArray[Any]:
        """Its values."""


def as_array(values: object, where: str) -> NDArray[Any]:
    """The values as a NumPy array; a tensor may need gradients, be on an accelerator, or hold bfloat16.

    Args:
        values: an array object, or a list of numbers or names.
        where: the argument, for errors.

    Raises:
        InputError: they cannot be one array, such as rows of different lengths.

    >>> as_array([[1, 2], [3, 4]], "labels").shape
    (2, 2)
    """
    tensor: Any = values
    try:
        if hasattr(tensor, "detach") and hasattr(tensor, "cpu"):
            tensor = tensor.detach().cpu()
            # (NumPy has no bfloat16; float32 holds all of its values.)
            tensor = tensor.float() if "bfloat16" in str(tensor.dtype) else tensor
        array = np.asarray(tensor)
    except (TypeError, ValueError, RuntimeError) as error:
        raise InputError(
            "SF516", f"is no array ({one_line(error)})", where=where, fix="give an array, a tensor or a list of numbers"
        ) from error
    if array.dtype == np.object_ and all(isinstance(value, str) for value in array.flat):
        array = array.astype(np.str_)  # (as tables give their names)
    if array.dtype == np.object_:
        raise InputError(
            "SF516",
            f"is a {type(values).__name__} of Python objects, not an array of numbers or names",
            where=where,
            fix="give an array, a tensor or a list of numbers",
        )
    return array
