"""The line of code of every step, with its arguments and sums."""

import operator
from collections.abc import Sequence
from typing import Any
from weakref import WeakKeyDictionary

import torch
from torch import fx, nn

from model_zoo.explain.code.calls import default_arguments, in_place_sign, is_binary
from model_zoo.explain.code.constructors import SPREAD, constructor, single
from model_zoo.explain.code.literals import NoCodeError, literal
from model_zoo.explain.code.meanings import PARAMETER, is_known, meaning
from model_zoo.explain.code.program import Program, Statement, program
from model_zoo.explain.code.records import Argument, Figure, Piece, StepCode
from model_zoo.explain.code.sums import shape, weights, windows
from model_zoo.graph.execution import Pass
from model_zoo.graph.plan import Plan, with_plan
from model_zoo.graph.step import INPUT, Step

OPERANDS = ("left", "right")  # of an operator, which names none
_known: WeakKeyDictionary[nn.Module, dict[int, dict[str, StepCode]]] = WeakKeyDictionary()


def steps(net: nn.Module, size: int) -> dict[str, StepCode]:
    """The code of every step of a network by the step's name; worked out once and kept as long as the network lives.

    Args:
        net: in eval mode, with one input.
        size: side of its square input (1, 3, size, size) in pixels.

    Raises:
        NoCodeError: some of it is not torch's; the message is a sentence.
        ValueError: its operations cannot be listed; the message says why.
    """
    kept = _known.setdefault(net, {})
    if size not in kept:
        written, walked, plan = programmed(net, size)
        calls = {call.node: call for call in plan.calls}
        sources = {call.node: call.name for call in plan.calls if call.name} | {plan.input: INPUT}
        by_name = {step.name: step for step in walked}
        shapes = {name: step.shape for name, step in by_name.items()} | {INPUT: (1, 3, size, size)}
        found = {}
        for statement in written.statements:
            if statement.step not in by_name:  # it gives a size or a list
                continue
            step = by_name[statement.step]
            before = [shapes[name] for name in step.inputs if name in shapes]
            names = _names(statement.node) or calls[statement.node].argument_names
            line, arguments = _constructed(step) if step.module is not None else _call(statement, step, names, sources)
            sums = (weights(step), shape(step, before))
            found[step.name] = StepCode(step.name, line, statement.text, arguments, *sums, _figure(step, before))
        kept[size] = found
    return kept[size]


def _names(node: fx.Node) -> tuple[str, ...]:
    """What the operands of an operator are called, for which Python has no names."""
    if node.op == "call_function" and node.target is operator.getitem:
        return ("input", "index")
    return OPERANDS if is_binary(node) or in_place_sign(node.target) else ()


def programmed(net: nn.Module, size: int) -> tuple[Program, list[Step], Plan]:
    """A network's program, and the walk and the graph that it comes from."""
    x = torch.zeros(1, 3, size, size)
    with torch.inference_mode():
        plan, walked = with_plan(net, x, lambda plan: (plan, Pass(plan, net, x, ()).run()))
    return program(plan, net, walked), walked, plan


def _constructed(step: Step) -> tuple[tuple[Piece, ...], tuple[Argument, ...]]:
    assert step.module is not None
    name, given = constructor(step.module)
    pieces, arguments = [Piece(f"{name}(")], []
    for each in given:
        if each.is_default and not is_known(each.name):
            continue
        means, part = meaning(each.name, each.value, step.operation)
        arguments.append(Argument(each.name, each.code, means, part, each.is_default))
        if not each.is_default:
            pieces += [Piece(", ")] * (len(pieces) > 1) + [Piece(each.text, each.name)]
    return (*pieces, Piece(")")), tuple(arguments)


def _call(
    statement: Statement, step: Step, names: tuple[str, ...], sources: dict[fx.Node, str]
) -> tuple[tuple[Piece, ...], tuple[Argument, ...]]:
    """A function's line is that of `forward`; its arguments are found in it by what they are written as."""
    node, arguments = statement.node, []
    given = [(names[i] if i < len(names) else f"argument {i + 1}", value) for i, value in enumerate(node.args)]
    for name, value in (*given, *node.kwargs.items()):
        arguments += _argument(name, value, step, statement, sources)
    shown = {each.name for each in arguments}
    for name, value in default_arguments(node.target).items():
        value = single(value) if name in SPREAD else value
        if name not in shown and is_known(name) and value is not None:
            arguments.append(Argument(name, _code(value), *meaning(name, value, step.operation), is_default=True))
    return _marked(statement.text, [a for a in arguments if not a.is_default]), tuple(arguments)


def _argument(name: str, value: Any, step: Step, statement: Statement, sources: dict[fx.Node, str]) -> list[Argument]:
    if isinstance(value, fx.Node):
        code = statement.names.get(value, "")
        if value.op == "get_attr":
            return [Argument(name, code, *PARAMETER)]
        source = sources.get(value, "")
        reads = (
            "the picture" if source == INPUT else f"the output of {source}" if source else "a value worked out before"
        )
        return [Argument(name, code, f"What it reads: {reads}.", "inputs")]
    if name in OPERANDS:
        return [Argument(name, literal(value), "A fixed number, the same for every value.")]
    try:
        code = literal(value, lambda each: statement.names.get(each) if isinstance(each, fx.Node) else None)
    except NoCodeError:
        return []
    is_default = default_arguments(statement.node.target).get(name, statement) == value
    return [Argument(name, code, *meaning(name, value, step.operation), is_default=is_default)]


def _marked(text: str, arguments: Sequence[Argument]) -> tuple[Piece, ...]:
    """The line cut where its arguments stand; one that is not found in it word for word is left unmarked."""
    pieces, rest = [], text
    head, sign, tail = rest.partition("= ")
    if sign:
        pieces.append(Piece(head + sign))
        rest = tail
    for each in arguments:
        named = f"{each.name}={each.value}"
        found = named if named in rest else each.value
        before, mark, after = rest.partition(found)
        if mark and found:
            pieces += [Piece(before), Piece(found, each.name)]
            rest = after
    return tuple(piece for piece in (*pieces, Piece(rest)) if piece.text)


def _code(value: Any) -> str:
    try:
        return literal(value)
    except NoCodeError:
        return "…"


def _figure(step: Step, before: Sequence[tuple[int, ...]]) -> Figure:
    inputs: tuple[int, ...] = before[0][1:] if before else ()
    outputs = step.shape[1:]
    bias = step.operation in ("convolution", "linear") and step.option("bias") is not None
    sliding = windows(step, before[0]) if before else None
    if sliding is None:
        return Figure(inputs, outputs, bias=bias)
    # A pool reads each map alone.
    groups = step.option("groups", 1) if step.operation == "convolution" else step.shape[1]
    return Figure(inputs, outputs, sliding.kernel, sliding.stride, sliding.padding, sliding.dilation, groups, bias)
