"""How a value of several tensors side by side comes about: it is the one that stands there."""

from torch import Tensor

from model_zoo.explain.sums.explanation import SAME, Explanation
from model_zoo.explain.sums.operations import copied
from model_zoo.explain.sums.question import Index, Question, own
from model_zoo.graph.step import Taken


def concatenate(question: Question) -> Explanation:
    """The value of the tensor that stands at this place, its index counted from where that tensor begins."""
    index, output = question.index, question.step.output
    axis = int(question.step.option("dim", question.step.option("axis", 0))) % len(index)
    parts = _parts(question)
    sizes = [_tensor(question, part).shape[axis] for part in parts]
    if axis == 0 or sum(sizes) != output.shape[axis]:
        raise question.unknown("which of its inputs a value comes from is not known")
    place, which = index[axis], 0
    while place >= sizes[which]:
        place, which = place - sizes[which], which + 1
    return _of_part(question, parts[which], (*index[:axis], place, *index[axis + 1 :]))


def stack(question: Question) -> Explanation:
    """As `concatenate`, along a dimension of its own."""
    index = question.index
    axis = int(question.step.option("dim", 0)) % len(index)
    if axis == 0 and question.pictures > 1:
        raise question.unknown("it moves values from one picture to another")
    return _of_part(question, _parts(question)[index[axis]], (*index[:axis], *index[axis + 1 :]))


def _parts(question: Question) -> list[Tensor | Taken]:
    found = question.step.operands.get("tensors")
    if not isinstance(found, list | tuple) or not all(isinstance(part, Tensor | Taken) for part in found):
        raise question.unknown("which of its inputs a value comes from is not known")
    return list(found)


def _tensor(question: Question, part: Tensor | Taken) -> Tensor:
    return question.inputs[part.number] if isinstance(part, Taken) else part


def _of_part(question: Question, part: Tensor | Taken, index: Index) -> Explanation:
    if isinstance(part, Taken):
        return copied(question, part.number, index)
    return question.explained(SAME, lambda values: values[0], [own("weight", float(part[index]))])
