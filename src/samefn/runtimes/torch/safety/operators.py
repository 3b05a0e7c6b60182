"""Which of torch's operators only compute: a file that calls no others cannot reach beyond its tensors."""

from collections.abc import Iterator
from functools import cache
from typing import Any

import torch

# Types of arguments that are safe. Without text, an operator can name no file, no host and no library.
_SAFE_TYPES = {
    *("TensorType", "IntType", "FloatType", "BoolType", "ComplexType", "NumberType", "DeviceObjType", "GeneratorType"),
    *("NoneType", "VarType", "AnyEnumType", "ListType", "OptionalType", "TupleType", "DictType", "FutureType"),
    # Packed weights; the classes in an archive are checked where they are named.
    *("ClassType", "CapsuleType"),
}
# Operators of `aten` that take text or any type and were checked one by one: it is a mode, a key, or text to edit.
_TAKING_TEXT = """
Delete Float Int __contains__ __getitem__ __interpolate __upsample _assert_async _assert_scalar _convolution_mode
_functional_assert_async _functional_assert_scalar _linalg_check_errors _linalg_eigh _linalg_svd _mixed_dtypes_linear
_segment_reduce_backward _set_item _sparse_mm _sparse_mm_reduce_impl _sparse_mm_reduce_impl_backward
_sparse_semi_structured_linear _sparse_semi_structured_tile add any capitalize center clear conv1d conv2d conv3d copy
count dequantize device dict div div_ divide divide_ einsum endswith eq expandtabs fft_fft fft_fft2 fft_fftn fft_hfft
fft_hfft2 fft_hfftn fft_ifft fft_ifft2 fft_ifftn fft_ihfft fft_ihfft2 fft_ihfftn fft_irfft fft_irfft2 fft_irfftn
fft_rfft fft_rfft2 fft_rfftn find format ge gelu gelu_ gelu_backward get get_autocast_dtype gt index index_reduce
index_reduce_ isalnum isalpha isdecimal isdigit isidentifier islower isnumeric isprintable isspace istitle isupper
items join keys le len linalg_cond linalg_eigh linalg_eigvalsh linalg_lstsq linalg_matrix_norm linalg_norm linalg_qr
linalg_svd linalg_svdvals list ljust lower lstrip lt meshgrid nanquantile ne ord pad pad_sequence partition
percentFormat pop popitem quantile remove replace rfind rindex rjust rpartition rsplit rstrip scatter scatter_
scatter_reduce scatter_reduce_ searchsorted segment_reduce setdefault slice sort sorted split splitlines startswith
stft strip swapcase title update upper values warn zfill
"""
# The interpreter's own operators, as far as they occur in the code of nets.
_PRIM = """
BroadcastMKLDNNTensors ConstantMKLDNNTensor EnumName EnumValue MKLDNNClamp MKLDNNClamp_ MKLDNNHardSigmoid
MKLDNNHardSigmoid_ MKLDNNHardSwish MKLDNNHardSwish_ MKLDNNHardTanh MKLDNNHardTanh_ MKLDNNLayerNorm MKLDNNLayerNorm_
MKLDNNScalarMul MKLDNNScalarMul_ ModuleContainerIndex NumToTensor RaiseException StringIndex TupleIndex Uninitialized
abs data device dtype grad index is_cpu is_cuda is_meta is_mkldnn is_mps is_nested is_quantized is_sparse
is_sparse_csr is_xla is_xpu itemsize layout max min mkldnn_convolution name nbytes rangelist requires_grad tolist type
unchecked_cast unchecked_unwrap_optional
"""
_TEXT = frozenset(_TAKING_TEXT.split())
_NAMED = {
    "prim": frozenset(_PRIM.split()),
    "profiler": frozenset({"_record_function_enter_new", "_record_function_exit", "_call_end_callbacks_on_jit_fut"}),
}
_COMPUTING = ("aten", "prims", "quantized", "mkldnn_prepacked")
# Packages that quantise, where they are installed: their operators take names of types and domains.
_QUANTISING = ("quantized_decomposed", "torchao")


@cache
def is_computing(space: str, name: str) -> bool:
    """Whether `space::name` is an operator of torch that only computes, in each of its overloads.

    >>> is_computing("aten", "relu"), is_computing("aten", "save"), is_computing("aten", "no_such_operator")
    (True, False, False)
    """
    if space in _NAMED:
        return name in _NAMED[space]
    overloads = _overloads(space, name)
    if not overloads or space not in (*_COMPUTING, *_QUANTISING):
        return False
    if space in _QUANTISING or (space == "aten" and name in _TEXT):
        return True
    types = (argument.type for overload in overloads for argument in overload.arguments)
    return all(kind in _SAFE_TYPES for type_ in types for kind in _kinds(type_))


@cache
def may_be_attribute(name: str) -> bool:
    """Whether `value.name` in TorchScript is safe: an operator that only computes, or no operator."""
    return is_computing("aten", name) or not _overloads("aten", name)


def _overloads(space: str, name: str) -> list[Any]:
    return torch._C._jit_get_schemas_for_operator(f"{space}::{name}")


def _kinds(type_: Any) -> Iterator[str]:
    """The names of a type and of the types inside it."""
    yield type_.kind()
    for inner in type_.containedTypes():
        yield from _kinds(inner)
