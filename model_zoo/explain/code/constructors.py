"""A module of torch.nn as the code that makes it: which arguments it was given."""

import inspect
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn

from model_zoo.explain.code.literals import NoCodeError, literal
from model_zoo.graph.tracing import torch_class

# Written without their names, as everybody does; all others get theirs.
POSITIONAL = (
    "in_channels",
    "out_channels",
    "in_features",
    "out_features",
    "num_features",
    "num_groups",
    "num_channels",
    "normalized_shape",
)
NOT_OURS = ("device", "dtype")
# One number stands for all axes.
SPREAD = ("kernel_size", "stride", "padding", "dilation", "output_padding")


@dataclass(frozen=True)
class Given:
    """An argument of a constructor."""

    name: str
    value: Any
    is_default: bool

    @property
    def is_positional(self) -> bool:
        return self.name in POSITIONAL and not self.is_default

    @property
    def code(self) -> str:
        return literal(self.value)

    @property
    def text(self) -> str:
        """As it stands between the brackets."""
        return self.code if self.is_positional else f"{self.name}={self.code}"


def constructor(module: nn.Module) -> tuple[str, tuple[Given, ...]]:
    """The class of a module, such as "nn.Conv2d", and all of its arguments, those at their default included.

    Raises:
        NoCodeError: it is not one of torch.nn, or its arguments cannot be told from it.
    """
    known = torch_class(module)
    if known is None or getattr(nn, known.__name__, None) is not known:
        raise NoCodeError(f"{type(module).__name__} is no layer of torch.nn, so that one line cannot make it.")
    given = tuple(_given(module, known))
    wanted = {each.name: each.value for each in given if not each.is_default}
    try:
        with torch.device("meta"):
            built = known(**wanted)
    except (TypeError, ValueError, RuntimeError) as error:
        raise NoCodeError(f"The arguments of {known.__name__} cannot be told from the network.") from error
    if not _alike(built, module, known):
        raise NoCodeError(f"The arguments of {known.__name__} cannot be told from the network.")
    return f"nn.{known.__name__}", given


def written(name: str, given: tuple[Given, ...]) -> str:
    """The constructor's call as code."""
    return f"{name}({', '.join(each.text for each in given if not each.is_default)})"


def _given(module: nn.Module, known: type[nn.Module]) -> list[Given]:
    found = []
    kinds = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
    for parameter in inspect.signature(known).parameters.values():
        if parameter.kind not in kinds or parameter.name in NOT_OURS or not hasattr(module, parameter.name):
            continue
        name, default = parameter.name, parameter.default
        value = getattr(module, name)
        if isinstance(default, bool) and not isinstance(value, bool):  # Conv2d keeps the bias itself under that name
            value = value is not None
        value = single(value) if name in SPREAD else value
        is_default = default is not inspect.Parameter.empty and _is_default(module, name, value, default)
        found.append(Given(name, value, is_default))
    return found


def single(value: Any) -> Any:
    """3 for (3, 3)."""
    return value[0] if isinstance(value, tuple | list) and len(set(value)) == 1 and isinstance(value[0], int) else value


def _is_default(module: nn.Module, name: str, value: Any, default: Any) -> bool:
    if name == "stride" and default is None:  # a pool moves by its own size
        return value is None or value == single(getattr(module, "kernel_size", None))
    if name in ("kdim", "vdim") and default is None:
        return value == getattr(module, "embed_dim", None)
    return (type(value) is type(default) and value == default) or (value == default and isinstance(value, int | float))


def _alike(built: nn.Module, module: nn.Module, known: type[nn.Module]) -> bool:
    """Whether both were given the same, and hold tensors of the same shapes."""
    given = [{each.name: each.value for each in _given(one, known)} for one in (built, module)]
    shapes = [{name: tuple(t.shape) for name, t in one.state_dict().items()} for one in (built, module)]
    return given[0] == given[1] and shapes[0] == shapes[1]
