"""How a value comes about that is made of all along some dimensions: mean, sum, largest."""

import math
from itertools import product

from model_zoo.explain.sums.explanation import LARGEST, SUM, Explanation, Term
from model_zoo.explain.sums.pools import averaged, places_of
from model_zoo.explain.sums.question import Question
from model_zoo.graph.windows import Window, pair

MOST_TERMS = 20_000


def mean(question: Question) -> Explanation:
    window, terms = _over_dimensions(question)
    return averaged(question, terms, window, len(terms))


def total(question: Question) -> Explanation:
    _, terms = _over_dimensions(question)
    return question.explained(SUM, sum, terms)


def largest(question: Question) -> Explanation:
    """The largest, the first of several equal ones."""
    window, terms = _over_dimensions(question)
    return question.explained(LARGEST, max, terms, max(terms, key=lambda term: term.value).reads[0], window)


def _over_dimensions(question: Question) -> tuple[Window | None, list[Term]]:
    """The values as terms; with their window, where they are rows and columns of a map."""
    x = question.only_input()
    given = question.step.option("dim", ())
    over = {d % x.dim() for d in ((given,) if isinstance(given, int) else given)}
    if not over or 0 in over:
        raise question.unknown("it goes over all dimensions at once")
    index = list(question.index)
    if len(index) < x.dim():  # the dimensions are gone
        for axis in sorted(over):
            index.insert(axis, 0)
    if x.dim() == 4 and over <= {2, 3}:
        rows, columns = (tuple(range(x.shape[a])) if a in over else (index[a],) for a in (2, 3))
        window = Window(rows, columns, pair(x.shape[2:]))
        return window, places_of(question, x, window, index[1], 0.0)
    if math.prod(x.shape[axis] for axis in over) > MOST_TERMS:
        raise question.unknown("it is made of too many values to be shown")
    ranges = [range(x.shape[axis]) if axis in over else (index[axis],) for axis in range(x.dim())]
    return None, [question.value_of(0, place, f"value {n}") for n, place in enumerate(product(*ranges))]
