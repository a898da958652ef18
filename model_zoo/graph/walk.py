"""Every operation of a network, in order, with what goes in and what comes out, for one input.

    steps = walk(model.net, model.prepare(picture))
    [step.name for step in steps]        # ['conv1', 'relu1', ..., 'fc3']
    steps[-1].output                     # equal to model.net(model.prepare(picture)), bit for bit

Works for any network that `torch.fx` can trace. The graph is traced at the first walk and kept as long as the
network lives; a walk is a loop over its nodes. Nothing is hooked into the network, and any number of threads may
walk one network at once. New weights are seen by the next walk; a Python value that steers `forward` (an `if` on an
attribute) counts as it was at the first one.
"""

import operator
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakKeyDictionary

import torch
from torch import Tensor, fx, nn
from torch.fx.node import map_arg

from model_zoo.graph.edits import DropPath, Edit, check, edited_module, edited_output, edited_picture
from model_zoo.graph.op_names import INPUT, argument_names, called_name, function_name, operation, step_names
from model_zoo.graph.residual import BRANCH, SKIP, residual_blocks
from model_zoo.graph.tracing import IN_PLACE_OPERATORS, trace

DESCRIPTIONS = frozenset(("size", "shape", "dim", "ndim", "numel", "dtype", "device"))  # of a tensor, not its values


@dataclass(frozen=True, eq=False)  # compared by identity: equality of tensors is no yes or no
class Step:
    """One operation of one pass through a network."""

    name: str  # unique in its network, of letters, digits, '.' and '_', e.g. "layer1.0.conv1"
    operation: str  # what it does in the field's words, e.g. "batch norm"; else its class or function name
    inputs: tuple[str, ...]  # names of the steps whose outputs it takes; `INPUT` is the network's input
    output: Tensor  # an inference tensor; no later step overwrites it
    module: nn.Module | None  # None for a function or method; a copy, where an edit changes its weights
    parameters: int  # trained numbers it uses; a weight that two steps share counts in both
    arguments: dict[str, Any] = field(default_factory=dict)  # a function's other arguments, e.g. {"kernel_size": 2}
    edits: tuple[Edit, ...] = ()  # that this walk made at this step

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the output, e.g. (1, 64, 32, 32)."""
        return tuple(self.output.shape)


def walk(net: nn.Module, x: Tensor, edits: Sequence[Edit] = ()) -> list[Step]:
    """Run a network on an input and return every operation in order of execution.

    The operations run exactly as in `net(x)`, in-place ones included, so the last output equals it bit for bit; a map
    that is about to be overwritten is copied first. Weights that a function reads count as the function's.

    Args:
        net: a network in eval mode with one input; whatever else its `forward` takes has a default.
        x: the input, e.g. float32 (1, 3, H, W); it is left as it is.
        edits: changes to this one pass, see `model_zoo.graph.edits`; the network itself is left as it is. They change
        the
            outputs of the steps that they are for, and of those that depend on these.

    Raises:
        ValueError: the network is in training mode, or torch.fx cannot trace it, or it has no step as an edit names
            it; the message says why.
        IndexError: an edit names a channel or weight that there is not; `edits.settle` sorts such edits out.
        RuntimeError: an input of the wrong shape or type, as from `net(x)`.
    """
    _check_mode(net)
    plan = _plan(net)
    check(edits, {call.name for call in plan.calls if call.name})
    with torch.inference_mode():
        return _run(plan, net, x, edits)


def walk_to(net: nn.Module, x: Tensor, step: str, edits: Sequence[Edit] = ()) -> Tensor:
    """The output of one step, which torch can differentiate with respect to `x`; later steps are not run.

    Args:
        net, x, edits: as for `walk`; `x` may ask for gradients.
        step: the name that the step has in a walk.

    Raises:
        ValueError, RuntimeError: as `walk`; ValueError also where there is no such step.
    """
    _check_mode(net)
    plan = _plan(net)
    if step not in {call.name for call in plan.calls if call.name}:
        raise ValueError(f"There is no step {step!r} in {type(net).__name__}.")
    check(edits, {call.name for call in plan.calls if call.name})
    with torch.inference_mode(False), torch.enable_grad():
        steps = _run(plan, net, x, edits, last=step)
    if not steps or steps[-1].name != step:
        raise ValueError(f"The step {step!r} gives no tensor.")
    return steps[-1].output


def differentiable_walk(net: nn.Module, x: Tensor) -> list[Step]:
    """As `walk`, with outputs that torch can differentiate with respect to `x` and to each other.

    An output that a later in-place operation overwrites is a copy, on which nothing depends any more.

    Args:
        net, x: as for `walk`; `x` asks for gradients, as weights of a zoo entry do not.

    Raises:
        ValueError, RuntimeError: as `walk`.
    """
    _check_mode(net)
    plan = _plan(net)
    with torch.inference_mode(False), torch.enable_grad():
        return _run(plan, net, x, ())


def _check_mode(net: nn.Module) -> None:
    training = next((name for name, module in net.named_modules() if module.training), None)
    if training is not None:
        part = f"Its part {training!r}" if training else "It"
        raise ValueError(f"A walk needs a network that does not change. {part} is in training mode: call net.eval().")


@dataclass(frozen=True)
class _Call:
    """One node of the graph with what can be said of it before any input is seen."""

    node: fx.Node
    name: str
    operation: str = ""
    argument_names: tuple[str, ...] = ()  # of its positional arguments, as far as known
    overwrites: bool = False  # writes its result over its first argument


@dataclass(frozen=True)
class _Plan:
    """A network's graph, ready to be run."""

    input: fx.Node
    calls: tuple[_Call, ...]
    constants: dict[str, Any]  # tensors that `forward` makes itself


