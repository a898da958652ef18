"""The numbers of an ONNX file's tensors, read out of its message."""

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor

from model_zoo.onnx_graph.limits import MOST_WEIGHTS, OnnxError

if TYPE_CHECKING:
    import onnx

FLOATS = {1: torch.float32, 10: torch.float16, 11: torch.float64, 16: torch.bfloat16}
INTEGERS = {2: np.uint8, 3: np.int8, 5: np.int16, 6: np.int32, 7: np.int64, 9: np.bool_, 12: np.uint32}
WORD = {1: "float32", 10: "float16", 11: "float64", 16: "bfloat16", 3: "int8", 2: "uint8", 8: "text"}


def size_of(dims: Iterable[int]) -> int:
    dims = list(dims)
    if any(not 0 <= n <= MOST_WEIGHTS for n in dims) or len(dims) > 8:
        raise OnnxError(f"A tensor of the file has the impossible shape {tuple(dims[:9])}.")
    return math.prod(dims)


def tensor_of(tensor: "onnx.TensorProto", stripped: bool = False) -> Tensor | np.ndarray:
    """The numbers of a tensor: float32 for all that are no whole numbers.

    Args:
        stripped: whether its numbers may lie elsewhere; then a tensor without any is one on no device.

    Raises:
        OnnxError: it is of a kind that is not read, has another number of numbers than its shape says, or holds some
            that are not finite.
    """
    name, kind = tensor.name[:60], tensor.data_type
    if tensor.external_data or tensor.data_location == 1:
        raise OnnxError(
            f"The weights {name} lie in another file, which is not read. Save everything in one file: "
            "onnx.save(model, path, save_as_external_data=False)."
        )
    size = size_of(tensor.dims)
    if kind not in FLOATS and kind not in INTEGERS:
        raise OnnxError(f"The tensor {name} holds numbers of a kind ({WORD.get(kind, kind)}) that is not read.")
    fields = ("raw_data", "float_data", "double_data", "int32_data", "int64_data", "uint64_data", "string_data")
    if stripped and kind in FLOATS and size and not any(len(getattr(tensor, field)) for field in fields):
        return torch.empty(tuple(tensor.dims), device="meta")
    found = _numbers(tensor, kind)
    if found.size != size:
        raise OnnxError(f"The tensor {name} holds {found.size:,} numbers, and its shape says {size:,}.")
    found = found.reshape(tuple(tensor.dims))
    if kind in INTEGERS:
        return found.astype(INTEGERS[kind])
    if kind == 16:
        values = torch.from_numpy(found.astype(np.uint16).view(np.int16).copy()).view(torch.bfloat16).float()
    else:
        values = torch.from_numpy(found.astype(np.float32))  # a copy, which may be written to
    if not torch.isfinite(values).all():
        raise OnnxError(f"The weights {name} hold values that are not finite.")
    return values


def _numbers(tensor: "onnx.TensorProto", kind: int) -> np.ndarray:
    """One after another; of bfloat16 their bits."""
    raw = {1: np.float32, 10: np.float16, 11: np.float64, 16: np.uint16} | INTEGERS
    if tensor.raw_data:
        width = np.dtype(raw[kind]).itemsize
        if len(tensor.raw_data) % width:
            raise OnnxError(f"The tensor {tensor.name[:60]} is cut off within a number.")
        return np.frombuffer(tensor.raw_data, np.dtype(raw[kind]).newbyteorder("<")).astype(raw[kind])
    if kind == 1:
        return np.array(tensor.float_data, np.float32)
    if kind == 11:
        return np.array(tensor.double_data, np.float64)
    if kind == 7:
        return np.array(tensor.int64_data, np.int64)
    if kind == 12:
        return np.array(tensor.uint64_data, np.uint64)
    bits = np.array(tensor.int32_data, np.int32)
    return bits.astype(np.uint16).view(np.float16) if kind == 10 else bits
