"""How a value of each operation comes about: one function per operation, from a question to an explanation.

Every function reads the inputs' tensors and the step's weights and recalculates in double precision; none runs the
operation itself. Formulas are those of the torch.nn classes' documentation.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
from torch import Tensor

from model_zoo.explain.sums.activations import ACTIVATIONS
from model_zoo.explain.sums.explanation import (
    FUNCTION,
    POINT,
    PRODUCT,
    QUOTIENT,
    SAME,
    SHARE,
    SUM,
    Explanation,
    Term,
)
from model_zoo.explain.sums.question import Index, Question, own
from model_zoo.graph.position import Position
from model_zoo.graph.rearrange import rearranges, source_of
from model_zoo.graph.windows import Window, pair, window_of

LARGEST_POWER = 10.0  # of e that softmax shows as it is
FIRST, SECOND = ("a", "input", "self"), ("b", "other")  # what torch and Python call the operands of + - × ÷


def convolution(question: Question) -> Explanation:
    """Per channel of its group: patch times kernel, summed; then the bias."""
    weight, bias = question.step.option("weight"), question.step.option("bias")
    if isinstance(weight, Tensor) and weight.dim() == 3:
        return _in_a_row(question, weight, bias)
    if not isinstance(weight, Tensor) or weight.dim() != 4:
        raise question.unknown("its weights are not its own")
    x, channel = question.only_input(4), question.position.channel
    window = window_of(question.step, pair(x.shape[2:]), pair(question.index[2:]))
    if window is None:
        raise question.unknown("its windows are not known")
    kernels = weight[channel].detach().double().cpu().numpy()  # (channels of its group, rows, columns)
    group = channel // (weight.shape[0] // question.step.option("groups", 1))
    first = group * len(kernels)
    patches = window.cut(x[0, first : first + len(kernels)])
    terms = _weighted(question, first, window, patches, kernels)
    return question.explained(SUM, sum, terms + _bias(bias, channel), window=window)


def _in_a_row(question: Question, weight: Tensor, bias: Tensor | None) -> Explanation:
    """A convolution over a row of values, (N, channels, places)."""
    x, step = question.only_input(3), question.step
    channel, place = question.index[1:]
    stride, padding, dilation = (
        value[0] if isinstance(value, list | tuple) else value
        for value in (step.option("stride", 1), step.option("padding", 0), step.option("dilation", 1))
    )
    if not isinstance(padding, int) or step.option("padding_mode", "zeros") != "zeros":
        raise question.unknown("its windows are not known")
    first = channel // (weight.shape[0] // step.option("groups", 1)) * weight.shape[1]
    terms = []
    for k, kernel in enumerate(weight[channel].detach().double().tolist()):
        for n, factor in enumerate(kernel):
            at = place * stride - padding + n * dilation
            if 0 <= at < x.shape[2]:  # padding is 0
                terms.append(question.value_of(0, (0, first + k, at), f"channel {first + k}, place {at}", factor))
    return question.explained(SUM, sum, terms + _bias(bias, channel))


def linear(question: Question) -> Explanation:
    """Every entry times its weight, then the bias."""
    weight, bias = question.step.option("weight"), question.step.option("bias")
    if not isinstance(weight, Tensor) or weight.dim() != 2:
        raise question.unknown("its weights are not its own")
    x, entry = question.only_input(), question.index[-1]
    weights = weight[entry].detach().double().cpu().numpy()
    if x.dim() == 2:  # many entries: all at once
        values = x[0].detach().double().cpu().numpy()
        terms = _weighted(question, 0, POINT, values[:, None, None], weights[:, None, None])
    else:
        places = [(*question.index[:-1], k) for k in range(len(weights))]
        terms = [question.value_of(0, place, f"entry {place[-1]}", w) for place, w in zip(places, weights, strict=True)]
    return question.explained(SUM, sum, terms + _bias(bias, entry))


def _weighted(question: Question, first: int, window: Window, patches: np.ndarray, kernels: np.ndarray) -> list[Term]:
    with np.errstate(invalid="ignore"):
        sums = (patches * kernels).sum(axis=(1, 2)).tolist()
    source, word = question.step.inputs[0], "entry" if window == POINT else "channel"
    return [
        Term(f"{word} {first + i}", sums[i], source, first + i, window, patches[i], kernels[i])
        for i in range(len(sums))
    ]


def _bias(bias: Tensor | None, channel: int) -> list[Term]:
    return [] if bias is None else [own("bias", bias[channel].item())]


def activation(question: Question) -> Explanation:
    """A function of one value; GELU and its like are the value times a gate."""
    known, channel = ACTIVATIONS[question.step.operation], question.index[1]
    question.only_input()
    x, constant = question.value_of(0, question.index, "value"), known.constant(question.step, channel)
    if known.gated:
        gate = own("gate", known.function(x.value, constant or 0.0))
        return question.explained(PRODUCT, math.prod, [x, gate], x.reads[0])
    constants = constant if isinstance(constant, tuple) else (constant,)
    numbers: dict[str, float] = {
        name: number for name, number in zip("ab", constants, strict=False) if number is not None
    }
    rule = partial(_of_first, known.function, constant or 0.0)
    return question.explained(FUNCTION, rule, [x], x.reads[0], numbers=numbers)


def _of_first(function: Callable[[float, Any], float], constant: Any, values: Sequence) -> float:
    return function(float(values[0]), constant)


def add(question: Question) -> Explanation:
    return _added(question, 1.0)


def subtract(question: Question) -> Explanation:
    return _added(question, -1.0)


def _added(question: Question, sign: float) -> Explanation:
    factor = sign * float(question.step.arguments.get("alpha", 1))
    terms = [_operand(question, 0), _operand(question, 1, None if factor == 1 else factor)]
    return question.explained(SUM, sum, terms, _only_source(terms))


def multiply(question: Question) -> Explanation:
    terms = [_operand(question, 0), _operand(question, 1)]
    return question.explained(PRODUCT, math.prod, terms, _only_source(terms))


def divide(question: Question) -> Explanation:
    if question.step.arguments.get("rounding_mode") is not None:
        raise question.unknown("it rounds its result")
    terms = [_operand(question, 0), _operand(question, 1)]
    return question.explained(QUOTIENT, lambda v: v[0] / v[1] if v[1] else math.nan, terms, _only_source(terms))


def _operand(question: Question, which: int, factor: float | None = None) -> Term:
    """What stands left or right of + - × ÷, spread over the places of the output as torch does."""
    step = question.step
    given = [next((step.arguments[n] for n in names if n in step.arguments), None) for names in (FIRST, SECOND)]
    if given[which] is None:
        # A step may take one input twice, as in x + x; `inputs` holds it once.
        number = min(sum(constant is None for constant in given[:which]), len(question.inputs) - 1)
        tensor = question.inputs[number]
        return question.value_of(number, _spread(question.index, tuple(tensor.shape)), "value", factor)
    constant = given[which]
    if isinstance(constant, Tensor):
        constant = constant[_spread(question.index, tuple(constant.shape))].item()
    number = 0.0 if constant is None else float(constant)
    weights = None if factor is None else np.array([[factor]])
    return Term("constant", number * (1.0 if factor is None else factor), values=np.array([[number]]), weights=weights)


def _spread(index: Index, shape: tuple[int, ...]) -> Index:
    """The index in a tensor of `shape` that torch's broadcasting takes for `index` of the result."""
    last = index[len(index) - len(shape) :] if shape else ()
    return tuple(0 if size == 1 else i for i, size in zip(last, shape, strict=True))


