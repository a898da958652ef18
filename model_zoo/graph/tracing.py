"""The graph of a network's operations, traced with torch.fx while other threads go on using networks.

`torch.fx.Tracer.trace` replaces `nn.Module.__call__` and `nn.Module.__getattr__` for the whole process while it runs
(torch/fx/_symbolic_trace.py, `Tracer.trace`). A forward pass in another thread would then meet a NameError, or get
placeholders in place of its weights. The tracer here lets every thread but its own through to the plain behaviour.
"""

import copy
import inspect
import operator
import threading
from collections.abc import Callable
from typing import Any

from torch import fx, nn

IN_PLACE = ("add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "matmul")
IN_PLACE_OPERATORS = frozenset(getattr(operator, f"i{name}") for name in IN_PLACE)

_tracing = threading.Lock()  # two traces at once would restore each other's replacements


def trace(net: nn.Module) -> tuple[fx.Graph, dict[str, Any]]:
    """The graph of `net(x)`, with every other argument of `forward` at its default.

    Returns:
        The graph, and by name the tensors that `forward` makes itself and that "get_attr" nodes refer to. The network
        is left as it is.

    Raises:
        ValueError: torch.fx cannot trace the network; the message says why.
    """
    try:
        # torch.fx stores such tensors on the network that it traces: give it a shallow copy that shares all parts.
        root = copy.copy(net)
        with _tracing:
            graph = _Tracer().trace(root, concrete_args=_defaults(net))
    except Exception as error:  # `forward` is any code at all and may raise anything
        reason = (str(error).strip() or type(error).__name__).splitlines()[0].rstrip(".")
        raise ValueError(f"The operations of {type(net).__name__} cannot be listed: {reason}.") from error
    return graph, {name: value for name, value in vars(root).items() if name not in vars(net)}


def _defaults(net: nn.Module) -> dict[str, Any]:
    """The arguments of `forward` that a graph can be fixed to, so that an `if` on one of them is no obstacle."""
    parameters = inspect.signature(type(net).forward).parameters.values()
    return {
        p.name: p.default for p in parameters if p.default is None or isinstance(p.default, bool | int | float | str)
    }


class _Proxy(fx.Proxy):
    """Records `a += b` as what it is; fx itself records `a + b`, which leaves `a` alone where the network does not."""


def _record(function: Callable) -> Callable:
    def record(self: fx.Proxy, other: Any) -> fx.Proxy:
        return self.tracer.create_proxy("call_function", function, (self, other), {})

    return record


for _name in IN_PLACE:
    setattr(_Proxy, f"__i{_name}__", _record(getattr(operator, f"i{_name}")))


class _Tracer(fx.Tracer):
    def __init__(self) -> None:
        super().__init__()
        self._thread = threading.get_ident()

    def proxy(self, node: fx.Node) -> fx.Proxy:
        return _Proxy(node, self)

    def call_module(self, m: nn.Module, forward: Callable, args: tuple, kwargs: dict[str, Any]) -> Any:
        if threading.get_ident() != self._thread:
            return forward(*args, **kwargs)
        return super().call_module(m, forward, args, kwargs)

    def getattr(self, attr: str, attr_val: Any, parameter_proxy_cache: dict[str, fx.Proxy]) -> Any:
        if threading.get_ident() != self._thread:
            return attr_val
        return super().getattr(attr, attr_val, parameter_proxy_cache)
