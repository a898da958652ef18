"""A network's graph with all that can be said of it before a picture is seen; kept while the network lives.

A network has one plan, or one for each kind of input where its `forward` decides by sizes.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from torch import Tensor, fx, nn

from model_zoo.graph.op_names import argument_names, function_name, operation, step_names
from model_zoo.graph.randomness import called_name
from model_zoo.graph.tracing import IN_PLACE_OPERATORS, torch_class, trace

Result = TypeVar("Result")


@dataclass(frozen=True)
class Call:
    """One node of the graph."""

    node: fx.Node
    name: str  # of its step; "" for a weight or an argument of `forward`
    operation: str = ""
    argument_names: tuple[str, ...] = ()  # of its positional arguments, as far as known
    overwrites: bool = False  # writes its result over its first argument

    def by_name(self, args: tuple, kwargs: dict[str, Any]) -> dict[str, Any]:
        """Arguments of the call by their names."""
        return dict(zip(self.argument_names, args, strict=False)) | kwargs


@dataclass(frozen=True, eq=False)
class Plan:
    """A network's graph, ready to be run."""

    input: fx.Node
    calls: tuple[Call, ...]  # in order of execution
    output: Any  # what `forward` returns, with nodes in place of values
    constants: dict[str, Any]  # tensors that `forward` makes itself
    assumed: dict[fx.Node, Any]  # values of nodes, such as sizes, with which alone it is the network's


class OtherPlanError(Exception):
    """A plan does not hold for an input: `forward` would go another way."""


MOST = 8  # plans of one network that are kept
_plans: WeakKeyDictionary[nn.Module, tuple[Plan, ...]] = WeakKeyDictionary()
_planning = threading.Lock()  # held by who traces; a walk of a network already traced does not wait for it


def with_plan(net: nn.Module, x: Tensor, use: Callable[[Plan], Result]) -> Result:
    """What `use` gives for a plan of the network that holds for an input; any number of threads may ask at once.

    Args:
        use: raises `OtherPlanError` where a plan does not hold.

    Raises:
        ValueError: the network cannot be traced, or takes several inputs; the message says why.
    """
    tried: list[Plan] = []
    while len(tried) < 2 * MOST:
        for plan in _plans.get(net, ()):
            if plan in tried:
                continue
            try:
                return use(plan)
            except OtherPlanError:
                tried.append(plan)
        with _planning:
            known = _plans.get(net, ())
            if all(plan in tried for plan in known):
                _plans[net] = (_planned(net, x), *known)[:MOST]
    raise ValueError(f"The operations of {type(net).__name__} cannot be listed: each pass goes another way.")


def _planned(net: nn.Module, x: Tensor) -> Plan:
    traced = trace(net, x)
    graph, names = traced.graph, step_names(traced.graph)
    takes = [node for node in graph.nodes if node.op == "placeholder"]
    if not takes or not all(node.args for node in takes[1:]):
        raise ValueError(f"A walk needs a network with one input; {type(net).__name__} takes {len(takes)}.")
    nodes = [node for node in graph.nodes if node.op != "output" and node is not takes[0]]
    output = next(node.args[0] for node in graph.nodes if node.op == "output")
    calls = tuple(_call(node, names.get(node, ""), net) for node in nodes)
    return Plan(takes[0], calls, output, traced.constants, traced.assumed)


def _call(node: fx.Node, name: str, net: nn.Module) -> Call:
    if node.op == "call_module":
        module = net.get_submodule(str(node.target))
        return Call(node, name, operation((torch_class(module) or type(module)).__name__))
    if node.op not in ("call_function", "call_method"):
        return Call(node, name)
    names = argument_names(node.target)
    arguments = dict(zip(names, node.args, strict=False)) | node.kwargs
    called = called_name(node.target)
    overwrites = (
        bool(arguments.get("inplace"))
        or "out" in node.kwargs
        or node.target in IN_PLACE_OPERATORS
        or (called.endswith("_") and not called.endswith("__"))
    )
    return Call(node, name, operation(function_name(node)), names, overwrites)
