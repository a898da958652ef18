"""One pass through a planned network: values, where each comes from, and copies of what is about to be overwritten."""

import operator
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor, fx, nn
from torch.fx.node import map_arg

from model_zoo.graph.edits import DropPath, Edit, edited_module, edited_output, edited_picture
from model_zoo.graph.plan import Call, OtherPlanError, Plan
from model_zoo.graph.randomness import is_random
from model_zoo.graph.rearrange import LIKE_ANOTHER
from model_zoo.graph.residual import BRANCH, SKIP, residual_blocks
from model_zoo.graph.step import INPUT, Replay, Step, Taken, answer_index, tensors_in
from model_zoo.graph.tracing import DESCRIPTIONS


@dataclass(frozen=True)
class _Origin:
    """Where a value comes from: steps by name, and weights that no step stands for."""

    steps: tuple[str, ...] = ()
    weights: tuple[nn.Parameter, ...] = ()


@dataclass(frozen=True)
class _Operation:
    """A call with all that it takes in this pass."""

    call: Call
    module: nn.Module | None
    args: tuple
    kwargs: dict[str, Any]
    edits: tuple[Edit, ...]

    @property
    def overwrites(self) -> bool:
        """Whether it writes its result over its first argument."""
        return self.call.overwrites or getattr(self.module, "inplace", False) is True

    @property
    def arguments(self) -> dict[str, Any]:
        """All of its arguments by name."""
        return self.call.by_name(self.args, self.kwargs)


def _holds_tensors(value: Any) -> bool:
    return next(tensors_in(value), None) is not None


