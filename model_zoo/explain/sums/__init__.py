"""How any single value of a network came about, as a calculation that can be checked by hand.

    x = model.prepare(picture)
    steps = model_zoo.walk(model.net, x)
    found = explain(steps, x, "conv1", channel=5, row=3, column=4)
    found.terms                  # per input channel patch, kernel and the sum of their products; then the bias
    found.total, found.value     # as calculated from the terms, and as the network's tensor holds it
    adds_up(found)               # True
    found.reads                  # the positions of the values read; explain(steps, x, *found.reads[0]) goes on
    back(steps, x, pooled)       # from a pooled value to the winner, through ReLU, to the convolution that made it
    words(found), latex(found), table(found)

Everything is calculated anew, in double precision, from the tensors of the walk and the weights of its steps; nothing
is changed, and any number of threads may ask at once.
"""

import math
from collections.abc import Callable, Sequence

from torch import Tensor

from model_zoo.explain.sums import joins, mixing, norms, operations, pools, reductions, resampling
from model_zoo.explain.sums.activations import ACTIVATIONS
from model_zoo.explain.sums.edited import edited
from model_zoo.explain.sums.explanation import PROBABILITY, SAME, Explanation, Term, adds_up
from model_zoo.explain.sums.formula import latex
from model_zoo.explain.sums.question import Question, UnknownOperation
from model_zoo.explain.sums.rounding import Decimals, chain_digits, digits, shown
from model_zoo.explain.sums.wording import table, words
from model_zoo.graph.op_names import INPUT
from model_zoo.graph.position import Position, index_of, position_at
from model_zoo.graph.rearrange import REARRANGES, UNCHANGED
from model_zoo.graph.step import Step, answer

__all__ = [
    "EXPLAINED",
    "Decimals",
    "Explanation",
    "Position",
    "Term",
    "UnknownOperation",
    "adds_up",
    "back",
    "chain_digits",
    "digits",
    "explain",
    "latex",
    "probability",
    "shown",
    "table",
    "words",
]

EXPLAINED: dict[str, Callable[[Question], Explanation]] = {
    "convolution": operations.convolution,
    "linear": operations.linear,
    "batch norm": norms.batch_norm,
    "instance norm": norms.instance_norm,
    "group norm": norms.group_norm,
    "layer norm": norms.layer_norm,
    **dict.fromkeys(ACTIVATIONS, operations.activation),
    "add": operations.add,
    "subtract": operations.subtract,
    "multiply": operations.multiply,
    "divide": operations.divide,
    "max pool": pools.max_pool,
    "average pool": pools.average_pool,
    "mean": reductions.mean,
    "sum": reductions.total,
    "amax": reductions.largest,
    "softmax": operations.softmax,
    "matrix product": mixing.matrix_product,
    "einsum": mixing.einsum,
    "attention": mixing.attention,
    "upsample": resampling.upsample,
    "concatenate": joins.concatenate,
    "stack": joins.stack,
    **dict.fromkeys(REARRANGES, operations.rearrangement),
    **dict.fromkeys(UNCHANGED, operations.unchanged),
}


def explain(steps: Sequence[Step], x: Tensor, step: str, channel: int, row: int = 0, column: int = 0) -> Explanation:
    """How one value of a walk came about.

    Args:
        steps: what `model_zoo.walk` returned.
        x: the input of that walk, (N, channels, rows, columns), as `edits.edited_picture` gives it where the walk had
            edits; the first picture is explained.
        step: name of a step, or "input" for a value of the picture itself.
        channel, row, column: the value's place from 0 on; of a vector, channel is the entry, row and column are 0.

    Raises:
        UnknownOperation: the step's operation has no explanation here; the message names it.
        ValueError: no such step, channel, row or column; the message is a sentence.
    """
    position = Position(step, channel, row, column)
    if step == INPUT:
        index = index_of(position, tuple(x.shape))
        position = Position(INPUT, *index[1:])
        return Explanation(position, tuple(x.shape[1:]), INPUT, SAME, float(x[index]), (), lambda v: v[0])
    named = {s.name: s for s in steps}
    if step not in named:
        raise ValueError(f"There is no step {step!r}; the steps are {', '.join((INPUT, *named))}.")
    asked = named[step]
    if asked.operation not in EXPLAINED:
        raise UnknownOperation(f"How {step} works ({asked.operation}) cannot be explained: the operation is not known.")
    index = index_of(position, asked.shape)
    inputs = tuple(x if name == INPUT else named[name].output for name in asked.inputs)
    position = position_at(step, index, asked.shape)
    found = EXPLAINED[asked.operation](Question(asked, position, index, inputs, named, x.shape[0]))
    return edited(found, steps, asked, index[1]) if asked.edits else found


def back(steps: Sequence[Step], x: Tensor, explanation: Explanation) -> list[Explanation]:
    """An explanation and those of the values before it, for as long as each comes from one value alone.

    The chain goes through the winner of a max pool, ReLU, batch norm, flatten, constants and (from a probability) the
    class's own logit. Of a channel that an edit multiplies, what it multiplies comes next. It ends with the value that
    several others made, such as a convolution's, with the picture, or before an operation that is not known.
    """
    chain = [explanation]
    while chain[-1].main is not None:
        try:
            chain.append(chain[-1].without or explain(steps, x, *chain[-1].main))
        except UnknownOperation:
            break
    return chain


def probability(steps: Sequence[Step], channel: int, temperature: float = 1.0) -> Explanation:
    """The probability that softmax makes of the logits, the network's answer, for one class.

    Args:
        steps: a walk whose answer is logits, (N, classes).
        channel: number of the class.
        temperature: the logits are divided by it; above 1 it makes the probabilities more alike.

    Raises:
        ValueError: no such class or no logits, or a temperature that is not above 0; the message is a sentence.
    """
    if not (isinstance(temperature, int | float) and 0 < temperature < math.inf):
        raise ValueError(f"The temperature is a number above 0, not {temperature!r}.")
    logits = answer(steps)
    if len(logits.shape) != 2:
        raise ValueError("The probabilities of a network whose answer is no vector cannot be explained.")
    index = index_of(Position(logits.name, channel), logits.shape)
    softmax = Step(PROBABILITY, "softmax", (logits.name,), (logits.output.double() / temperature).softmax(1), None, 0)
    question = Question(softmax, Position(PROBABILITY, index[1]), index, (logits.output,))
    return operations.softmax(question, float(temperature))
