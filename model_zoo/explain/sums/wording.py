"""An explanation in words and as a table; its formula is in `formula.py`."""

from collections.abc import Iterator
from dataclasses import replace

from model_zoo.explain.sums.activations import ACTIVATIONS
from model_zoo.explain.sums.explanation import (
    FACTOR,
    LARGEST,
    MEAN,
    MEASURED,
    POINT,
    PROBABILITY,
    PRODUCT,
    QUOTIENT,
    SAME,
    SHARE,
    SUM,
    Explanation,
    Term,
)
from model_zoo.explain.sums.rounding import (
    Decimals,
    digits,
    exact_or_shown,
    exponent_places,
    places,
    plain,
    shown,
    total_of,
)
from model_zoo.graph.op_names import INPUT
from model_zoo.graph.position import Position

NORMS = ("batch norm", "instance norm", "group norm", "layer norm")
COLUMNS = ("term", "step", "channel", "row", "column", "padding", "value", "weight", "result")
COPIES = {"reflect": "mirror it", "replicate": "repeat its edge", "circular": "come from its other side"}
# Operations that add up many values, and what each of these is multiplied by.
MANY = {
    "matrix product": "its weight",
    "einsum": "its weight",
    "attention": "the share of attention that its place gets",
    "upsample": "how near it is",
    "sum": "1",
}
COLOURS = ("red", "green", "blue")
Cell = str | int | float


def words(explanation: Explanation, decimals: Decimals | None = None, label: str = "") -> str:
    """One or two sentences with the numbers, rounded to `decimals` or as `digits` says.

    Args:
        explanation: what is said.
        decimals: with which numbers are shown.
        label: the class that the value stands for, where it is a logit or a probability.
    """
    decimals = decimals or digits(explanation)
    place = _place(explanation.position, explanation.shape, label)
    say = _SAID[manner(explanation)]
    said = say(explanation, decimals if say is _weighted else decimals.terms)
    place = f"without the change {place}" if explanation.is_without else place
    return f"{place[0].upper()}{place[1:]} is {shown(explanation.total, decimals.total)}: {said}."


def table(explanation: Explanation) -> list[tuple[Cell, ...]]:
    """Every number of the calculation, not rounded, for a CSV file: a row of headings, then one for each number.

    `value` times `weight`, or the value alone, is `result`; of a softmax it is the power of e. `row` and `column` are
    places of the map, beyond its edge where `padding` is "yes". The last two rows are what the calculation gives
    ("total") and what the network's tensor holds ("tensor"), which none does of a value without its edit.
    """
    rows: list[tuple[Cell, ...]] = [COLUMNS]
    for term in explanation.terms:
        rows += _rows(term, explanation.kind)
    rows += [(name, "", "", "", "", "", "", "", number) for name, number in explanation.numbers.items()]
    rows += [("total", *explanation.position, "", "", "", explanation.total)]
    if explanation.is_without:
        return rows
    return [*rows, ("tensor", *explanation.position, "", "", "", explanation.value)]


def _rows(term: Term, kind: str) -> Iterator[tuple[Cell, ...]]:
    results, outside = [[term.value]] if kind == SHARE else term.products.tolist(), term.window.outside
    for i, row in enumerate(term.window.rows):
        for j, column in enumerate(term.window.columns):
            place = (term.source, term.channel, row, column, "yes" if outside[i, j] else "")
            weight = "" if term.weights is None else float(term.weights[i, j])
            yield (term.name, *(place if term.source else [""] * 5), float(term.values[i, j]), weight, results[i][j])


def manner(explanation: Explanation) -> str:
    """Which way of putting it suits the explanation: the name of its operation, or else its kind."""
    name = explanation.operation
    if explanation.kind == PRODUCT and explanation.terms[-1].name == FACTOR:  # of an edit
        return PRODUCT
    return name if name in ("convolution", "linear", *NORMS, INPUT, *ACTIVATIONS) else explanation.kind


def _name(step: str) -> str:
    return "the picture" if step == INPUT else step


