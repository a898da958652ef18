"""The graph of a network's operations, traced with torch.fx while other threads go on using networks.

`torch.fx.Tracer.trace` replaces `nn.Module.__call__` and `nn.Module.__getattr__` for the whole process while it runs
(torch/fx/_symbolic_trace.py, `Tracer.trace`). A forward pass in another thread would then meet a NameError, or get
placeholders in place of its weights. The tracer here lets every thread but its own through to the plain behaviour.

Where `forward` decides by a size (`assert x.shape[1] == 3`, `for i in range(x.shape[1])`), the tracer looks the size up
for an example and notes it: the graph holds for inputs that give the same.
"""

import copy
import inspect
import operator
import threading
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, fx, nn
from torch.fx.node import map_arg
from torch.fx.proxy import Attribute
from torch.overrides import TorchFunctionMode

from model_zoo.graph.randomness import ALWAYS_RANDOM, called_name

IN_PLACE = ("add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "matmul")
IN_PLACE_OPERATORS = frozenset(getattr(operator, f"i{name}") for name in IN_PLACE)
# What describes a tensor without its values.
DESCRIPTIONS = frozenset(("size", "shape", "dim", "ndim", "numel", "dtype", "device", "is_cuda", "is_floating_point"))

_tracing = threading.Lock()  # two traces at once would restore each other's replacements


@dataclass(frozen=True, eq=False)
class Trace:
    """What tracing a network gave."""

    graph: fx.Graph
    constants: dict[str, Any]  # by name the tensors that `forward` makes itself; "get_attr" nodes refer to them
    assumed: dict[fx.Node, Any]  # the values of nodes, sizes mostly, by which `forward` decided what to do


def trace(net: nn.Module, example: Tensor) -> Trace:
    """The graph of `net(x)` for inputs like `example`, with every other argument of `forward` at its default.

    The network is left as it is.

    Raises:
        ValueError: the network cannot be traced; the message says why and where.
    """
    with _tracing:
        before = [(module, dict(vars(module))) for module in net.modules()]
        # torch.fx stores such tensors on the network that it traces: give it a shallow copy that shares all parts.
        root = copy.copy(net)
        tracer = _Tracer(example)
        try:
            # Tensors that `forward` makes are kept: none may be one of inference mode, which autograd refuses.
            with _NoRandomNumbers(), torch.inference_mode(False), torch.no_grad():
                graph = tracer.trace(root, concrete_args=_defaults(net))
        except Exception as error:  # `forward` is any code at all and may raise anything
            raise ValueError(f"The operations of {type(net).__name__} cannot be listed: {_reason(error)}.") from error
        finally:
            for module, attributes in before:
                _drop_proxies(module, attributes)
    own = {name: value for name, value in vars(root).items() if name not in vars(net)}
    constants = {name: value for name, value in own.items() if not isinstance(value, fx.Proxy)}
    return Trace(graph, constants, tracer.assumed)


def torch_class(module: nn.Module) -> type[nn.Module] | None:
    """The class of torch.nn whose `forward` a module runs, itself or by inheritance; None where it has its own."""
    known = next((base for base in type(module).__mro__ if base.__module__.startswith("torch.nn.modules.")), nn.Module)
    is_container = known is nn.Module or known.__module__.endswith(".container")
    return None if is_container or type(module).forward is not known.forward else known


def _defaults(net: nn.Module) -> dict[str, Any]:
    """The arguments of `forward` that a graph can be fixed to, so that an `if` on one of them is no obstacle."""
    parameters = inspect.signature(type(net).forward).parameters.values()
    return {
        p.name: p.default for p in parameters if p.default is None or isinstance(p.default, bool | int | float | str)
    }


def _drop_proxies(module: nn.Module, before: dict[str, Any]) -> None:
    """What `forward` stored on a module while it was traced goes again."""
    for name in [name for name, value in vars(module).items() if isinstance(value, fx.Proxy)]:
        if name in before:
            vars(module)[name] = before[name]
        else:
            del vars(module)[name]


# ------------------------------------------------------------------------------------------------- why it was refused


class _RefusedError(Exception):
    """Why a network cannot be traced, in words that name no torch.fx."""


def _reason(error: Exception) -> str:
    """The reason in words, with the line of the network's own code."""
    text = (str(error).strip() or type(error).__name__).splitlines()[0].rstrip(".")
    if not isinstance(error, _RefusedError) and ("proxy" in text.lower() or "traced" in text.lower()):
        text = "an operation cannot be recorded, because it needs the values of a picture while there is none"
    outside = (str(Path(torch.__file__).parent), __file__)
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if not frame.filename.startswith(outside)]
    return f"{text} ({Path(frames[-1].filename).name}, line {frames[-1].lineno})" if frames else text


