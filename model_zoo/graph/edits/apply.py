"""Edits carried out: on the picture, on a step's weights, on a step's output. All of them on copies."""

import copy
from collections.abc import Iterable, Sequence

from torch import Tensor, nn

from model_zoo.graph.step import INPUT, Edit


def edited_picture(x: Tensor, edits: Sequence[Edit]) -> Tensor:
    """A copy of a network's input (N, channels, rows, columns) with those edits that are for it, in their order."""
    own = [edit for edit in edits if edit.target == INPUT]
    changed = x.clone()
    if own:
        mean = x.mean((-2, -1), keepdim=True)
        for edit in own:
            changed = edit.change_picture(changed, mean)
    return changed


def edited_module(module: nn.Module | None, edits: Iterable[Edit]) -> nn.Module | None:
    """The module, or a copy of it that shares everything but the weight that an edit changes."""
    changes = [edit for edit in edits if edit.changes_weight]
    if not changes:
        return module
    if not isinstance(module, nn.Conv2d) or "weight" not in module._parameters:
        raise ValueError(f"{changes[0].target} is no convolution with weights of its own.")
    weight = module.weight.detach().clone()
    for edit in changes:
        edit.change_weight(weight)
    twin = copy.copy(module)  # shares the dictionary of its parameters, which the original keeps
    twin._parameters = module._parameters | {"weight": nn.Parameter(weight, requires_grad=False)}
    return twin


def edited_output(output: Tensor, edits: Iterable[Edit]) -> Tensor:
    """A copy of a step's output with those edits that are for its channels."""
    output = output.clone()
    for edit in edits:
        edit.change_output(output)
    return output
