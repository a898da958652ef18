"""Depthwise convolutions that train quickly on a CPU.

PyTorch's backward pass of a convolution with one kernel per channel has no fast path on CPUs: measured on one Zen 4
core, it took 85 % of a training step of EfficientNet-Lite0. Its gradient for the input is itself such a convolution,
with the kernel turned by half a turn, whose forward pass is fast; and that for the kernel is one product and sum per
place of the kernel.
"""

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class _Depthwise(torch.autograd.Function):
    """x (N, C, H, W), weight (C, 1, k, k) -> (N, C, H', W'), as `F.conv2d` with C groups."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor, stride: int, padding: int) -> Tensor:
        ctx.save_for_backward(x, weight)
        ctx.stride, ctx.padding = stride, padding
        return F.conv2d(x, weight, stride=stride, padding=padding, groups=len(weight))

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor | None, ...]:
        x, weight = ctx.saved_tensors
        gradient = gradient.contiguous(memory_format=torch.channels_last)
        wanted = ctx.needs_input_grad
        of_x = _of_input(gradient, weight, x.shape, ctx.stride, ctx.padding) if wanted[0] else None
        of_weight = _of_weight(gradient, x, weight, ctx.stride, ctx.padding) if wanted[1] else None
        return of_x, of_weight, None, None


def _of_input(gradient: Tensor, weight: Tensor, shape: torch.Size, stride: int, padding: int) -> Tensor:
    """The gradient for x, of that shape (N, C, H, W), from the one for the output, (N, C, H', W')."""
    kernel = weight.shape[-1]
    if stride > 1:  # zeros between the values of the gradient
        count, channels, rows, columns = gradient.shape
        size = (count, channels, (rows - 1) * stride + 1, (columns - 1) * stride + 1)
        spread = torch.zeros(size, dtype=gradient.dtype).to(memory_format=torch.channels_last)
        spread[:, :, ::stride, ::stride] = gradient
        gradient = spread
    outer = kernel - 1 - padding
    # Rows and columns at the end that no window reached get no gradient.
    missing = [shape[axis] - (gradient.shape[axis] + 2 * outer - kernel + 1) for axis in (2, 3)]
    if any(missing):
        gradient = F.pad(gradient, (0, missing[1], 0, missing[0])).contiguous(memory_format=torch.channels_last)
    return F.conv2d(gradient, weight.flip(2, 3), padding=outer, groups=len(weight))


def _of_weight(gradient: Tensor, x: Tensor, weight: Tensor, stride: int, padding: int) -> Tensor:
    """The gradient for the kernels, (C, 1, k, k), from the one for the output, (N, C, H', W')."""
    precise = torch.promote_types(weight.dtype, torch.float32)  # a sum over many places
    padded, result = F.pad(x, (padding,) * 4), torch.empty_like(weight, dtype=precise)
    rows, columns = ((size - 1) * stride + 1 for size in gradient.shape[2:])
    for row in range(weight.shape[2]):
        for column in range(weight.shape[3]):
            seen = padded[:, :, row : row + rows : stride, column : column + columns : stride]
            result[:, 0, row, column] = (seen * gradient).sum((0, 2, 3), dtype=precise)
    return result.to(weight.dtype)


class QuickDepthwise(nn.Conv2d):
    """A depthwise convolution, (N, C, H, W) -> (N, C, H', W'), with the gradients above while it learns on a CPU."""

    def forward(self, x: Tensor) -> Tensor:
        if not torch.is_grad_enabled() or x.device.type != "cpu":
            return super().forward(x)
        low = torch.is_autocast_enabled("cpu")
        dtype = torch.get_autocast_dtype("cpu") if low else self.weight.dtype
        return _Depthwise.apply(x.to(dtype), self.weight.to(dtype), self.stride[0], self.padding[0])


def prepare(net: nn.Module, fixed: bool) -> None:
    """Let a network's depthwise convolutions be `QuickDepthwise`, where those can be; weights and names stay.

    Args:
        net: any network; others of its layers stay as they are.
        fixed: the kernels of all depthwise convolutions do not learn.
    """
    for _, layer in layers(net):
        if fixed:
            layer.weight.requires_grad_(False)
        same = all(pair[0] == pair[1] for pair in (layer.kernel_size, layer.stride, layer.padding))
        inside = not isinstance(layer.padding, str) and layer.padding[0] < layer.kernel_size[0]
        if same and inside and layer.dilation == (1, 1) and layer.bias is None and layer.padding_mode == "zeros":
            layer.__class__ = QuickDepthwise


def layers(net: nn.Module) -> list[tuple[str, nn.Conv2d]]:
    """Convolutions with one kernel per channel, by name."""
    return [
        (name, module)
        for name, module in net.named_modules()
        if isinstance(module, nn.Conv2d) and 1 < module.groups == module.in_channels == module.out_channels
    ]
