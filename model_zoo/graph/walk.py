"""Every operation of a network, in order, with what goes in and what comes out, for one input.

    steps = walk(model.net, model.prepare(picture))
    [step.name for step in steps]        # ['conv1', 'relu1', ..., 'fc3']
    answer(steps).output                 # equal to model.net(model.prepare(picture)), bit for bit

Works for any network that `torch.fx` can trace. The graph is traced at the first walk and kept as long as the
network lives; a walk is a loop over its nodes. Nothing is hooked into the network, and any number of threads may
walk one network at once. New weights are seen by the next walk; a Python value that steers `forward` (an `if` on an
attribute) counts as it was at the first one. Where `forward` decides by sizes, each kind of input has its own graph.
"""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from model_zoo.graph.edits import Edit, check
from model_zoo.graph.execution import Pass
from model_zoo.graph.plan import Plan, with_plan
from model_zoo.graph.step import Step, answer

__all__ = ["Step", "answer", "differentiable_walk", "walk", "walk_to"]


def walk(net: nn.Module, x: Tensor, edits: Sequence[Edit] = ()) -> list[Step]:
    """Run a network on an input and return every operation in order of execution.

    The operations run exactly as in `net(x)`, in-place ones included, so the answer equals it bit for bit; a map that
    is about to be overwritten is copied first. Weights that a function reads count as the function's.

    Args:
        net: a network in eval mode with one input; whatever else its `forward` takes has a default.
        x: the input, e.g. float32 (1, 3, H, W); it is left as it is.
        edits: changes to this one pass, see `model_zoo.graph.edits`; the network itself is left as it is. They change
            the outputs of the steps that they are for, and of those that depend on these.

    Raises:
        ValueError: the network is in training mode, or torch.fx cannot trace it, or it has no step as an edit names
            it; the message says why.
        IndexError: an edit names a channel or weight that there is not; `edits.settle` sorts such edits out.
        RuntimeError: an input of the wrong shape or type, as from `net(x)`.
    """
    with torch.inference_mode():
        return _passed(net, x, edits)


def walk_to(net: nn.Module, x: Tensor, step: str, edits: Sequence[Edit] = ()) -> Tensor:
    """The output of one step, which torch can differentiate with respect to `x`; later steps are not run.

    Args:
        net, x, edits: as for `walk`; `x` may ask for gradients.
        step: the name that the step has in a walk.

    Raises:
        ValueError, RuntimeError: as `walk`; ValueError also where there is no such step.
    """
    with torch.inference_mode(False), torch.enable_grad():
        steps = _passed(net, x, edits, last=step)
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
    with torch.inference_mode(False), torch.enable_grad():
        return _passed(net, x, ())


def _passed(net: nn.Module, x: Tensor, edits: Sequence[Edit], last: str | None = None) -> list[Step]:
    def run(plan: Plan) -> list[Step]:
        names = {call.name for call in plan.calls if call.name}
        if last is not None and last not in names:
            raise ValueError(f"There is no step {last!r} in {type(net).__name__}.")
        check(edits, names)
        return Pass(plan, net, x, edits).run(last)

    _check_mode(net)
    return with_plan(net, x, run)


def _check_mode(net: nn.Module) -> None:
    training = next((name for name, module in net.named_modules() if module.training), None)
    if training is not None:
        part = f"Its part {training!r}" if training else "It"
        raise ValueError(f"A walk needs a network that does not change. {part} is in training mode: call net.eval().")
