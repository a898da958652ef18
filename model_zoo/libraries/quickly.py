"""Building a network whose weights are about to be replaced: bounded in size, with hardly a random number drawn."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor
from torch.overrides import TorchFunctionMode

MAKERS = ("empty", "zeros", "ones", "full", "rand", "randn")  # of weights
FILLERS = ("normal_", "uniform_", "kaiming_uniform_")  # in `torch.nn.init`, of which a mode like this one is told
DRAWERS = ("normal_", "uniform_")  # methods of tensors, from which all other initialisers draw
SAMPLE = 4096  # random numbers that are drawn in place of as many as the tensor has


class _Bounded(TorchFunctionMode):
    """Counts the numbers of all weights that are made, and draws few of those that are random.

    What fills a tensor in `torch.nn.init` by random numbers either tells this mode, and is left out, or calls the
    methods `normal_` and `uniform_` of tensors: `xavier_*`, `kaiming_normal_`, `trunc_normal_` there and in timm,
    timm's `lecun_normal_` and `variance_scaling_`. Some of these draw until all numbers lie within bounds, so that a
    method must draw: it does so for a few numbers, which are repeated. Constants are filled in as ever: a buffer that
    no file of weights holds must have its value, and they take no time.
    """

    def __init__(self, most: int, random: bool) -> None:
        super().__init__()
        self.most, self.random = most, random
        self.made = 0

    def __torch_function__(self, func: Callable, types: Any, args: tuple = (), kwargs: dict | None = None) -> Any:
        name, kwargs = getattr(func, "__name__", ""), kwargs or {}
        if not self.random:
            if name in FILLERS and isinstance(kwargs.get("tensor"), Tensor):
                return kwargs["tensor"]
            if name in DRAWERS and args and isinstance(args[0], Tensor) and args[0].numel() > SAMPLE:
                return _repeated(func, args, kwargs)
        result = func(*args, **kwargs)
        if name in MAKERS and isinstance(result, Tensor):
            self.made += result.numel()
            if self.made > self.most:
                raise ValueError(f"The network has more than {self.most / 1e6:.0f} million weights.")
        return result


def _repeated(draw: Callable, args: tuple, kwargs: dict) -> Tensor:
    """The tensor, filled by the same few random numbers over and over."""
    tensor = args[0]
    few = draw(tensor.new_empty(SAMPLE), *args[1:], **kwargs)
    count = tensor.numel()
    tensor.copy_(few.repeat(-(-count // SAMPLE))[:count].view(tensor.shape))
    return tensor


@contextmanager
def bounded(most: int, random: bool = False) -> Iterator[None]:
    """Within it, building a network of more than `most` weights raises ValueError; their values are arbitrary.

    With `random` they are those with which a training would start.
    """
    with _Bounded(most, random), torch.no_grad():
        yield