def _only_source(terms: Sequence[Term]) -> Position | None:
    reads = [position for term in terms for position in term.reads]
    return reads[0] if len(set(reads)) == 1 else None


def rearrangement(question: Question) -> Explanation:
    """The same value at another place, or a number that stands in the padding."""
    step, x = question.step, question.only_input()
    if not rearranges(step):
        made_by = " and ".join(step.replay.operations) if step.replay else "several tensors"
        raise question.unknown(f"where its values come from is not known ({made_by})")
    source = source_of(step, tuple(x.shape), question.index)
    if not isinstance(source, tuple):
        return question.explained(SAME, _first, [own("padding", source)])
    if not source[0]:
        return copied(question, 0, source)
    # Of a step before, such as one that puts query, key and value first, only the first entry can be pointed at: where
    # that step but rearranges values itself, the value is the one before it.
    name, index = step.inputs[0], source
    while index[0] and question.pictures == 1 and name in question.before and rearranges(question.before[name]):
        earlier = question.before[name]
        name = earlier.inputs[0]
        found = source_of(earlier, earlier.replay.shape if earlier.replay else (), index)
        if not isinstance(found, tuple):
            return question.explained(SAME, _first, [own("padding", found)])
        index = found
    if index[0] or name not in question.before:
        raise question.unknown("it moves values from one picture to another")
    longer = replace(question, step=replace(step, inputs=(name,)), inputs=(question.before[name].output,))
    return copied(longer, 0, index)


def unchanged(question: Question) -> Explanation:
    question.only_input()
    return copied(question, 0, question.index)


def copied(question: Question, which: int, index: Index) -> Explanation:
    x = question.value_of(which, tuple(int(i) for i in index), "value")
    return question.explained(SAME, _first, [x], x.reads[0])


def _first(values: Sequence) -> float:
    return values[0]


def softmax(question: Question, temperature: float = 1.0) -> Explanation:
    """e to the power of the value, over the sum of the same for all values along the dimension.

    The largest value is subtracted from all of them where a power would be too large or too small to be read; that
    changes no share.
    """
    x, index = question.only_input(), question.index
    given = question.step.option("dim")
    axis = 1 if given is None else given % x.dim()
    if axis == 0:
        raise question.unknown("it mixes several pictures")
    word = "channel" if x.dim() == 4 and axis == 1 else "entry"
    places = [(*index[:axis], n, *index[axis + 1 :]) for n in range(x.shape[axis])]
    logits = [question.value_of(0, place, f"{word} {n}") for n, place in enumerate(places)]
    top = max(logit.value for logit in logits)
    subtracted = top if any(abs(logit.value / temperature) > LARGEST_POWER for logit in logits) else 0.0
    parts = [replace(t, value=math.exp((t.value - subtracted) / temperature)) for t in logits]
    asked = index[axis]
    numbers = {
        "logit": logits[asked].value,
        "temperature": temperature,
        "subtracted": subtracted,
        "divisor": sum(part.value for part in parts),
    }
    return question.explained(SHARE, lambda v: v[asked] / sum(v), parts, parts[asked].reads[0], numbers=numbers)