def _place(position: Position, shape: tuple[int, ...], label: str = "") -> str:
    step, channel, row, column = position
    name = f"{channel}, {label}," if label else str(channel)
    if step == PROBABILITY:
        return f"the probability of entry {name}"
    where = "" if len(shape) == 1 else f" at row {row}, column {column}"
    if step == INPUT and shape[0] == len(COLOURS):
        return f"{COLOURS[channel]} of the picture{where}"
    return f"{'channel' if where else 'entry'} {name} of {_name(step)}{where}"


def _weighted(e: Explanation, decimals: Decimals) -> str:
    channels = [term for term in e.terms if term.source]
    count, source = sum(term.values.size for term in channels), _name(channels[0].source)
    over = f" in {_count(len(channels), 'channel')}" if e.operation == "convolution" else ""
    whole = shown(total_of((term.value for term in channels), decimals.terms), decimals.total)
    said = f"{_count(count, 'value')} of {source}{over}, each times its weight, make {whole}"
    if len(channels) < len(e.terms):
        said += f", and the bias adds {shown(e.terms[-1].value, decimals.total)}"
    most = max(channels, key=lambda term: abs(term.value))
    said += _padding(e, count, "count as 0")
    return f"{said}. The largest part, {shown(most.value, decimals.terms)}, is that of {part_name(most, len(channels))}"


def part_name(term: Term, channels: int) -> str:
    """What one of so many channels or entries is called: of a picture in colours its colour."""
    return COLOURS[term.channel] if term.source == INPUT and channels == len(COLOURS) else term.name


