"""What the steps of a network and their operations are called."""

import inspect
import re
from collections.abc import Callable

import torch
from torch import fx
from torch.fx.operator_schemas import get_signature_for_torch_op
from torch.nn import functional

from model_zoo.graph.randomness import called_name
from model_zoo.graph.step import INPUT
from model_zoo.graph.tracing import IN_PLACE_OPERATORS

__all__ = ["INPUT", "OPERATIONS", "argument_names", "function_name", "operation", "step_names"]

# The field's word for an operation, by the lower-case name of its class or function without "_" and "1d/2d/3d".
OPERATIONS = {
    "conv": "convolution",
    "convtranspose": "transposed convolution",
    "linear": "linear",
    "relu": "ReLU",
    "relu6": "ReLU6",
    "leakyrelu": "leaky ReLU",
    "prelu": "PReLU",
    "elu": "ELU",
    "gelu": "GELU",
    "silu": "SiLU",
    "hardswish": "hard swish",
    "hardsigmoid": "hard sigmoid",
    "sigmoid": "sigmoid",
    "tanh": "tanh",
    "softmax": "softmax",
    "logsoftmax": "log softmax",
    "batchnorm": "batch norm",
    "layernorm": "layer norm",
    "groupnorm": "group norm",
    "instancenorm": "instance norm",
    "localresponsenorm": "local response norm",
    "maxpool": "max pool",
    "adaptivemaxpool": "max pool",
    "avgpool": "average pool",
    "adaptiveavgpool": "average pool",
    "flatten": "flatten",
    "dropout": "dropout",
    "stochasticdepth": "stochastic depth",
    "identity": "identity",
    "add": "add",
    "sub": "subtract",
    "mul": "multiply",
    "div": "divide",
    "matmul": "matrix product",
    "bmm": "matrix product",
    "scaleddotproductattention": "attention",
    "hardtanh": "clamp",
    "clip": "clamp",
    "clampmin": "clamp",
    "clampmax": "clamp",
    "softplus": "softplus",
    "mish": "Mish",
    "pow": "power",
    "sqrt": "square root",
    "exp": "exponential",
    "log": "logarithm",
    "abs": "absolute value",
    "neg": "negative",
    "cat": "concatenate",
    "concat": "concatenate",
    "mean": "mean",
    "zeropad": "pad",
    "constantpad": "pad",
    "reflectionpad": "pad",
    "replicationpad": "pad",
    "circularpad": "pad",
    "pixelshuffle": "pixel shuffle",
    "pixelunshuffle": "pixel unshuffle",
    "channelshuffle": "channel shuffle",
    "upsample": "upsample",
    "interpolate": "upsample",
}


def operation(name: str) -> str:
    """The field's word for a class or function of that name, e.g. 'max pool' for 'MaxPool2d'; else the name itself."""
    return OPERATIONS.get(re.sub(r"[123]d$", "", name.lower().replace("_", "")), name)


def function_name(node: fx.Node) -> str:
    """What a call node computes: 'add' for `+`, `+=`, torch.add and x.add_(); 'T' for x.T."""
    if node.target is getattr:
        return str(node.args[1])
    name = called_name(node.target)
    name = (name.removeprefix("i") if node.target in IN_PLACE_OPERATORS else name).rstrip("_") or name
    return "divide" if name == "truediv" else name  # `/` has a name of Python's own, which says nothing to most people


def step_names(graph: fx.Graph) -> dict[fx.Node, str]:
    """A unique name for each call: a module's path; for a function, the path of the module that calls it and its own.

    What is called again is called "<name>_2" and so on.
    """
    modules = [node for node in graph.nodes if node.op == "call_module"]
    functions = [node for node in graph.nodes if node.op in ("call_function", "call_method")]
    wanted = {node: node.target for node in modules}
    for node in functions:
        stack = list(node.meta.get("nn_module_stack", {}).values())  # (path, class) from the outermost module in
        wanted[node] = f"{stack[-1][0]}.{function_name(node)}" if stack else function_name(node)
    # First calls first: a module keeps its path, though a function or a second call would like the same name.
    firsts = {node.target: node for node in reversed(modules)}.values()
    names: dict[fx.Node, str] = {}
    used = {INPUT}
    for node in dict.fromkeys((*firsts, *modules, *functions)):
        name = path = re.sub(r"[^A-Za-z0-9_.]", "_", wanted[node])
        count = 1
        while name in used:
            count += 1
            name = f"{path}_{count}"
        used.add(name)
        names[node] = name
    return names


def argument_names(target: Callable | str) -> tuple[str, ...]:
    """Names of the positional arguments of a function or of a tensor's method; () where Python cannot tell."""
    # F.max_pool2d and its like take (*args, **kwargs): their names are those of torch.max_pool2d, or of what they call.
    # So with methods; x.add_ takes what torch.add takes.
    name = called_name(target)
    likes = (getattr(torch, name.rstrip("_"), None), getattr(functional, f"{name}_with_indices", None))
    for function in (target, *likes):
        if not callable(function):
            continue
        try:
            signatures = get_signature_for_torch_op(function) or [inspect.signature(function)]
        except (TypeError, ValueError):  # a builtin without a signature
            continue
        kinds = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
        found = [[p.name for p in signature.parameters.values() if p.kind in kinds] for signature in signatures]
        if names := max(found, key=len):
            return tuple(names)
    return ()