class Pass:
    """A pass in progress."""

    def __init__(self, plan: Plan, net: nn.Module, x: Tensor, edits: Sequence[Edit]) -> None:
        self._plan, self._net, self._edits, self._pictures = plan, net, edits, len(x)
        # A copy of x: a network may begin with an in-place operation, and the caller's tensor is the caller's.
        # In-place operations write into the values, nothing into the outputs of the steps.
        self._values: dict[fx.Node, Any] = {plan.input: edited_picture(x, edits)}
        self._origins = {plan.input: _Origin((INPUT,))}
        self._steps: dict[fx.Node, Step] = {}
        self._replays: dict[fx.Node, Replay] = {}  # of what made lists of tensors

    def run(self, last: str | None = None) -> list[Step]:
        """All steps in order, or those up to one that is named."""
        for call in self._plan.calls:
            self._run(call)
            if call.name == last:
                return list(self._steps.values())
        answer = self._answer()
        return [replace(step, is_answer=step.name == answer) for step in self._steps.values()]

    def _run(self, call: Call) -> None:
        operation = self._operation(call)
        if operation.overwrites:
            self._copy_what_shares_memory((*operation.args[:1], *operation.kwargs.values()))
        origin = self._origin(operation)
        kept_path = self._kept_path(operation)
        value = self._value(operation)
        if operation.edits and isinstance(value, Tensor):
            value = self._edited(operation, value, kept_path)
        if call.node in self._plan.assumed and value != self._plan.assumed[call.node]:
            raise OtherPlanError(call.name)
        self._values[call.node] = value
        if call.node.op == "get_attr":
            self._origins[call.node] = _Origin(weights=(value,) if isinstance(value, nn.Parameter) else ())
        elif isinstance(value, Tensor) and origin.steps:
            self._add_step(operation, origin, value)
        elif isinstance(value, Tensor):  # made of weights alone: a number of the network's own, and no step
            self._origins[call.node] = origin
        else:  # whoever takes it takes what it took, unless it is but a shape
            if (replay := self._replay(operation)) is not None:
                self._replays[call.node] = replay
            self._origins[call.node] = _Origin() if call.operation in DESCRIPTIONS else origin

    def _operation(self, call: Call) -> _Operation:
        node = call.node
        args, kwargs = map_arg((node.args, node.kwargs), self._values.__getitem__)
        edits = tuple(edit for edit in self._edits if call.name and edit.target == call.name)
        module = self._net.get_submodule(str(node.target)) if node.op == "call_module" else None
        return _Operation(call, edited_module(module, edits), args, kwargs, edits)

    def _value(self, operation: _Operation) -> Any:
        node = operation.call.node
        if node.op == "placeholder":  # an argument of `forward` besides the input: its default
            return node.args[0]
        if node.op == "get_attr":
            constants, name = self._plan.constants, str(node.target)
            return constants[name] if name in constants else operator.attrgetter(name)(self._net)
        if operation.module is None and is_random(node.target, operation.arguments):
            raise ValueError(
                f"Each pass of {type(self._net).__name__} is another one: {operation.call.name} is random in eval mode "
                f"too. A dropout function takes training=self.training."
            )
        return _called(node, operation.module, operation.args, operation.kwargs)

    # ------------------------------------------------------------------------------------------ steps and their inputs

    def _origin(self, operation: _Operation) -> _Origin:
        nodes = operation.call.node.all_input_nodes
        # Of a second tensor such an operation takes nothing but the shape.
        nodes = nodes[:1] if operation.call.operation in LIKE_ANOTHER else nodes
        sources = [self._origins[source] for source in nodes]
        steps = dict.fromkeys(name for source in sources for name in source.steps)
        weights = [weight for source in sources for weight in source.weights]
        weights += operation.module.parameters() if operation.module is not None else ()
        return _Origin(tuple(steps), tuple(dict.fromkeys(weights)))

    def _add_step(self, operation: _Operation, origin: _Origin, value: Tensor) -> None:
        call = operation.call
        self._steps[call.node] = Step(
            name=call.name,
            operation=call.operation,
            inputs=origin.steps,
            output=value,
            module=operation.module,
            parameters=sum(weight.numel() for weight in origin.weights),
            arguments=self._constants(operation),
            edits=operation.edits,
            replay=self._replay(operation),
            operands=self._operands(operation, origin),
        )
        self._origins[call.node] = _Origin((call.name,))
        if operation.overwrites:
            # Whoever reads the overwritten tensor later, even under its old name, reads this step's result.
            own = self._origins[call.node]
            self._origins |= {other: own for other in self._holders(value) if other in self._origins}

    def _is_own(self, argument: Any) -> bool:
        """Whether it is a tensor of the network's own, a weight or made of weights."""
        return (
            isinstance(argument, fx.Node)
            and isinstance(self._values[argument], Tensor)
            and not self._origins[argument].steps
        )

    def _constants(self, operation: _Operation) -> dict[str, Any]:
        """An operation's arguments but for those that other steps made."""
        nodes = operation.call.by_name(operation.call.node.args, operation.call.node.kwargs)
        return {
            name: value
            for name, value in operation.arguments.items()
            if not _holds_tensors(value) or self._is_own(nodes[name])
        }

    def _operands(self, operation: _Operation, origin: _Origin) -> dict[str, Any]:
        """Its arguments by name, with the number of an input in place of what another step made."""

        def put(node: fx.Node) -> Any:
            steps = self._origins[node].steps
            is_taken = isinstance(self._values[node], Tensor) and len(steps) == 1 and steps[0] in origin.steps
            return Taken(origin.steps.index(steps[0])) if is_taken else self._values[node]

        node = operation.call.node
        args, kwargs = map_arg((node.args, node.kwargs), put)
        extra = {f"#{i}": value for i, value in enumerate(args) if i >= len(operation.call.argument_names)}
        return operation.call.by_name(args, kwargs) | extra

    def _replay(self, operation: _Operation) -> Replay | None:
        node, module = operation.call.node, operation.module
        given = {source: self._values[source] for source in node.all_input_nodes}
        taken = [source for source, value in given.items() if not self._is_own(source) and _holds_tensors(value)]
        taken = taken[:1] if operation.call.operation in LIKE_ANOTHER else taken
        if len(taken) != 1:
            return None
        (source,), before = taken, self._replays.get(taken[0])
        if before is None and not isinstance(given[source], Tensor):
            return None
        others = {other: value for other, value in given.items() if other is not source}

        def run(tensor: Tensor) -> Any:
            values = others | {source: before.run(tensor) if before else tensor}
            args, kwargs = map_arg((node.args, node.kwargs), values.__getitem__)
            return _called(node, module, args, kwargs)

        operations, shape = (before.operations, before.shape) if before else ((), tuple(given[source].shape))
        return Replay((*operations, operation.call.operation), run, shape)

    def _answer(self) -> str | None:
        """Name of the step whose output the network returns; None where no step's is."""
        nodes: list[fx.Node] = []
        map_arg(self._plan.output, nodes.append)
        found = [(tensor, node) for node in nodes for tensor in tensors_in(self._values[node])]
        index = answer_index([tensor for tensor, _ in found], self._pictures)
        if index is None:
            return None
        tensor, node = found[index]
        if self._values[node] is not tensor:  # a part of what an operation returned
            node = next(iter(reversed(self._holders(tensor))), node)
        names = self._origins[node].steps
        # Where it was overwritten through a view, no step's output is what the network returns.
        return next((s.name for s in self._steps.values() if names == (s.name,) and s.output is tensor), None)

    def _holders(self, value: Any) -> list[fx.Node]:
        return [node for node, other in self._values.items() if other is value]

    # ---------------------------------------------------------------------------------------- in-place operations

    def _copy_what_shares_memory(self, overwritten: Iterable[Any]) -> None:
        """Copy each step's output that shares memory with a tensor about to be overwritten, be it only a view of it."""
        memory = {_memory(value) for value in overwritten if isinstance(value, Tensor)}
        for node, step in self._steps.items():
            if _memory(step.output) in memory:
                self._steps[node] = replace(step, output=step.output.clone())

    # ------------------------------------------------------------------------------------------------------------ edits

    def _edited(self, operation: _Operation, value: Tensor, kept_path: Tensor | None) -> Tensor:
        """The value with the edits for its step, also where others hold it under an old name."""
        changed = edited_output(value if kept_path is None else kept_path.expand_as(value), operation.edits)
        if not operation.overwrites:
            return changed
        if torch.is_grad_enabled():  # the backward pass may need what is there
            self._values |= dict.fromkeys(self._holders(value), changed)
            return changed
        return value.copy_(changed)

    def _kept_path(self, operation: _Operation) -> Tensor | None:
        """Where an edit takes one path away from a residual add: a copy of the other operand, as it enters the sum."""
        cut = next((edit for edit in reversed(operation.edits) if isinstance(edit, DropPath)), None)
        if cut is None:
            return None
        call, values = operation.call, operation.arguments
        nodes = call.by_name(call.node.args, call.node.kwargs)
        sources = {name: self._origins[node].steps for name, node in nodes.items() if isinstance(node, fx.Node)}
        inputs = tuple(dict.fromkeys(step for steps in sources.values() for step in steps))
        join = Step(call.name, call.operation, inputs, torch.empty(0), None, 0)
        block = residual_blocks([*self._steps.values(), join]).get(call.name)
        if block is None:
            raise ValueError(f"{call.name} joins no skip connection and branch.")
        kept = (block.end(BRANCH if cut.path == SKIP else SKIP),)
        name = next(name for name, steps in sources.items() if steps == kept)
        return values[name].clone() * (values.get("alpha", 1) if name == "other" else 1)


def _called(node: fx.Node, module: nn.Module | None, args: tuple, kwargs: dict[str, Any]) -> Any:
    """What a node calls, with these arguments."""
    if module is not None:
        return module(*args, **kwargs)
    if callable(node.target):
        return node.target(*args, **kwargs)
    return getattr(args[0], node.target)(*args[1:], **kwargs)


def _memory(tensor: Tensor) -> int:
    return tensor.untyped_storage().data_ptr()
