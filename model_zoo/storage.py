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
SCALE = ".scale"  # suffix of the tensor that holds a blocked tensor's scales


def pack(state: dict[str, Tensor]) -> dict[str, Tensor]:
    """A state dict as it is stored.

    Floating-point tensors become float16; matrices of at least `BLOCKED_FROM` elements become int8 of shape
    (rows, columns) with a float32 tensor `<name>.scale` of shape (rows, columns / BLOCK). Others stay as they are.

    Raises:
        ValueError: a weight is not finite or too large for half precision (above 65,504).
    """
    packed = {}
    for name, tensor in state.items():
        tensor = tensor.detach().cpu().contiguous()
        if not tensor.is_floating_point():
            packed[name] = tensor
        elif not torch.isfinite(tensor.half()).all():
            raise ValueError(f"The weights {name} hold values that are not finite in half precision.")
        elif tensor.dim() == 2 and tensor.numel() >= BLOCKED_FROM and tensor.shape[1] % BLOCK == 0:
            blocks = tensor.float().unflatten(1, (-1, BLOCK))
            scale = blocks.abs().amax(dim=2) / 127
            divisor = scale.clamp(min=torch.finfo(torch.float32).tiny)  # a block of zeros
            packed[name] = (blocks / divisor[..., None]).round().to(torch.int8).flatten(1)
            packed[name + SCALE] = scale
        else:
            packed[name] = tensor.half()
    return packed


def unpack(packed: dict[str, Tensor]) -> dict[str, Tensor]:
    """The float32 state dict of what `pack` stored.

    Raises:
        ValueError: an int8 tensor without fitting scales.
    """
    state = {}
    for name, tensor in packed.items():
        if name.endswith(SCALE) and name.removesuffix(SCALE) in packed:
            continue
        if tensor.dtype == torch.int8:
            scale = packed.get(name + SCALE)
            if scale is None or scale.dim() != 2 or tensor.shape != (scale.shape[0], scale.shape[1] * BLOCK):
                raise ValueError(f"The blocked weights {name} have no fitting scales.")
            state[name] = (tensor.float().unflatten(1, (-1, BLOCK)) * scale.float()[..., None]).flatten(1)
        else:
            state[name] = tensor.float() if tensor.is_floating_point() else tensor
    return state
