"""How a value of a normalisation comes about: value times scale plus shift.

scale = weight / √(variance + ε) and shift = bias - mean · scale, as in the documentation of torch.nn.BatchNorm2d,
LayerNorm, GroupNorm and InstanceNorm2d. Mean and variance are learned ones or those of values of this very pass.
"""

import math

import torch
from torch import Tensor

from model_zoo.explain.sums.explanation import MEASURED, SCALED, Explanation
from model_zoo.explain.sums.question import Question, own
from model_zoo.graph.norms import uses_batch_statistics


def batch_norm(question: Question) -> Explanation:
    """With learned mean and variance of the channel, or with those of all its values in this pass."""
    step, channel = question.step, question.index[1]
    weight, bias = step.option("weight"), step.option("bias")
    x = question.only_input()
    if uses_batch_statistics(step):
        return _normalised(question, x[:, channel], weight, bias, channel)
    mean, variance = step.option("running_mean"), step.option("running_var")
    return _scaled(question, mean[channel].item(), variance[channel].item(), weight, bias, channel)


def instance_norm(question: Question) -> Explanation:
    """As batch norm, with mean and variance of this picture's channel alone."""
    step, channel = question.step, question.index[1]
    weight, bias, mean = step.option("weight"), step.option("bias"), step.option("running_mean")
    by_picture = step.module is None and step.option("use_input_stats", True)
    if mean is None or by_picture:
        return _normalised(question, question.only_input()[0, channel], weight, bias, channel)
    return _scaled(question, mean[channel].item(), step.option("running_var")[channel].item(), weight, bias, channel)


def group_norm(question: Question) -> Explanation:
    """With mean and variance of all channels of a group."""
    step, channel, x = question.step, question.index[1], question.only_input()
    size = x.shape[1] // step.option("num_groups")
    first = channel // size * size
    return _normalised(question, x[0, first : first + size], step.option("weight"), step.option("bias"), channel)


def layer_norm(question: Question) -> Explanation:
    """With mean and variance over the last dimensions, whose sizes are `normalized_shape`."""
    step, index, x = question.step, question.index, question.only_input()
    shape = step.option("normalized_shape")
    over = len(shape) if isinstance(shape, list | tuple | torch.Size) else 1
    return _normalised(question, x[index[:-over]], step.option("weight"), step.option("bias"), index[-over:])


def _normalised(
    question: Question, values: Tensor, weight: Tensor | None, bias: Tensor | None, which: int | tuple[int, ...]
) -> Explanation:
    exact = values.detach().double()
    mean, variance = exact.mean().item(), exact.var(correction=0).item()
    return _scaled(question, mean, variance, weight, bias, which, {MEASURED: values.numel()})


def _scaled(
    question: Question,
    mean: float,
    variance: float,
    weight: Tensor | None,
    bias: Tensor | None,
    which: int | tuple[int, ...],
    more: dict[str, float] | None = None,
) -> Explanation:
    gamma = 1.0 if weight is None else weight[which].item()
    beta = 0.0 if bias is None else bias[which].item()
    epsilon = float(question.step.option("eps", 1e-5))
    scale = gamma / math.sqrt(variance + epsilon)
    terms = [question.value_of(0, question.index, "value"), own("scale", scale), own("shift", beta - mean * scale)]
    numbers = {"mean": mean, "variance": variance, "weight": gamma, "bias": beta, "epsilon": epsilon} | (more or {})
    return question.explained(SCALED, lambda v: v[0] * v[1] + v[2], terms, terms[0].reads[0], numbers=numbers)
