"""How a value of an enlarged or shrunk map comes about: nearest and bilinear interpolation of torch.nn.Upsample.

Along each axis, output place i of scale s = places before / places after lies at s (i + 1/2) - 1/2 of the input, at
least 0, or, with aligned corners, at i (before - 1) / (after - 1). Bilinear interpolation takes the four places around
it, each times how near it is.
"""

from itertools import product

from model_zoo.explain.sums.explanation import SUM, Explanation
from model_zoo.explain.sums.operations import copied
from model_zoo.explain.sums.question import Question
from model_zoo.graph.step import Step

MODES = ("nearest", "bilinear")


def spans(step: Step, axis: int, size: int) -> list[tuple[int, int]] | None:
    """For each place along an axis of the output, the first and last of the `size` places before that it is made of.

    None where the mode is not known.
    """
    mode = step.option("mode", "nearest")
    if step.option("antialias", False) or mode not in MODES:
        return None
    scale, aligned = _scale(step, axis, size)
    if mode == "nearest":
        places = [min(int(i * scale), size - 1) for i in range(step.shape[axis])]
        return [(place, place) for place in places]
    weights = [_weights(i, scale, size, aligned) for i in range(step.shape[axis])]
    return [(parts[0][0], parts[-1][0]) for parts in weights]


def upsample(question: Question) -> Explanation:
    x, step = question.only_input(4), question.step
    mode = step.option("mode", "nearest")
    if step.option("antialias", False) or mode not in MODES:
        raise question.unknown(f"its mode is {mode}")
    scales = [_scale(step, axis, x.shape[axis]) for axis in (2, 3)]
    axes = [(question.index[axis], *scales[axis - 2], x.shape[axis]) for axis in (2, 3)]
    if mode == "nearest":
        places = [min(int(i * scale), size - 1) for i, scale, _, size in axes]
        return copied(question, 0, (0, question.index[1], *places))
    weights = [_weights(i, scale, size, aligned) for i, scale, aligned, size in axes]
    terms = [
        question.value_of(0, (0, question.index[1], row, column), f"row {row}, column {column}", near * beside)
        for (row, near), (column, beside) in product(*weights)
    ]
    return question.explained(SUM, sum, terms)


def _scale(step: Step, axis: int, size: int) -> tuple[float, bool]:
    """How far it is from one place after to the next one, in places before; and whether corners are aligned."""
    after, factor = step.shape[axis], step.option("scale_factor")
    if step.option("align_corners", False):
        return (size - 1) / (after - 1) if after > 1 else 0.0, True
    if factor is None or step.option("size") is not None or step.option("recompute_scale_factor", False):
        return size / after, False
    each = factor[axis - 2] if isinstance(factor, list | tuple) else factor
    return 1 / float(each), False


def _weights(place: int, scale: float, size: int, aligned: bool) -> list[tuple[int, float]]:
    """The one or two places along an axis, with how near each is."""
    at = place * scale if aligned else max((place + 0.5) * scale - 0.5, 0.0)
    first = min(int(at), size - 1)
    part = min(at - first, 1.0)
    second = min(first + 1, size - 1)
    if second == first or part == 0:
        return [(first, 1.0)]
    return [(first, 1 - part), (second, part)]
