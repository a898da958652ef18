"""What each channel of a step reads, and how much every channel that it reads brings to it, for one input.

A convolution's output channel is a sum with one map for each input channel, plus a bias (formula of torch.nn.Conv2d):

    output_k = bias_k + sum over c of w_kc * input_c        * : cross-correlation

How much input channel c brings to output channel k is the size of that one map: the root mean square of w_kc * input_c
over all places. Its sign is that of the map's mean: +, where the channel adds on average, -, where it takes away. The
same map is what is left of the output, bias taken off, where all other input channels are 0.

The maps themselves are never made: with u the window of input_c at a place, written as a vector, the mean of the
squares (w · u)² is w' G w with G the mean of u u', which is the same for all k.

What a linear layer's entry gets of a channel is one number, the sum of weight times value over its entries.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import numpy as np
from torch import Tensor, inference_mode
from torch.nn import functional

from model_zoo.explain.sums.activations import ACTIVATIONS
from model_zoo.graph.edits import DropPath, Scaled
from model_zoo.graph.residual import residual_blocks
from model_zoo.graph.step import INPUT, Step
from model_zoo.graph.windows import Geometry, geometry, pair

RESHAPES = ("flatten", "view", "reshape")  # that may write maps one after another as a list
# Operations whose channel k takes channel k of each of its inputs.
ONE_TO_ONE = frozenset((
    *ACTIVATIONS, *RESHAPES,
    *("max pool", "average pool", "mean", "amax", "pad", "upsample", "batch norm", "instance norm"),
    *("dropout", "stochastic depth", "identity", "contiguous", "add", "subtract", "multiply", "divide"),
))  # fmt: skip


@dataclass(frozen=True, eq=False)  # equality of arrays is no yes or no
class Reading:
    """What the channels of a step take from one of its inputs.

    Where `matrix` is None, channel `first` + k of the step takes channel k of the source and nothing else of it.
    A vector that maps were flattened into counts as one channel for each map, see `entries_per_channel`.
    """

    source: str  # name of the step that is read; "input" for the network's input
    channels: int  # of the source
    matrix: np.ndarray | None = (
        None  # float (channels of the step, channels of the source): root mean squares with signs
    )
    amounts: np.ndarray | None = None  # float (channels of the source,): the same where `matrix` is None, of sums alone
    first: int = 0


def entries_per_channel(steps: Sequence[Step], x: Tensor) -> dict[str, int]:
    """By the name of each step of a walk: how many entries of its vector came from one channel of a map; else 1.

    Args:
        steps: of a walk.
        x: the input that was walked, (1, channels, height, width).
    """
    shapes = {INPUT: tuple(x.shape)} | {step.name: step.shape for step in steps}
    found = {INPUT: 1}
    for step in steps:
        source = step.inputs[0] if len(step.inputs) == 1 else ""
        before = shapes.get(source, ())
        found[step.name] = 1
        if len(step.shape) != 2 or step.operation not in ONE_TO_ONE:
            continue
        if len(before) == 4 and step.operation in RESHAPES and step.shape[1] == before[1] * before[2] * before[3]:
            found[step.name] = before[2] * before[3]
        elif len(before) == 2 and before == step.shape:
            found[step.name] = found[source]
    return found


def contributions(
    steps: Sequence[Step], x: Tensor, names: Collection[str] | None = None
) -> dict[str, tuple[Reading, ...]]:
    """What steps read, by their names; () of a step whose operation is not known to keep channels apart.

    Changes that a walk made count: what is switched off gets nothing, and changed weights are used.

    Args:
        steps: of a walk of one picture.
        x: the input that was walked, changes included, float (1, channels, height, width).
        names: of the steps that are asked about; None for all.
    """
    outputs = {INPUT: x} | {step.name: step.output for step in steps}
    entries = entries_per_channel(steps, x)
    blocks = residual_blocks(steps) if any(isinstance(e, DropPath) for step in steps for e in step.edits) else {}
    found: dict[str, tuple[Reading, ...]] = {}
    with inference_mode():
        for step in steps:
            if names is not None and step.name not in names:
                continue
            sources = [(name, outputs[name], entries[name]) for name in step.inputs if name in outputs]
            readings = _readings(step, entries[step.name], sources)
            cut = [blocks[step.name].end(edit.path) for edit in step.edits if isinstance(edit, DropPath)]
            readings = [_scaled(reading, 0.0) if reading.source in cut else reading for reading in readings]
            found[step.name] = tuple(_edited(reading, step, entries[step.name]) for reading in readings)
    return found


def _readings(step: Step, entries: int, sources: list[tuple[str, Tensor, int]]) -> list[Reading]:
    if len(sources) == 1 and step.operation in ("convolution", "linear"):
        name, values, of_source = sources[0]
        matrix = _convolution(step, values) if step.operation == "convolution" else _linear(step, values, of_source)
        return [] if matrix is None else [Reading(name, matrix.shape[1], matrix)]
    counts = [_channels(values, of_source) for _, values, of_source in sources]
    channels = _channels(step.output, entries)
    if step.operation == "concatenate" and sum(counts) == channels and step.option("dim", step.option("axis", 0)) == 1:
        firsts = [sum(counts[:i]) for i in range(len(counts))]
        return [Reading(s[0], count, first=first) for s, count, first in zip(sources, counts, firsts, strict=True)]
    if step.operation not in ONE_TO_ONE or not all(count == channels for count in counts):
        return []
    is_sum = step.operation == "add" and len(sources) > 1 and step.option("alpha", 1) == 1
    return [Reading(name, channels, amounts=_sizes(values) if is_sum else None) for name, values, _ in sources]


def _channels(values: Tensor, entries: int) -> int:
    return values.shape[1] // entries if values.dim() > 1 else 0


def _sizes(values: Tensor) -> np.ndarray:
    """Root mean square of each channel with the sign of its mean: float64 (channels,)."""
    flat = values[0].reshape(values.shape[1], -1).double().numpy()
    return _signed((flat * flat).mean(1), flat.mean(1))


def _signed(squares: np.ndarray, means: np.ndarray) -> np.ndarray:
    sizes = np.sqrt(squares.clip(min=0))
    return np.where(means < 0, -sizes, sizes)


def _convolution(step: Step, values: Tensor) -> np.ndarray | None:
    weight, groups = step.option("weight"), step.option("groups", 1)
    if not isinstance(weight, Tensor) or weight.dim() != 4 or values.dim() != 4:
        return None
    found = geometry(step, pair(values.shape[2:]))
    if found is None or values.shape[1] != groups * weight.shape[1]:
        return None
    each = weight.shape[0] // groups, weight.shape[1]  # channels of a group: made, read
    kernels = weight.detach().flatten(2).numpy()
    windows = _windows(values, found, pair(step.shape[2:]))
    matrix = np.zeros((weight.shape[0], values.shape[1]), kernels.dtype)
    for group in range(groups):  # a channel reads those of its own group alone
        rows, columns = (slice(group * n, (group + 1) * n) for n in each)
        matrix[rows, columns] = _sizes_of_maps(kernels[rows].transpose(1, 0, 2), windows[columns])
    return matrix


def _sizes_of_maps(kernels: np.ndarray, windows: np.ndarray) -> np.ndarray:
    """Float (made, read) of kernels (read, made, kernel places) and windows (read, kernel places, places).

    The mean is taken off the windows and added again: it may be far larger than what a kernel makes of them.
    """
    mean = windows.mean(2, keepdims=True)
    apart = windows - mean
    gram = apart @ apart.transpose(0, 2, 1) / np.float32(windows.shape[2])
    means = (kernels @ mean)[..., 0].T
    return _signed(np.einsum("ioz,ioz->oi", kernels @ gram, kernels) + means * means, means)


def _windows(values: Tensor, found: Geometry, shape: tuple[int, int]) -> np.ndarray:
    """What each place of a kernel meets: float (channels, kernel places, places of the output)."""
    after = [  # rows and columns that the last window lacks; those that no window reaches are left out
        (n - 1) * stride + (kernel - 1) * dilation + 1 - size - before
        for n, stride, kernel, dilation, size, before in zip(
            shape, found.stride, found.kernel, found.dilation, values.shape[2:], found.padding, strict=True
        )
    ]
    (top, left), (bottom, right) = found.padding, (max(0, n) for n in after)
    mode = "constant" if found.mode == "zeros" else found.mode
    padded = functional.pad(values, (left, right, top, bottom), mode)[0].numpy()
    reach = [(kernel - 1) * dilation + 1 for kernel, dilation in zip(found.kernel, found.dilation, strict=True)]
    all_of_them = np.lib.stride_tricks.sliding_window_view(padded, reach, (1, 2))
    (down, across), (by_row, by_column), (rows, columns) = found.stride, found.dilation, shape
    places = all_of_them[:, ::down, ::across, ::by_row, ::by_column][:, :rows, :columns]
    return places.transpose(0, 3, 4, 1, 2).reshape(len(padded), -1, rows * columns)


def _linear(step: Step, values: Tensor, entries: int) -> np.ndarray | None:
    weight = step.option("weight")
    if not isinstance(weight, Tensor) or weight.dim() != 2 or values.dim() != 2:
        return None
    weights, x = weight.detach().numpy(), values[0].numpy()
    if entries == 1:
        return weights * x
    # One product of a matrix and a vector for each channel: the weights are read once and not copied.
    by_channel = weights.reshape(len(weights), -1, entries).transpose(1, 0, 2)
    return (by_channel @ x.reshape(-1, entries, 1))[..., 0].T


def _edited(reading: Reading, step: Step, entries: int) -> Reading:
    """With the factors by which changes scaled channels of the step's output."""
    factors = [(edit.channel, edit.factor) for edit in step.edits if isinstance(edit, Scaled)]
    if not factors or entries > 1 or (reading.matrix is None and reading.amounts is None):
        return reading
    matrix = None if reading.matrix is None else reading.matrix.copy()
    amounts = None if reading.amounts is None else reading.amounts.copy()
    for channel, factor in factors:
        if matrix is not None:
            matrix[channel] *= factor
        if amounts is not None:
            amounts[channel] *= factor
    return replace(reading, matrix=matrix, amounts=amounts)


def _scaled(reading: Reading, factor: float) -> Reading:
    amounts = None if reading.amounts is None else reading.amounts * factor
    return replace(reading, amounts=amounts)
