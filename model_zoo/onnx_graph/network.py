"""The network that a file becomes: a row of calls of torch's own modules and functions, which torch.fx can trace."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from torch import Tensor, nn


@dataclass(frozen=True)
class Ref:
    """An argument that another call made; "" is the network's input."""

    name: str


@dataclass(frozen=True)
class Weight:
    """An argument that is a weight of the network's own, by the path of its part and its name there."""

    path: str
    name: str


@dataclass(frozen=True, eq=False)
class Call:
    """One operation."""

    path: str  # of the module that is called, or of the part that a function belongs to
    outputs: tuple[str, ...]  # what it makes; several where it gives a list
    function: Callable[..., Any] | None  # None: the module at `path` itself
    args: tuple[Any, ...]
    kwargs: dict[str, Any] = field(default_factory=dict)


class Part(nn.Module):
    """A part of the network that holds others; a function called through it gets the part's name in a walk."""

    def forward(self, function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        return function(*args, **kwargs)


class OnnxNetwork(Part):
    """Logits (N, classes) for float32 pictures (N, channels, H, W), as an ONNX file says."""

    def __init__(self) -> None:
        super().__init__()
        self._calls: tuple[Call, ...] = ()
        self._answer = ""

    def settle(self, calls: Iterable[Call], answer: str) -> None:
        """Say what is done, and which tensor is the answer. Only what the answer needs is kept."""
        needed, kept = {answer}, []
        for call in reversed(list(calls)):
            if needed & set(call.outputs):
                kept.append(call)
                needed |= {ref.name for ref in refs((call.args, call.kwargs))}
        self._calls, self._answer = tuple(reversed(kept)), answer

    @property
    def calls(self) -> tuple[Call, ...]:
        """In order of execution."""
        return self._calls

    def forward(self, x: Tensor) -> Tensor:
        values: dict[str, Any] = {"": x}
        for call in self._calls:
            args = filled(call.args, values, self)
            kwargs = filled(call.kwargs, values, self)
            part = self.get_submodule(call.path) if call.path else None
            if call.function is None and part is not None:
                made = part(*args, **kwargs)
            elif part is None:
                made = call.function(*args, **kwargs)  # pyright: ignore[reportOptionalCall]
            else:
                made = part(call.function, *args, **kwargs)
            if len(call.outputs) == 1:
                values[call.outputs[0]] = made
            else:
                values |= {name: made[i] for i, name in enumerate(call.outputs)}
        return values[self._answer]


def filled(value: Any, values: dict[str, Any], net: nn.Module) -> Any:
    """Arguments with tensors in place of what stands for them."""
    if isinstance(value, Ref):
        return values[value.name]
    if isinstance(value, Weight):
        return getattr(net.get_submodule(value.path) if value.path else net, value.name)
    if isinstance(value, tuple | list):
        return type(value)(filled(each, values, net) for each in value)
    if isinstance(value, dict):
        return {name: filled(each, values, net) for name, each in value.items()}
    return value


def refs(value: Any) -> Iterable[Ref]:
    """All tensors of other calls in some arguments."""
    if isinstance(value, Ref):
        yield value
    elif isinstance(value, tuple | list):
        for each in value:
            yield from refs(each)
    elif isinstance(value, dict):
        yield from refs(list(value.values()))