@dataclass(frozen=True)
class _Origin:
    """Where a value comes from: steps by name, and weights that no step stands for."""

    steps: tuple[str, ...] = ()
    weights: tuple[nn.Parameter, ...] = ()


_plans: WeakKeyDictionary[nn.Module, _Plan] = WeakKeyDictionary()
_planning = threading.Lock()  # held by who traces; a walk of a network already traced does not wait for it


def _plan(net: nn.Module) -> _Plan:
    if plan := _plans.get(net):
        return plan
    with _planning:
        if net not in _plans:
            graph, constants = trace(net)
            named = step_names(graph)
            takes = [node for node in graph.nodes if node.op == "placeholder"]
            if not takes or not all(node.args for node in takes[1:]):
                raise ValueError(f"A walk needs a network with one input; {type(net).__name__} takes {len(takes)}.")
            nodes = [node for node in graph.nodes if node.op != "output" and node is not takes[0]]
            _plans[net] = _Plan(takes[0], tuple(_call(node, named.get(node, ""), net) for node in nodes), constants)
        return _plans[net]


def _call(node: fx.Node, name: str, net: nn.Module) -> _Call:
    if node.op == "call_module":
        return _Call(node, name, operation(type(net.get_submodule(node.target)).__name__))
    if node.op not in ("call_function", "call_method"):
        return _Call(node, name)
    names = argument_names(node.target)
    arguments = dict(zip(names, node.args, strict=False)) | node.kwargs
    called = called_name(node.target)
    overwrites = (
        bool(arguments.get("inplace"))
        or "out" in node.kwargs
        or node.target in IN_PLACE_OPERATORS
        or (called.endswith("_") and not called.endswith("__"))
    )
    return _Call(node, name, operation(function_name(node)), names, overwrites)


def _run(plan: _Plan, net: nn.Module, x: Tensor, edits: Sequence[Edit], last: str | None = None) -> list[Step]:
    # A copy of x: a network may begin with an in-place operation, and the caller's tensor is the caller's.
    values: dict[fx.Node, Any] = {plan.input: edited_picture(x, edits)}  # in-place operations write into these
    origins = {plan.input: _Origin((INPUT,))}
    kept: dict[fx.Node, Tensor] = {}  # the outputs of the steps; nothing writes into these
    facts: dict[fx.Node, dict[str, Any]] = {}  # the other fields of the steps
    for call in plan.calls:
        node = call.node
        args, kwargs = map_arg((node.args, node.kwargs), values.__getitem__)
        own_edits = tuple(edit for edit in edits if getattr(edit, "step", INPUT) == call.name)
        module = net.get_submodule(node.target) if node.op == "call_module" else None
        module = edited_module(module, own_edits)
        overwrites = call.overwrites or getattr(module, "inplace", False) is True
        if overwrites:
            _copy_before(kept, (*args[:1], *kwargs.values()))
        origin = _origin(node, module, origins)
        cuts = [edit for edit in own_edits if isinstance(edit, DropPath)]
        alone = _other_path(cuts[-1], call, origins, args, kwargs, _steps(kept, facts)) if cuts else None
        value = _value(node, module, args, kwargs, net, plan.constants)
        if own_edits and isinstance(value, Tensor):
            changed = edited_output(value if alone is None else alone.expand_as(value), own_edits)
            # Where the network writes over a tensor, others may hold it under its old name.
            if overwrites and torch.is_grad_enabled():  # the backward pass may need what is there
                values |= {other: changed for other in values if values[other] is value}
            elif overwrites:
                changed = value.copy_(changed)
            value = changed
        values[node] = value
        if node.op == "get_attr":
            origins[node] = _Origin(weights=(value,) if isinstance(value, nn.Parameter) else ())
        elif not isinstance(value, Tensor):
            # No step: whoever takes it takes what it took, unless it is but a shape.
            origins[node] = _Origin() if call.operation in DESCRIPTIONS else origin
        else:
            kept[node] = value
            facts[node] = {
                "name": call.name,
                "operation": call.operation,
                "inputs": origin.steps,
                "module": module,
                "parameters": sum(weight.numel() for weight in origin.weights),
                "arguments": _arguments(call, args, kwargs),
                "edits": own_edits,
            }
            origins[node] = _Origin((call.name,))
            if overwrites:
                # Whoever reads the overwritten tensor later, even under its old name, reads this step's result.
                origins |= {other: origins[node] for other in origins if values[other] is value}
        if call.name == last:
            break
    return _steps(kept, facts)


