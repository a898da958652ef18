"""How a value of each operation comes about: one function per operation, from a question to an explanation.

Every function reads the inputs' tensors and the step's weights and recalculates in double precision; none runs the
operation itself. Formulas are those of the torch.nn classes' documentation.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

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
    numbers = {} if constant is None else {"a": constant}
    rule = partial(_of_first, known.function, constant or 0.0)
    return question.explained(FUNCTION, rule, [x], x.reads[0], numbers=numbers)


def _of_first(function: Callable[[float, float], float], constant: float, values: Sequence) -> float:
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
    step, output = question.step, question.step.output
    x = question.only_input()
    if not rearranges(step):
        made_by = " and ".join(step.replay.operations) if step.replay else "several tensors"
        raise question.unknown(f"where its values come from is not known ({made_by})")
    if x.shape[0] != output.shape[0]:
        raise question.unknown("it moves values from one picture to another")
    source = source_of(step, tuple(x.shape), question.index)
    if not isinstance(source, tuple):
        return question.explained(SAME, _first, [own("padding", source)])
    if source[0]:
        raise question.unknown("it moves values from one picture to another")
    return _copied(question, 0, source)


def unchanged(question: Question) -> Explanation:
    question.only_input()
    return _copied(question, 0, question.index)


def concatenate(question: Question) -> Explanation:
    """The value of the input that stands at this place, its index counted from where that input begins."""
    index, output = question.index, question.step.output
    axis = int(question.step.option("dim", 0)) % len(index)
    sizes = [tensor.shape[axis] for tensor in question.inputs]
    repeats = output.shape[axis] // sizes[0] if len(sizes) == 1 else 1  # torch.cat([x, x]) has one input
    if axis == 0 or sum(sizes) * repeats != output.shape[axis]:
        raise question.unknown("which of its inputs a value comes from is not known")
    place, which = index[axis] % sum(sizes), 0
    while place >= sizes[which]:
        place, which = place - sizes[which], which + 1
    return _copied(question, which, (*index[:axis], place, *index[axis + 1 :]))


def _copied(question: Question, which: int, index: Index) -> Explanation:
    x = question.value_of(which, tuple(int(i) for i in index), "value")
    return question.explained(SAME, _first, [x], x.reads[0])


def _first(values: Sequence) -> float:
    return values[0]


def softmax(question: Question, temperature: float = 1.0) -> Explanation:
    """e to the power of the value, over the sum of the same for all channels at this place.

    The largest value is subtracted from all of them where a power would be too large or too small to be read; that
    changes no share.
    """
    x, dimension = question.only_input(2, 4), question.step.option("dim")
    if dimension not in (None, 1, 1 - x.dim()):
        raise question.unknown("it does not go over the channels")
    word, rest = "entry" if x.dim() == 2 else "channel", question.index[2:]
    logits = [question.value_of(0, (0, c, *rest), f"{word} {c}") for c in range(x.shape[1])]
    top = max(logit.value for logit in logits)
    subtracted = top if any(abs(logit.value / temperature) > LARGEST_POWER for logit in logits) else 0.0
    parts = [replace(t, value=math.exp((t.value - subtracted) / temperature)) for t in logits]
    asked = question.position.channel
    numbers = {
        "logit": logits[asked].value,
        "temperature": temperature,
        "subtracted": subtracted,
        "divisor": sum(part.value for part in parts),
    }
    return question.explained(SHARE, lambda v: v[asked] / sum(v), parts, parts[asked].reads[0], numbers=numbers)
