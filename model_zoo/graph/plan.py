"""A network's graph with all that can be said of it before a picture is seen; traced once, kept while it lives."""

import threading
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

from torch import fx, nn

from model_zoo.graph.op_names import argument_names, called_name, function_name, operation, step_names
from model_zoo.graph.tracing import IN_PLACE_OPERATORS, trace


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


@dataclass(frozen=True)
class Plan:
    """A network's graph, ready to be run."""

    input: fx.Node
    calls: tuple[Call, ...]  # in order of execution
    output: Any  # what `forward` returns, with nodes in place of values
    constants: dict[str, Any]  # tensors that `forward` makes itself


_plans: WeakKeyDictionary[nn.Module, Plan] = WeakKeyDictionary()
_planning = threading.Lock()  # held by who traces; a walk of a network already traced does not wait for it


def plan_of(net: nn.Module) -> Plan:
    """The network's plan; any number of threads may ask at once.

    Raises:
        ValueError: torch.fx cannot trace it, or it takes several inputs; the message says why.
    """
    if plan := _plans.get(net):
        return plan
    with _planning:
        if net not in _plans:
            _plans[net] = _planned(net)
        return _plans[net]


def _planned(net: nn.Module) -> Plan:
    graph, constants = trace(net)
    names = step_names(graph)
    takes = [node for node in graph.nodes if node.op == "placeholder"]
    if not takes or not all(node.args for node in takes[1:]):
        raise ValueError(f"A walk needs a network with one input; {type(net).__name__} takes {len(takes)}.")
    nodes = [node for node in graph.nodes if node.op != "output" and node is not takes[0]]
    output = next(node.args[0] for node in graph.nodes if node.op == "output")
    return Plan(takes[0], tuple(_call(node, names.get(node, ""), net) for node in nodes), output, constants)


def _call(node: fx.Node, name: str, net: nn.Module) -> Call:
    if node.op == "call_module":
        return Call(node, name, operation(type(net.get_submodule(str(node.target))).__name__))
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
