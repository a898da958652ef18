"""A value's calculation as tasks for pen and paper: few numbers to fill in, and all of them right as printed.

Every number of a task is calculated from the numbers printed before it, not from the network's own, so that whoever
follows the sheet gets the results of the key; a task takes the result of the one before. How many decimals that needs
to stay near the network's numbers is tried out.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal

from demo.share.worksheet.exercise_model import (
    Gap,
    Grid,
    Grids,
    Line,
    Piece,
    Precision,
    Task,
    added,
    exponent,
    given,
    printed,
    task_of,
    text,
    total_of,
    wrapped,
)
from demo.share.worksheet.exercise_sums import weighted
from model_zoo.explain.sums import Explanation
from model_zoo.explain.sums.explanation import FACTOR, LARGEST, MEAN, MEASURED, PRODUCT, QUOTIENT, SAME, SHARE, SUM
from model_zoo.explain.sums.rounding import places, rounded
from model_zoo.explain.sums.wording import NORMS, manner
from model_zoo.graph.op_names import INPUT

LARGE = 16  # values of a window that are added up by hand
MOST_ADDED = 8  # values of a long sum that are printed, the largest ones
MOST_SHOWN = 64  # values of a window that are printed
NEAR, OF_LARGEST = 0.02, 0.004  # of the network's own number, or of the largest number in the calculation
PRECISIONS = tuple(Precision(*pair) for pair in ((2, 3), (3, 3), (3, 4), (4, 4), (5, 5), (6, 6), (8, 8)))


def tasks(chain: Sequence[Explanation], labels: Sequence[str] = ()) -> tuple[list[Task], Precision]:
    """The calculations of a chain, the first one first, with the fewest decimals that stay near the network's numbers.

    Args:
        chain: what `sums.back` returned, perhaps with what `sums.probability` says of a logit before it.
        labels: names of the classes, where it ends with a probability.

    Returns:
        One task for each step that calculates something; none where all of them only hand a value on. Their results
        differ from the tensors' by 2 % at most, or by 0.4 % of the largest number that is calculated with.
    """
    size = max((abs(t.value) for e in chain for t in e.terms if t.reads or e.kind == SUM), default=1.0)
    made: list[Task] = []
    for precision in PRECISIONS:
        made = list(_made(chain, labels, precision))
        near = (abs(float(t.result) - t.exact) <= max(NEAR * abs(t.exact), OF_LARGEST * min(size, 1.0)) for t in made)
        if all(near):
            return made, precision
    return made, PRECISIONS[-1]


def _made(chain: Sequence[Explanation], labels: Sequence[str], precision: Precision) -> Iterator[Task]:
    before: Decimal | None = None  # the result that the next task takes
    for e in reversed(chain):
        if e.operation == INPUT or e.kind == SAME:
            before = rounded(e.total, precision.results) if before is None else before
            continue
        if e.kind == SHARE:
            task = _share(e, before, labels, precision)
        else:
            task = _WAYS.get(manner(e), _WAYS.get(e.kind, _function))(e, before, precision)
        yield task
        before = task.result


# --------------------------------------------------------------------------------------------- from one value to one


def _normalised(e: Explanation, before: Decimal | None, precision: Precision) -> Task:
    x, own = given(e, e.terms[0], before, precision)
    scale, shift = (rounded(t.value, max(precision.results, places(t.value))) for t in e.terms[1:])
    shift = rounded(shift, precision.results)
    product = rounded(x * scale, precision.results)
    sign = "=" if product == x * scale else "≈"
    body = [
        Line((printed(x, own), f" × {wrapped(scale)} {sign} ", Gap(text(product)))),
        added([(product, True), (shift, False)], Gap(text(product + shift))),
    ]
    lead = "Value × scale + shift, with numbers that were learned in training."
    asked = "Scale and shift stay the same for every place and picture. For which value before would the result be 0?"
    if MEASURED in e.numbers:
        lead = (
            "Value × scale + shift. Mean and variance, and so scale and shift, are those of values of this very pass."
        )
        asked = "For which value before would the result be 0, with the same scale and shift?"
    zero = "For none: the scale is 0." if not scale else f"For {text(rounded(-shift / scale, precision.results))}."
    return task_of(e, lead, body, product + shift, (asked, zero))


def _relu(e: Explanation, before: Decimal | None, precision: Precision) -> Task:
    x, own = given(e, e.terms[0], before, precision)
    result = max(x, Decimal(0).quantize(x))
    body = [Line(("max(0, ", printed(x, own, wrap=False), ") = ", Gap(text(result))))]
    lead = "What is below 0 becomes 0, all else stays."
    if x > 0:
        asked = "By how much could the value before ReLU fall before the result reaches 0?"
    else:
        asked = "By how much would the value before ReLU have to rise before anything passes?"
    return task_of(e, lead, body, result, (asked, f"By {text(abs(x))}."))


def _function(e: Explanation, before: Decimal | None, precision: Precision) -> Task:
    x, own = given(e, e.terms[0], before, precision)
    exact = float(e.rule([x]))
    result = rounded(exact, precision.results)
    sign = "" if float(result) == exact else "≈ "
    constant = e.numbers.get("a")
    how = f", with a = {text(rounded(constant, precision.results))}" if constant is not None else ""
    lead = f"{e.operation}{how}: {FUNCTIONS.get(e.operation, 'a function of this one value')}."
    asked = "Is the result larger or smaller than the value before?"
    answer = "Larger." if result > x else "Smaller." if result < x else "It is the same."
    line = Line(("of ", printed(x, own, wrap=False), f": {sign}", Gap(text(result))))
    return task_of(e, lead, [line], result, (asked, answer))


FUNCTIONS = {
    "ReLU6": "what is below 0 becomes 0, what is above 6 becomes 6",
    "leaky ReLU": "x where x is above 0, else a × x",
    "PReLU": "x where x is above 0, else a × x",
    "ELU": "x where x is above 0, else a × (e to the power of x, minus 1)",
    "hard sigmoid": "x + 3, at least 0 and at most 6, divided by 6",
    "sigmoid": "1 ÷ (1 + e to the power of −x)",
    "tanh": "the hyperbolic tangent",
}


def _product(e: Explanation, before: Decimal | None, precision: Precision) -> Task:
    second = e.terms[1]
    x, own = given(e, e.terms[0], before, precision)
    y, other = given(e, second, before, precision)
    if not second.reads:  # a gate, a constant or a factor
        y = _short(second.value, max(precision.factors, places(second.value)))
    result = rounded(x * y, precision.results)
    sign = "=" if result == x * y else "≈"
    leads = {
        "gate": "Value × gate: the gate, between 0 and 1, opens as the value grows.",
        FACTOR: f"What {e.operation} gives without the change to the network, times the factor of that change.",
    }
    lead = leads.get(second.name, "A product.")
    asked, answer = "What would the result be if the second factor were 1?", f"The value itself: {text(x)}."
    return task_of(
        e,
        lead,
        [Line((printed(x, own), " × ", printed(y, other), f" {sign} ", Gap(text(result))))],
        result,
        (asked, answer),
    )


def _quotient(e: Explanation, before: Decimal | None, precision: Precision) -> Task:
    below = e.terms[1]
    x, own = given(e, e.terms[0], before, precision)
    y, other = given(e, below, before, precision)
    y = y if below.reads else _short(below.value, precision.results)
    result = rounded(x / y, precision.results) if y else Decimal(0)
    body = [
        Line((printed(x, own), " ÷ ", printed(y, other), f" {'=' if result * y == x else '≈'} ", Gap(text(result))))
    ]
    asked, answer = (
        "Does dividing by the same number everywhere change which value is largest?",
        "Not if it is above 0.",
    )
    return task_of(e, "A division.", body, result, (asked, answer))


def _short(number: float, decimals: int) -> Decimal:
    """Without zeros at the end, as a constant that somebody chose is written."""
    value = rounded(number, decimals).normalize()
    return value.quantize(Decimal(1)) if exponent(value) > 0 else value


def _add(e: Explanation, before: Decimal | None, precision: Precision) -> Task:
    if len(e.terms) != 2:
        return _add_many(e, before, precision)
    pieces = [given(e, term, before, precision) for term in e.terms]
    numbers = [number for number, _ in pieces]
    total = total_of(numbers)
    names = [term.source or "a constant" for term in e.terms]
    lead = f"Two values are added: {' and '.join(names)}."
    stronger = max(range(2), key=lambda i: abs(numbers[i]))
    asked, answer = "Which of the two brings more?", f"{names[stronger]}: {text(numbers[stronger])}."
    return task_of(e, lead, [added(pieces, Gap(text(total)))], total, (asked, answer))


def _add_many(e: Explanation, before: Decimal | None, precision: Precision) -> Task:
    """Of a matrix product, attention or a sum: the largest parts, and what the others make together."""
    numbers = sorted((rounded(term.value, precision.results) for term in e.terms), key=abs, reverse=True)
    first, rest, total = numbers[:MOST_ADDED], total_of(numbers[MOST_ADDED:]), total_of(numbers)
    what = "values are" if e.terms and e.terms[0].weights is None else "products are"
    lead = f"{len(numbers)} {what} added; here the largest, and all others together at the end."
    parts = [(number, True) for number in (*first, rest)] if len(numbers) > MOST_ADDED else [(n, True) for n in first]
    asked, answer = "Which share of the sum is the first of them?", "Divide it by the sum."
    return task_of(e, lead, [added(parts, Gap(text(total)))], total, (asked, answer))


# --------------------------------------------------------------------------------------------- from many values to one


def _width(e: Explanation) -> int:
    """The columns of the window of a pool or mean; of values that are no window, all in one row."""
    return len(e.terms) if e.window is None else len(e.window.columns)


def _cells(e: Explanation, numbers: Sequence[Decimal | None], own: int | None = None) -> Grid:
    """A window; `own` is the place of the number that the reader has worked out."""
    width = _width(e)
    pieces = ["" if n is None else printed(n, i == own, wrap=False) for i, n in enumerate(numbers)]
    rows = tuple(tuple(pieces[i : i + width]) for i in range(0, len(pieces), width))
    outside = frozenset(divmod(i, width) for i, n in enumerate(numbers) if n is None)
    return Grid("window", rows, outside)


def _largest(e: Explanation, before: Decimal | None, precision: Precision) -> Task:
    numbers = [given(e, term, before, precision)[0] if term.reads else None for term in e.terms]
    own = None if before is None else next(i for i, term in enumerate(e.terms) if term.reads == [e.main])
    inside = [number for number in numbers if number is not None]
    result = max(inside)
    at, width = numbers.index(result), _width(e)
    if len(numbers) <= MOST_SHOWN:
        window = replace(_cells(e, numbers, own), winner=(at // width, at % width))
        body: list[Line | Grids] = [Grids("", (window, "the largest", Gap(text(result))))]
        lead = "Of the window only the largest value goes on. Circle it."
        if own is not None:
            lead = "Write your result into the free field. Of the window only the largest value goes on: circle it."
    else:
        five = ", ".join(text(number) for number in sorted(sorted(inside, reverse=True)[:5]))
        body = [Line(("the largest: ", Gap(text(result))))]
        lead = f"Of {len(inside)} values only the largest goes on; the five largest are {five}."
    asked = "Up to which value may any other number of the window rise without changing the result?"
    return task_of(e, lead, body, result, (asked, f"Up to {text(result)}."))


def _mean(e: Explanation, before: Decimal | None, precision: Precision) -> Task:
    numbers = [rounded(t.value, precision.results) if t.reads else None for t in e.terms]
    inside, divisor = [number for number in numbers if number is not None], int(e.numbers["divisor"])
    total = total_of(inside)
    result = rounded(total / divisor, precision.results)
    sign = "=" if result * divisor == total else "≈"
    by_hand = len(numbers) <= LARGE
    body: list[Line | Grids] = [Grids("", (_cells(e, numbers), "sum", Gap(text(total))))] if by_hand else []
    first: Piece = Gap(wrapped(total)) if by_hand else wrapped(total)
    body.append(Line((first, f" ÷ {divisor} {sign} ", Gap(text(result)))))
    lead = "The mean of the window." if by_hand else f"The mean of {len(inside)} values, which add up to {text(total)}."
    asked = "One of the values grows by 1. By how much does the mean grow?"
    return task_of(e, lead, body, result, (asked, f"By 1 ÷ {divisor} ≈ {text(rounded(1 / divisor, 3))}."))


def _share(e: Explanation, before: Decimal | None, labels: Sequence[str], precision: Precision) -> Task:
    asked_at = next(i for i, term in enumerate(e.terms) if term.reads[0] == e.main)
    logits = [rounded(term.values.item(), precision.results) for term in e.terms]
    logits[asked_at] = logits[asked_at] if before is None else before
    names = labels if len(labels) == len(logits) else [term.name for term in e.terms]
    top = max(logits) if e.numbers["subtracted"] else Decimal(0)
    powers = [rounded((logit - top).exp(), precision.results + (1 if top else 0)) for logit in logits]
    order = sorted(range(len(logits)), key=lambda i: -logits[i])
    kept = sorted({*order[:3], asked_at}, key=order.index)
    rest = [powers[i] for i in range(len(powers)) if i not in kept]
    body: list[Line | Grids] = []
    for i in kept:
        own = i == asked_at and before is not None
        less = f" − {wrapped(top)}" if top else ""
        power = printed(logits[i], own, wrap=False)
        body.append(Line((f"{names[i]}: e^(", power, f"{less}) ≈ ", Gap(text(powers[i])))))
    total = total_of(powers)
    share = powers[asked_at] / total
    result = rounded(share, places(float(share)))
    pieces = [(powers[i], True) for i in kept] + ([(total_of(rest), False)] if rest else [])
    body.append(added(pieces, Gap(text(total))))
    body.append(Line((Gap(text(powers[asked_at])), " ÷ ", Gap(text(total)), " ≈ ", Gap(text(result)))))
    given = f" Given: the powers of the other {len(rest)} classes make {text(total_of(rest))}." if rest else ""
    largest = ", from each of which the largest is subtracted here, which changes no share" if top else ""
    lead = f"From logits to the probability of {names[asked_at]}: its power of e, over the sum of all{largest}.{given}"
    question = "All logits grow by 1. What happens to the probabilities?"
    return task_of(e, lead, body, result, (question, "Nothing: every power is multiplied by e, and so is their sum."))


Way = Callable[[Explanation, Decimal | None, Precision], Task]
_WAYS: dict[str, Way] = {
    "convolution": weighted,
    "linear": weighted,
    **dict.fromkeys(NORMS, _normalised),
    "ReLU": _relu,
    SUM: _add,
    PRODUCT: _product,
    QUOTIENT: _quotient,
    LARGEST: _largest,
    MEAN: _mean,
}