class _NoRandomNumbers(TorchFunctionMode):
    """Refuses random numbers that `forward` draws by itself: a graph would hold them as constants."""

    def __torch_function__(self, func: Callable, types: Any, args: tuple = (), kwargs: dict | None = None) -> Any:
        if called_name(func) in ALWAYS_RANDOM:
            raise _RefusedError("its forward draws random numbers, so that each pass is another one")
        return func(*args, **(kwargs or {}))


# ------------------------------------------------------------------------------------------------------------- tracing


class _Proxy(fx.Proxy):
    """Records `a += b` as what it is; fx itself records `a + b`, which leaves `a` alone where the network does not."""

    def _assumed(self) -> Any:
        assert isinstance(self.tracer, _Tracer)
        return self.tracer.assume(self.node)

    def __index__(self) -> int:
        return operator.index(self._assumed())

    def __int__(self) -> int:
        return int(self._assumed())

    def __float__(self) -> float:
        return float(self._assumed())

    def __len__(self) -> int:
        length = self.tracer.create_proxy("call_function", len, (self,), {})
        return int(length)  # pyright: ignore[reportArgumentType]  # it is a _Proxy

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__array"):
            raise _RefusedError("its forward hands a tensor to numpy")
        return _Attribute(self, name)

    def __setitem__(self, index: Any, value: Any) -> None:
        raise _RefusedError("its forward writes into a part of a tensor (item assignment)")


class _Attribute(Attribute, _Proxy):
    """An attribute of a recorded value, such as its shape."""


def _record(function: Callable) -> Callable:
    def record(self: fx.Proxy, other: Any) -> fx.Proxy:
        return self.tracer.create_proxy("call_function", function, (self, other), {})

    return record


for _name in IN_PLACE:
    setattr(_Proxy, f"__i{_name}__", _record(getattr(operator, f"i{_name}")))


class _Tracer(fx.Tracer):
    proxy_buffer_attributes = True  # else what is made of a buffer stays as it was at the first walk

    def __init__(self, example: Tensor) -> None:
        super().__init__()
        self.assumed: dict[fx.Node, Any] = {}
        self._thread = threading.get_ident()
        self._is_calculating = False
        self._example = example
        self._values: dict[fx.Node, Any] = {}  # of the example

    def proxy(self, node: fx.Node) -> fx.Proxy:
        return _Proxy(node, self)

    def is_leaf_module(self, m: nn.Module, module_qualified_name: str) -> bool:
        return torch_class(m) is not None

    def call_module(self, m: nn.Module, forward: Callable, args: tuple, kwargs: dict[str, Any]) -> Any:
        if self._is_calculating or threading.get_ident() != self._thread:
            return forward(*args, **kwargs)
        return super().call_module(m, forward, args, kwargs)

    def getattr(self, attr: str, attr_val: Any, parameter_proxy_cache: dict[str, fx.Proxy]) -> Any:
        if self._is_calculating or threading.get_ident() != self._thread:
            return attr_val
        return super().getattr(attr, attr_val, parameter_proxy_cache)

    def to_bool(self, obj: fx.Proxy) -> bool:
        return bool(self.assume(obj.node))

    def iter(self, obj: fx.Proxy) -> Iterator:
        assert isinstance(obj, _Proxy)
        parts = (self.create_proxy("call_function", operator.getitem, (obj, i), {}) for i in range(len(obj)))
        return iter(list(parts))

    def assume(self, node: fx.Node) -> Any:
        """The value that a node has for the example, from now on a condition of the graph."""
        if _depends_on_values(node):
            raise _RefusedError("its control flow depends on the values of the picture (an if, while or assert)")
        self._is_calculating = True
        try:
            with torch.inference_mode():
                for each in self.graph.nodes:  # all: operations before it may work in place
                    if each not in self._values:
                        self._values[each] = self._value(each)
        finally:
            self._is_calculating = False
        self.assumed[node] = self._values[node]
        return self._values[node]

    def _value(self, node: fx.Node) -> Any:
        if node.op == "placeholder":
            return self._example.detach().clone() if not self._values else node.args[0]
        args, kwargs = map_arg((node.args, node.kwargs), self._values.__getitem__)
        if node.op == "call_module":
            return self.root.get_submodule(str(node.target))(*args, **kwargs)
        if node.op == "get_attr":
            return operator.attrgetter(str(node.target))(self.root)
        if callable(node.target):
            return node.target(*args, **kwargs)
        return getattr(args[0], node.target)(*args[1:], **kwargs)


def _depends_on_values(node: fx.Node) -> bool:
    """Whether a node's value depends on more of the tensors than their shapes."""
    if node.op in ("call_function", "call_method"):
        described = str(node.args[1]) if node.target is getattr else called_name(node.target)
        if described in DESCRIPTIONS or node.target is len:
            return False
        return any(map(_depends_on_values, node.all_input_nodes))
    return node.op == "call_module" or (node.op == "placeholder" and not node.args)
