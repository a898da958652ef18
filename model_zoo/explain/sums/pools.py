"""How a value of a pool comes about."""

import math

from torch import Tensor

from model_zoo.explain.sums.explanation import LARGEST, MEAN, Explanation, Term
from model_zoo.explain.sums.question import Question
from model_zoo.graph.windows import Window, pair, window_of


def max_pool(question: Question) -> Explanation:
    """The largest of the window's values, the first where there are several; padding never wins."""
    window, terms = _pooled(question, -math.inf)
    winner = max((term for term in terms if term.reads), key=lambda term: term.value)
    return question.explained(LARGEST, max, terms, winner.reads[0], window)


def average_pool(question: Question) -> Explanation:
    """The sum of the window's values, padding as 0, over their number; `count_include_pad` says which count."""
    window, terms = _pooled(question, 0.0)
    step, inside = question.step, sum(bool(term.reads) for term in terms)
    padding_counts = step.option("output_size") is None and step.option("count_include_pad", True)
    divisor = step.option("divisor_override") or (len(terms) if padding_counts else inside)
    return averaged(question, terms, window, divisor)


def averaged(question: Question, terms: list[Term], window: Window | None, divisor: int) -> Explanation:
    return question.explained(MEAN, lambda v: sum(v) / int(divisor), terms, None, window, {"divisor": divisor})


def _pooled(question: Question, fill: float) -> tuple[Window, list[Term]]:
    x = question.only_input(4)
    window = window_of(question.step, pair(x.shape[2:]), pair(question.index[2:]))
    if window is None:
        raise question.unknown("its windows are not known")
    return window, places_of(question, x, window, question.position.channel, fill)


def places_of(question: Question, x: Tensor, window: Window, channel: int, fill: float) -> list[Term]:
    """Every place of a window as a term, row by row."""
    values, source = window.cut(x[0, channel : channel + 1], fill)[0], question.step.inputs[0]
    terms = []
    for i, row in enumerate(window.rows):
        for j, column in enumerate(window.columns):
            place, value = Window((row,), (column,), window.grid), values[i : i + 1, j : j + 1]
            terms.append(Term(f"row {row}, column {column}", value.item(), source, channel, place, value))
    return terms
