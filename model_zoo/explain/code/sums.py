"""How many weights a step has and of what size its output is, worked out from its arguments.

The size of a convolution's or pool's output along an axis is floor((n + 2 p - d (k - 1) - 1) / s) + 1, as in
torch.nn.Conv2d: n places, kernel k, stride s, padding p, dilation d.
"""

import math
from collections.abc import Sequence

from torch import Tensor, nn

from model_zoo.explain.code.records import Formula, Piece
from model_zoo.graph.step import Step
from model_zoo.graph.windows import Geometry, geometry

AXES = ("height", "width")
WINDOWS = ("convolution", "max pool", "average pool")
NO_WEIGHTS = "It has no weights: there is nothing to learn."


# ------------------------------------------------------------------------------------------------------------- weights


def weights(step: Step) -> tuple[Formula, ...]:
    """The count of a step's trained numbers, and what else it keeps."""
    module = step.module
    if not step.parameters:
        return (Formula("weights", (Piece(NO_WEIGHTS),), 0),)
    if step.operation == "convolution" and isinstance(kernels := step.option("weight"), Tensor) and kernels.dim() == 4:
        return (_formula("weights", _kernel_pieces(step, kernels), step.parameters),)
    if isinstance(module, nn.Linear):
        pieces = [
            Piece(_n(module.out_features), "out_features"),
            Piece(" × "),
            Piece(_n(module.in_features), "in_features"),
        ]
        return (_formula("weights", pieces + _bias(module.bias), step.parameters),)
    if isinstance(module, nn.BatchNorm2d):
        count = Piece(_n(module.num_features), "num_features")
        pieces = [Piece("scale "), count, Piece(" + shift "), count]
        kept = (
            Piece("Mean and variance of each map are measured while it learns: "),
            count,
            Piece(" × 2 more numbers."),
        )
        measured = (Formula("measured", kept, 2 * module.num_features),) if module.running_mean is not None else ()
        return (_formula("weights", pieces, step.parameters), *measured)
    return (Formula("weights", (Piece(f"{step.parameters:,}"),), step.parameters),)


def _kernel_pieces(step: Step, kernels: Tensor) -> list[Piece]:
    outputs, each, height, width = kernels.shape
    groups = step.option("groups", 1)
    inputs = [Piece(_n(each * groups), "in_channels")]
    if groups > 1:
        inputs += [Piece(" / "), Piece(_n(groups), "groups")]
    return [
        Piece(_n(outputs), "out_channels"),
        Piece(" × ("),
        *inputs,
        Piece(" × "),
        Piece(f"{height} × {width}", "kernel_size"),
        Piece(")"),
        *_bias(step.option("bias")),
    ]


def _bias(bias: Tensor | None) -> list[Piece]:
    return [] if bias is None else [Piece(" + "), Piece(_n(len(bias)), "bias")]


# --------------------------------------------------------------------------------------------------------------- shape


def shape(step: Step, before: Sequence[tuple[int, ...]]) -> tuple[Formula, ...]:
    """The sizes of a step's output.

    Args:
        step: of a walk.
        before: shapes of what it reads, with the batch.
    """
    module, after = step.module, step.shape
    if before and (sliding := windows(step, before[0])) is not None:
        return (*_channels(step), *_windows(step, sliding, before[0]))
    if isinstance(module, nn.Linear):
        return (_formula("values", [Piece("out_features", "out_features")], after[-1]),)
    if step.operation == "flatten" and before and len(after) == 2:
        product = Piece(" × ".join(map(_n, before[0][1:])))
        return (_formula("values", [product], after[1]),)
    if step.option("output_size") is not None and len(after) == 4:
        said = Piece(f"{after[2]} × {after[3]}", "output_size")
        pieces = (
            said,
            Piece(f", of {before[0][2]} × {before[0][3]}; the {after[1]:,} maps stay.") if before else Piece(""),
        )
        return (Formula("height and width", pieces, None),)
    if step.operation == "concatenate" and len(before) > 1:
        axis = next((i for i in range(1, len(after)) if len({each[i] for each in before}) > 1), 1)
        pieces = [Piece(" + ".join(_n(each[axis]) for each in before))]
        return (_formula("channels" if axis == 1 else "size", pieces, after[axis]),)
    if before and after == before[0]:
        return (Formula("shape", (Piece(f"the same as what it reads, {_sizes(after)}."),), None),)
    was = f" out of {' and '.join(_sizes(each) for each in before)}" if before else ""
    return (Formula("shape", (Piece(f"{_sizes(after)}{was}."),), None),)


def windows(step: Step, before: tuple[int, ...]) -> Geometry | None:
    """How the window of a convolution or pool slides over maps of a shape; None of any other step."""
    if step.operation not in WINDOWS or len(step.shape) != 4 or len(before) != 4:
        return None
    return None if step.option("output_size") is not None else geometry(step, (before[2], before[3]))


def _channels(step: Step) -> tuple[Formula, ...]:
    if step.operation == "convolution":
        return (_formula("maps", [Piece("out_channels", "out_channels")], step.shape[1]),)
    return (_formula("maps", [Piece("as many as it reads")], step.shape[1]),)


def _windows(step: Step, sliding: Geometry, before: tuple[int, ...]) -> tuple[Formula, ...]:
    found = [_window(step, sliding, axis, before[2 + axis], step.shape[2 + axis]) for axis in (0, 1)]
    if found[0] == found[1]:
        return (Formula("height and width", found[0], step.shape[2]),)
    return tuple(Formula(AXES[axis], found[axis], step.shape[2 + axis]) for axis in (0, 1))


def _window(step: Step, sliding: Geometry, axis: int, size: int, result: int) -> tuple[Piece, ...]:
    kernel, stride, padding, dilation = (
        each[axis] for each in (sliding.kernel, sliding.stride, sliding.padding, sliding.dilation)
    )
    if step.option("padding") == "same":
        return (Piece("same", "padding"), Piece(f" padding keeps {_n(result)}"))
    left = size + 2 * padding - dilation * (kernel - 1) - 1
    covered = [Piece(str(kernel), "kernel_size")]
    if dilation > 1:
        covered = [
            Piece("("),
            Piece(str(dilation), "dilation"),
            Piece(" × ("),
            *covered,
            Piece(" − 1) + 1)"),
        ]
    inside = [
        Piece(f"({_n(size)} + 2 × "),
        Piece(str(padding), "padding"),
        Piece(" − "),
        *covered,
        Piece(") / "),
        Piece(str(stride), "stride"),
    ]
    rounds_up = bool(step.option("ceil_mode", False))
    if left % stride:
        inside = [Piece("⌈" if rounds_up else "⌊"), *inside, Piece("⌉" if rounds_up else "⌋")]
    steps = math.ceil(left / stride) if rounds_up else left // stride
    # A pool's last window must begin before the far border does, see torch.nn.MaxPool2d's ceil_mode.
    less = [Piece(" − 1, as the last window would lie in the border")] if steps + 1 > result else []
    return (*inside, Piece(" + 1"), *less, Piece(f" = {_n(result)}"))


# --------------------------------------------------------------------------------------------------------------- words


def _formula(of: str, pieces: list[Piece], result: int) -> Formula:
    return Formula(of, (*pieces, Piece(f" = {_n(result)}")), result)


def _n(number: int) -> str:
    return f"{number:,}"


def _sizes(shape: Sequence[int]) -> str:
    return " × ".join(map(_n, shape[1:])) or "one value"
