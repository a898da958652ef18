"""How weights lie in a safetensors file: half precision, and large matrices as blocks of 8-bit integers.

Why: Hugging Face takes files over 10 MB only through Git LFS, which not every host and no zip download offers. TalkCNN
is 23.4 MB in float32 and 11.7 MB in float16; with its one large matrix (fc1, 4.2 M of 5.9 M weights) in blocks of 64
int8 values with one float32 scale each it is 7.8 MB. Each value stored so is off by at most 1/254 of the largest
weight in its block.
"""

import torch
from torch import Tensor

BLOCK = 64  # weights per scale; a smaller block is more exact and stores more scales
BLOCKED_FROM = 1_000_000  # elements; smaller tensors stay in half precision
COMPACT_BLOCK = 32  # weights per scale in a snapshot; layers whose kernels it does not divide stay in half precision
SCALE = ".scale"  # suffix of the tensor that holds a blocked tensor's scales


def pack(state: dict[str, Tensor], compact: bool = False) -> dict[str, Tensor]:
    """A state dict as it is stored.

    Floating-point tensors become float16; matrices of at least `BLOCKED_FROM` elements become int8 of shape
    (rows, columns) with a float32 tensor `<name>.scale` of shape (rows, columns / BLOCK). Others stay as they are.

    Args:
        compact: for the snapshots of a training, which are many: all weights of layers in blocks of `COMPACT_BLOCK`
            int8 values with float16 scales, and matrices of at least `BLOCKED_FROM` elements as integers of four bits,
            two in a byte: uint8 (rows, columns / 2).

    Raises:
        ValueError: a weight is not finite or too large for half precision (above 65,504).
    """
    packed = {}
    for name, tensor in state.items():
        tensor = tensor.detach().cpu().contiguous()
        if not tensor.is_floating_point():
            packed[name] = tensor
            continue
        if not torch.isfinite(tensor.half()).all():
            raise ValueError(f"The weights {name} hold values that are not finite in half precision.")
        large = tensor.dim() == 2 and tensor.numel() >= BLOCKED_FROM
        if large and not compact and tensor.shape[1] % BLOCK == 0:
            packed |= _blocks(name, tensor, BLOCK, 127, torch.float32)
        elif compact and tensor.dim() >= 2 and tensor[0].numel() % COMPACT_BLOCK == 0:
            packed |= _blocks(name, tensor, COMPACT_BLOCK, 7 if large else 127, torch.float16)
            if large:
                low, high = (packed[name] + 8).to(torch.uint8).unflatten(1, (-1, 2)).unbind(2)
                packed[name] = low | high << 4
        else:
            packed[name] = tensor.half()
    return packed


def _blocks(name: str, tensor: Tensor, block: int, top: int, kind: torch.dtype) -> dict[str, Tensor]:
    """Integers from -top to top in the tensor's shape, and the scale of every block."""
    blocks = tensor.float().flatten(1).unflatten(1, (-1, block))
    scale = (blocks.abs().amax(dim=2) / top).to(kind)
    divisor = scale.float().clamp(min=torch.finfo(torch.float32).tiny)  # a block of zeros
    integers = (blocks / divisor[..., None]).round().clamp(-top, top).to(torch.int8)
    return {name: integers.view(tensor.shape), name + SCALE: scale}


def unpack(packed: dict[str, Tensor]) -> dict[str, Tensor]:
    """The float32 state dict of what `pack` stored.

    Raises:
        ValueError: an int8 tensor without fitting scales.
    """
    state = {}
    for name, tensor in packed.items():
        if name.endswith(SCALE) and name.removesuffix(SCALE) in packed:
            continue
        scale = packed.get(name + SCALE)
        if tensor.dtype == torch.uint8 and scale is not None and tensor.dim() == 2:
            tensor = (torch.stack((tensor & 15, tensor >> 4), dim=2).to(torch.int8) - 8).flatten(1)
        if tensor.dtype == torch.int8:
            if scale is None or not _fits(tensor, scale):
                raise ValueError(f"The blocked weights {name} have no fitting scales.")
            blocks = tensor.float().reshape(len(tensor), scale.shape[1], -1)
            state[name] = (blocks * scale.float()[..., None]).reshape(tensor.shape)
        else:
            state[name] = tensor.float() if tensor.is_floating_point() else tensor
    return state


def _fits(integers: Tensor, scale: Tensor) -> bool:
    """Whether there is a scale for each block of the integers, in one of the two sizes of blocks."""
    columns = integers[0].numel() if integers.dim() and len(integers) else 0
    if not columns or scale.dim() != 2 or len(scale) != len(integers):
        return False
    return columns in (BLOCK * scale.shape[1], COMPACT_BLOCK * scale.shape[1])