def _padding(e: Explanation, count: int, meaning: str) -> str:
    if e.window is None or not e.window.outside.any():
        return ""
    part = int(e.window.outside.sum()) * (count // e.window.outside.size)
    return f"; {part:,} of the values lie outside of the map and {COPIES.get(e.window.mode, meaning)}"


def _normalised(e: Explanation, decimals: int) -> str:
    number = {name: _number(value, decimals) for name, value in e.numbers.items()}
    value, scale, shift = (shown(term.value, decimals) for term in e.terms)
    return (
        f"the value {value} of {_name(e.terms[0].source)} times {scale} plus {shift}. "
        f"The scale is the weight {number['weight']} over the root of the variance {number['variance']} + "
        f"{plain(e.numbers['epsilon'])}, the shift the bias {number['bias']} minus the mean {number['mean']} times "
        f"the scale{_measured(e)}"
    )


def _measured(e: Explanation) -> str:
    count = e.numbers.get(MEASURED)
    if count is None:
        return ""
    return f". Mean and variance were not learned but are those of {_count(int(count), 'value')} of this very pass"


def _activation(e: Explanation, decimals: int) -> str:
    name, what = e.operation, ACTIVATIONS[e.operation].words
    of = f"the value {shown(e.terms[0].value, decimals)} of {_name(e.terms[0].source)}"
    if len(e.terms) > 1:
        return f"{of} times the gate {shown(e.terms[1].value, decimals)}. {name[0].upper()}{name[1:]} {what}"
    return f"{of} after {name}, which {what}"


def _sum(e: Explanation, decimals: int) -> str:
    if len(e.terms) != 2 or e.operation in MANY:
        return _sum_of_many(e, decimals)
    first, second = e.terms
    if second.weights is not None and second.weights[0, 0] == -1:
        second = replace(second, value=-second.value, weights=None)
        return f"{_operand(first, decimals)} minus {_operand(second, decimals)}"
    return f"{_operand(first, decimals)} plus {_operand(second, decimals)}"


def _sum_of_many(e: Explanation, decimals: int) -> str:
    """Of a matrix product, attention, a sum over a dimension, an enlarged map."""
    if not e.terms:
        return "a sum of nothing"
    count, source = _count(len(e.terms), "value"), _name(e.terms[0].source)
    whole = shown(total_of((term.value for term in e.terms), decimals), decimals)
    if e.terms[0].weights is None:
        return f"{count} of {source} make {whole} together"
    by = (
        f"a value of {_name(e.terms[0].factors[0].step)}" if e.terms[0].factors else MANY.get(e.operation, "its weight")
    )
    most = max(e.terms, key=lambda term: abs(term.value))
    said = f"{count} of {source}, each times {by}, make {whole} together"
    return f"{said}. The largest part, {shown(most.value, decimals)}, is that of {most.name}"


def _product(e: Explanation, decimals: int) -> str:
    first, second = e.terms
    if second.name == FACTOR:
        return _changed(e, first.value, second.value, decimals)
    return f"{_operand(first, decimals)} times {_operand(second, decimals)}"


def _changed(e: Explanation, value: float, factor: float, decimals: int) -> str:
    """Of a channel that an edit multiplies."""
    what = "value" if len(e.shape) == 1 else "channel"
    done = {0.0: "switched off", -1.0: "inverted"}.get(factor) or f"multiplied by {plain(factor)}"
    return (
        f"this {what} is {done}. Without that change the network gives {shown(value, decimals)} here; that times "
        f"{plain(factor)} is what counts now"
    )


def _quotient(e: Explanation, decimals: int) -> str:
    return f"{_operand(e.terms[0], decimals)} divided by {_operand(e.terms[1], decimals)}"


def _operand(term: Term, decimals: int) -> str:
    if not term.source:
        return f"the constant {exact_or_shown(term.value, decimals)}"
    factor = "" if term.weights is None else f"{plain(float(term.weights[0, 0]))} times "
    return f"{shown(term.value, decimals)} from {factor}{_name(term.source)}"


def _largest(e: Explanation, decimals: int) -> str:
    assert e.main is not None
    inside = [term for term in e.terms if term.reads]
    said = (
        f"the largest of {_count(len(inside), 'value')} of {_name(e.main.step)}, the one at row {e.main.row}, column "
    )
    equal = sum(term.value == e.total for term in inside)
    said += f"{e.main.column}" + (f", which is the first of {equal} as large as it" if equal > 1 else "")
    return said + _padding(e, len(e.terms), "take no part")


def _mean(e: Explanation, decimals: int) -> str:
    inside, divisor = [term for term in e.terms if term.reads], e.numbers["divisor"]
    whole = shown(total_of((term.value for term in inside), decimals), decimals)
    said = f"{_count(len(inside), 'value')} of {_name(e.terms[0].source)} make {whole}, divided by {divisor}"
    return said + _padding(e, len(e.terms), "count as 0" if divisor == len(e.terms) else "take no part")


def _share(e: Explanation, decimals: int) -> str:
    n, asked = e.numbers, next(term for term in e.terms if term.reads[0] == e.main)
    fine = exponent_places(e, decimals)
    power = shown(n["logit"], fine)
    if n["subtracted"]:
        power += f" minus the largest, {shown(n['subtracted'], fine)},"
    if n["temperature"] != 1:
        power += f" over the temperature {plain(n['temperature'])}"
    divisor = shown(total_of((term.value for term in e.terms), decimals), decimals)
    return (
        f"e to the power of {power} is {shown(asked.value, decimals)}, divided by {divisor}, the sum of the same for "
        f"all {len(e.terms)} {'entries' if len(e.shape) == 1 else 'channels'} of {_name(asked.source)}"
    )


def _same(e: Explanation, decimals: int) -> str:
    if e.main is None:
        return "a number of the padding, which comes from no value"
    shape = (1,) if e.terms[0].window == POINT else (1, *e.terms[0].window.grid)
    return f"{_place(e.main, shape)}, unchanged"


def _input(e: Explanation, decimals: int) -> str:
    return "a value of the picture as the network gets it"


_SAID = {
    "convolution": _weighted,
    "linear": _weighted,
    **dict.fromkeys(NORMS, _normalised),
    INPUT: _input,
    **dict.fromkeys(ACTIVATIONS, _activation),
    SUM: _sum,
    PRODUCT: _product,
    QUOTIENT: _quotient,
    LARGEST: _largest,
    MEAN: _mean,
    SHARE: _share,
    SAME: _same,
}


def _number(number: float, decimals: int) -> str:
    """With at least three significant digits, for numbers far smaller than the result."""
    return shown(number, max(decimals, places(number)))


def _count(number: int, thing: str) -> str:
    return f"{number:,} {thing}{'' if number == 1 else 's'}"