def _steps(kept: dict[fx.Node, Tensor], facts: dict[fx.Node, dict[str, Any]]) -> list[Step]:
    return [Step(output=kept[node], **fields) for node, fields in facts.items()]


def _other_path(
    cut: DropPath, call: _Call, origins: dict[fx.Node, _Origin], args: tuple, kwargs: dict[str, Any], before: list[Step]
) -> Tensor:
    """What a residual add gives without one of its paths: a copy of the other operand, as it enters the sum."""
    raw = dict(zip(call.argument_names, call.node.args, strict=False)) | call.node.kwargs
    values = dict(zip(call.argument_names, args, strict=False)) | kwargs
    sources = {name: origins[node].steps for name, node in raw.items() if isinstance(node, fx.Node)}
    inputs = tuple(dict.fromkeys(step for steps in sources.values() for step in steps))
    block = residual_blocks([*before, Step(call.name, call.operation, inputs, torch.empty(0), None, 0)]).get(call.name)
    if block is None:
        raise ValueError(f"{call.name} joins no skip connection and branch.")
    name = next(name for name, steps in sources.items() if steps == (block.end(BRANCH if cut.path == SKIP else SKIP),))
    return values[name].clone() * (values.get("alpha", 1) if name == "other" else 1)


def _value(
    node: fx.Node, module: nn.Module | None, args: tuple, kwargs: dict[str, Any], net: nn.Module, constants: dict
) -> Any:
    match node.op:
        case "call_module":
            return module(*args, **kwargs)
        case "call_function":
            return node.target(*args, **kwargs)
        case "call_method":
            return getattr(args[0], node.target)(*args[1:], **kwargs)
        case "get_attr":
            return constants[node.target] if node.target in constants else operator.attrgetter(node.target)(net)
        case _:  # an argument of `forward` besides the input: its default
            return node.args[0]


def _copy_before(kept: dict[fx.Node, Tensor], overwritten: tuple) -> None:
    """Copy each kept output that shares memory with a tensor about to be overwritten, be it only a view of it."""
    memory = {_memory(value) for value in overwritten if isinstance(value, Tensor)}
    for node, output in kept.items():
        if _memory(output) in memory:
            kept[node] = output.clone()


def _memory(tensor: Tensor) -> int:
    return tensor.untyped_storage().data_ptr()


def _origin(node: fx.Node, module: nn.Module | None, origins: dict[fx.Node, _Origin]) -> _Origin:
    sources = [origins[source] for source in node.all_input_nodes]
    steps = dict.fromkeys(name for source in sources for name in source.steps)
    weights = [weight for source in sources for weight in source.weights]
    weights += module.parameters() if module is not None else ()
    return _Origin(tuple(steps), tuple(dict.fromkeys(weights)))


def _arguments(call: _Call, args: tuple, kwargs: dict[str, Any]) -> dict[str, Any]:
    raw = dict(zip(call.argument_names, call.node.args, strict=False)) | call.node.kwargs
    values = dict(zip(call.argument_names, args, strict=False)) | kwargs
    return {
        name: value
        for name, value in values.items()
        if not _holds_tensor(value) or (isinstance(raw[name], fx.Node) and raw[name].op == "get_attr")
    }


def _holds_tensor(value: Any) -> bool:
    return isinstance(value, Tensor) or (isinstance(value, list | tuple) and any(map(_holds_tensor, value)))
