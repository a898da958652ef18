"""How a value comes about that is a sum of products of two tensors: matrix products, attention, einsum.

Formulas as documented for torch.matmul, torch.einsum and torch.nn.functional.scaled_dot_product_attention.
"""

import math
from collections.abc import Sequence
from dataclasses import replace
from itertools import product

import numpy as np
import torch
from torch import Tensor

from model_zoo.explain.sums.explanation import SUM, Explanation
from model_zoo.explain.sums.question import Index, Question
from model_zoo.graph.step import Taken

Given = Tensor | Taken  # an argument: the network's own tensor, or a step's

LEFT = ("input", "a", "self")
RIGHT = ("other", "b", "mat2", "tensor2")
MOST_TERMS = 20_000


def matrix_product(question: Question) -> Explanation:
    """Row of the first times column of the second, entry by entry."""
    left, right = given(question, *LEFT), given(question, *RIGHT)
    rows, columns = tensor_of(question, left), tensor_of(question, right)
    if rows.dim() < 2 or columns.dim() < 2:
        raise question.unknown("one of its tensors is a vector")
    *before, row, column = question.index
    first = [(*_spread(before, rows.shape[:-2]), row, k) for k in range(rows.shape[-1])]
    second = [(*_spread(before, columns.shape[:-2]), k, column) for k in range(rows.shape[-1])]
    return _summed(question, (left, first), (right, second))


def einsum(question: Question) -> Explanation:
    """Two tensors whose letters say which places are multiplied; those that the result lacks are summed over."""
    operands = question.step.operands
    text, tensors = operands.get("equation"), operands.get("tensors")
    pair = list(tensors) if isinstance(tensors, list | tuple) else [tensors, operands.get("#2")]
    sides = text.replace(" ", "").split("->") if isinstance(text, str) else []
    parts = sides[0].split(",") if len(sides) == 2 else []
    pair = [each for each in pair if isinstance(each, Tensor | Taken)]
    if len(parts) != 2 or len(pair) != 2 or not all(_names(question, *each) for each in zip(parts, pair, strict=True)):
        raise question.unknown("its equation is of a kind that is not known")
    letters = dict(zip(sides[1], question.index, strict=True))
    sizes = {
        letter: size
        for part, each in zip(parts, pair, strict=True)
        for letter, size in zip(part, tensor_of(question, each).shape, strict=True)
    }
    over = [letter for letter in sizes if letter not in letters]
    if math.prod(sizes[letter] for letter in over) > MOST_TERMS:
        raise question.unknown("it is a sum of too many products to be shown")
    places = [letters | dict(zip(over, at, strict=True)) for at in product(*(range(sizes[letter]) for letter in over))]
    first, second = ([tuple(place[letter] for letter in part) for place in places] for part in parts)
    return _summed(question, (pair[0], first), (pair[1], second))


def _names(question: Question, letters: str, found: Given) -> bool:
    """Whether letters stand for all dimensions of a tensor, each once."""
    return letters.isalpha() and len(set(letters)) == len(letters) == tensor_of(question, found).dim()


def attention(question: Question) -> Explanation:
    """The values, each times its share: softmax over all places of query · key / √d, plus the mask."""
    operands = question.step.operands
    if operands.get("is_causal") or operands.get("enable_gqa"):
        raise question.unknown("it is used in a way that is not known")
    found = [given(question, name) for name in ("query", "key", "value")]
    query, key, value = (tensor_of(question, each).detach().double() for each in found)
    *before, row, column = question.index
    q = query[(*_spread(before, query.shape[:-2]), row)]
    k = key[_spread(before, key.shape[:-2])]
    scores = (k * q).sum(1) * (operands.get("scale") or 1 / math.sqrt(query.shape[-1]))
    if operands.get("attn_mask") is not None:
        mask = tensor_of(question, given(question, "attn_mask"))
        here = mask[_spread((*before, row), mask.shape[:-1])].expand(len(scores))
        scores = scores.masked_fill(~here, -math.inf) if here.dtype == torch.bool else scores + here.double()
    if not isinstance(found[2], Taken):
        raise question.unknown("its values do not come from a step")
    number, at = found[2].number, _spread(before, value.shape[:-2])
    shares = enumerate(scores.softmax(0).tolist())
    terms = [question.value_of(number, (*at, n, column), f"place {n}", share) for n, share in shares]
    return question.explained(SUM, sum, terms)


def given(question: Question, *names: str) -> Given:
    """A tensor among the arguments, by one of its names."""
    found = next((question.step.operands[name] for name in names if name in question.step.operands), None)
    if not isinstance(found, Tensor | Taken):
        raise question.unknown("one of its tensors is not known")
    return found


def tensor_of(question: Question, found: Given) -> Tensor:
    return question.inputs[found.number] if isinstance(found, Taken) else found


def _summed(question: Question, left: tuple[Given, list[Index]], right: tuple[Given, list[Index]]) -> Explanation:
    """The sum of the products of values of two tensors, place by place; at least one of them is a step's."""
    (source, places), (other, factors) = (left, right) if isinstance(left[0], Taken) else (right, left)
    if not isinstance(source, Taken):
        raise question.unknown("it takes no values of a step")
    axes = tuple(torch.from_numpy(axis) for axis in np.array(factors).T)
    weights = tensor_of(question, other).detach()[axes].double().tolist()
    terms = [
        question.value_of(source.number, place, f"entry {n}", weight)
        for n, (place, weight) in enumerate(zip(places, weights, strict=True))
    ]
    if isinstance(other, Taken):
        reads = [question.value_of(other.number, place, "").reads for place in factors]
        terms = [replace(term, factors=tuple(read)) for term, read in zip(terms, reads, strict=True)]
    return question.explained(SUM, sum, terms)


def _spread(index: Sequence[int], sizes: Sequence[int]) -> Index:
    """The place in leading dimensions of these sizes that torch's broadcasting takes."""
    last = index[len(index) - len(sizes) :] if len(sizes) else ()
    return tuple(0 if size == 1 else i for i, size in zip(last, sizes, strict=True))
