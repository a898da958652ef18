"""A call in `forward` as a Python expression: operators, functions of torch, methods of tensors."""

import builtins
import inspect
import operator
from collections.abc import Callable
from functools import cache
from typing import Any

import torch
from torch import fx
from torch.fx.operator_schemas import get_signature_for_torch_op
from torch.nn import functional

from model_zoo.explain.code.literals import NoCodeError, index, literal
from model_zoo.graph.randomness import OTHERS, called_name
from model_zoo.graph.tracing import IN_PLACE_OPERATORS

NameOf = Callable[[Any], str | None]
BINARY = {
    "add": "+",
    "sub": "-",
    "mul": "*",
    "truediv": "/",
    "floordiv": "//",
    "mod": "%",
    "pow": "**",
    "matmul": "@",
    "and_": "&",
    "or_": "|",
    "xor": "^",
    "eq": "==",
    "ne": "!=",
    "lt": "<",
    "le": "<=",
    "gt": ">",
    "ge": ">=",
}
UNARY = {"neg": "-", "pos": "+", "invert": "~"}
IN_PLACE = {"i" + name: f"{sign}=" for name, sign in BINARY.items()}
# What steers `forward` and leaves nothing behind.
ASSERTS = ("_assert", "_assert_async", "_assert_scalar")


def in_place_sign(target: Any) -> str:
    """ "+=" of the operator that `a += b` calls; "" of anything else."""
    return IN_PLACE.get(target.__name__, "") if target in IN_PLACE_OPERATORS else ""


def is_left_out(node: fx.Node) -> bool:
    """Whether a call does nothing in a network that does not learn: asserts, and skipping layers at random."""
    name = called_name(node.target)
    return name in ASSERTS or (node.op == "call_function" and name in OTHERS)


def is_binary(node: fx.Node) -> bool:
    """Whether a call is written with an operator between two values."""
    return _is_operator(node.target) and called_name(node.target) in BINARY


def expression(node: fx.Node, name_of: NameOf) -> str:
    """The code of a call.

    Args:
        node: of the kind "call_function" or "call_method".
        name_of: the code of the nodes that it takes.

    Raises:
        NoCodeError: it calls something that is not torch's or Python's own.
    """
    if node.op == "call_method":
        return f"{_operand(node.args[0], name_of)}.{node.target}({_listed(node.args[1:], node.kwargs, name_of)})"
    name = called_name(node.target)
    if node.target is getattr:
        return f"{_operand(node.args[0], name_of)}.{node.args[1]}"
    if node.target is operator.getitem:
        return f"{_operand(node.args[0], name_of)}[{index(node.args[1], name_of)}]"
    if is_binary(node):
        left, right = node.args
        return f"{_operand(left, name_of)} {BINARY[name]} {_operand(right, name_of)}"
    if _is_operator(node.target) and name in UNARY:
        return f"{UNARY[name]}{_operand(node.args[0], name_of)}"
    return f"{function_code(node.target)}({_listed(node.args, _given(node), name_of)})"


def function_code(target: Any) -> str:
    """How a function is called in a file that imports torch, `functional as F` and `operator`.

    Raises:
        NoCodeError: it is none of these.
    """
    found = _functions().get(id(target))
    if found is None:
        module = getattr(target, "__module__", None) or "elsewhere"
        raise NoCodeError(
            f"The network calls {called_name(target)} of {module}, which a file with torch alone has not."
        )
    return found


@cache
def _functions() -> dict[int, str]:
    """By identity, which is how torch.fx notes them; later ones win, so that F.relu is not called by a longer name."""
    homes = [
        (operator, "operator"),
        (builtins, ""),
        (torch.special, "torch.special"),
        (torch.linalg, "torch.linalg"),
        (torch.fft, "torch.fft"),
        (torch, "torch"),
        (functional, "F"),
    ]
    return {
        id(value): f"{home}.{name}".lstrip(".")
        for module, home in homes
        for name, value in vars(module).items()
        if callable(value) and not name.startswith("_") and not isinstance(value, type)
    }


def _is_operator(target: Any) -> bool:
    return getattr(target, "__module__", "") == "_operator"


def _listed(args: tuple, kwargs: dict[str, Any], name_of: NameOf) -> str:
    parts = [literal(value, name_of) for value in args]
    return ", ".join([*parts, *(f"{name}={literal(value, name_of)}" for name, value in kwargs.items())])


def _operand(value: Any, name_of: NameOf) -> str:
    """In brackets where an operator beside it would take only a part of it; what is inlined has its own."""
    text = literal(value, name_of)
    return f"({text})" if text.startswith("-") else text


def _given(node: fx.Node) -> dict[str, Any]:
    """The named arguments without those at their default: F.relu notes inplace=False by itself."""
    defaults = default_arguments(node.target)
    return {
        name: value
        for name, value in node.kwargs.items()
        if name not in defaults or isinstance(value, fx.Node) or not _same(value, defaults[name])
    }


def _same(value: Any, default: Any) -> bool:
    return type(value) is type(default) and value == default


def default_arguments(target: Any) -> dict[str, Any]:
    """The arguments of a function that have a default, with it; {} where Python cannot tell."""
    name = called_name(target)
    for function in (target, getattr(functional, f"{name}_with_indices", None), getattr(torch, name, None)):
        if not callable(function):
            continue
        try:
            signatures = get_signature_for_torch_op(function) or [inspect.signature(function)]
        except (TypeError, ValueError):  # a builtin without a signature
            continue
        for signature in signatures:
            found = {
                each.name: each.default
                for each in signature.parameters.values()
                if each.default is not inspect.Parameter.empty
            }
            if found:
                return found
    return {}
