"""Operations that calculate nothing: they put values at other places, leave some out, repeat some, or add padding.

Where each value comes from is found by carrying out the operation on the numbers of the places instead of the values,
so that every argument of it means what it means to torch.
"""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from model_zoo.graph.step import Step

LIKE_ANOTHER = frozenset(("expand_as", "view_as", "reshape_as"))  # in the shape of a second tensor
RESHAPES = frozenset(("flatten", "unflatten", "view", "reshape", "squeeze", "unsqueeze", "view_as", "reshape_as"))
ORDERS = frozenset(("permute", "transpose", "swapaxes", "swapdims", "movedim", "moveaxis", "T", "mT", "roll", "flip"))
PARTS = frozenset(("getitem", "chunk", "split", "tensor_split", "unbind", "narrow", "select", "cut"))
REPEATS = frozenset(("expand", "expand_as", "repeat", "repeat_interleave", "tile"))
SHUFFLES = frozenset(("channel shuffle", "pixel shuffle", "pixel unshuffle"))
PADS = frozenset(("pad",))
UNCHANGED = ("identity", "dropout", "stochastic depth", "contiguous", "clone", "detach", "type_as", "float")
REARRANGES = RESHAPES | ORDERS | PARTS | REPEATS | SHUFFLES | PADS


def rearranges(step: Step) -> bool:
    """Whether a step only rearranges its one input."""
    return step.replay is not None and len(step.inputs) == 1 and REARRANGES.issuperset(step.replay.operations)


def rearranged(step: Step, numbers: Tensor) -> tuple[Tensor, Tensor]:
    """What the step makes of numbers in place of its input, and which of them it does not make itself.

    Args:
        step: one that `rearranges`.
        numbers: float64, in the shape of the step's input.

    Returns:
        Numbers and bool, in the shape of the step's output; False where the number is padding.
    """
    assert step.replay is not None
    with torch.no_grad():
        first, second = step.replay.run(numbers.clone()), step.replay.run(numbers + 1)
    return first, second - first == 1


def source_of(step: Step, shape: Sequence[int], index: tuple[int, ...]) -> tuple[int, ...] | float:
    """Where the value at `index` of the step's output stood in its input of that shape; a number where it is padding.

    Args:
        step: one that `rearranges`.
        shape: of its input.
        index: in the output, as many numbers as it has dimensions.
    """
    numbers = torch.arange(int(np.prod(shape)), dtype=torch.float64).view(tuple(shape))
    made, is_source = rearranged(step, numbers)
    if not bool(is_source[index]):
        return float(made[index])
    return tuple(int(i) for i in np.unravel_index(int(made[index]), tuple(shape)))
