"""An explanation as LaTeX, in the part of it that KaTeX and MathJax both know."""

from collections.abc import Sequence
from decimal import Decimal

from model_zoo.explain.sums.activations import ACTIVATIONS
from model_zoo.explain.sums.explanation import (
    FACTOR,
    LARGEST,
    MEAN,
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
    factor_places,
    places,
    plain,
    shown,
    total_of,
)
from model_zoo.explain.sums.wording import NORMS, manner
from model_zoo.graph.op_names import INPUT

LONGEST, HEAD, TAIL = 9, 3, 3  # a sum of more numbers keeps so many before and after the gap


def latex(explained: Explanation | Term, decimals: Decimals | None = None) -> str:
    """The calculation with its numbers, rounded to `decimals` or as `digits` says, as one formula without dollar signs.

    Of many numbers the middle ones are drawn together into one, with their count under it, so that the numbers shown
    still make the result shown. The formula of a term is the sum of its products.
    """
    decimals = decimals or digits(explained)
    if isinstance(explained, Term):
        return _products(explained, decimals.terms) + _result(explained.value, decimals.total)
    formula = _FORMULAS[manner(explained)](explained, decimals if explained.weighted else decimals.terms)
    return f"y = {formula}{_result(explained.total, decimals.total)}"


def _products(term: Term, decimals: int) -> str:
    values, products = term.values.ravel().tolist(), term.products.ravel().tolist()
    if term.weights is None:
        return _sum(values, decimals)
    weights = term.weights.ravel().tolist()
    fine = factor_places(term, decimals)
    factors = [rf"{_text(v, fine)} \times {_wrapped(w, fine)}" for v, w in zip(values, weights, strict=True)]
    if len(factors) > LONGEST:
        factors = [*factors[:HEAD], r"\dots", *factors[-TAIL:]]
    return f"{' + '.join(factors)} = {_sum(products, decimals)}".replace("+ -", "- ")


def counted(e: Explanation, parts: Sequence[Term]) -> tuple[int, int]:
    """The first and last number over which a convolution's or linear layer's sum goes."""
    return (parts[0].channel, parts[-1].channel) if e.operation == "convolution" else (0, len(parts) - 1)


def _weighted(e: Explanation, decimals: Decimals) -> str:
    channels = [term for term in e.terms if term.source]
    first, last = counted(e, channels)
    sums = r"\sum_{r, c} w_{k, r, c} \, x_{k, r, c}" if e.operation == "convolution" else r"w_k \, x_k"
    bias = " + b" if len(channels) < len(e.terms) else ""
    numbers = _sum([term.value for term in e.terms], decimals.terms, decimals.total if bias else decimals.terms)
    return rf"\sum_{{k = {first}}}^{{{last}}} {sums}{bias} = {numbers}"


def _normalised(e: Explanation, decimals: int) -> str:
    x, scale, shift = (term.value for term in e.terms)
    mean, variance, weight, bias = (_fine(e.numbers[key], decimals) for key in ("mean", "variance", "weight", "bias"))
    root = rf"\sqrt{{{variance} + {plain(e.numbers['epsilon'])}}}"
    filled = rf"{weight} \times \frac{{{_text(x, decimals)} - {mean}}}{{{root}}} + {bias}"
    folded = rf"{_text(x, decimals)} \times {_wrapped(scale, decimals)} + {_text(shift, decimals)}"
    symbols = r"\gamma \frac{x - \mu}{\sqrt{\sigma^2 + \varepsilon}} + \beta"
    return f"{symbols} = {_signs(filled)} = {_signs(folded)}"


def _activation(e: Explanation, decimals: int) -> str:
    template, x = ACTIVATIONS[e.operation].latex, e.terms[0].value
    number = _text(x, decimals)
    filled = template.replace("@", number).replace("#", _wrapped(x, decimals))
    if "b" in e.numbers:
        filled = filled.replace("a ", _fine(e.numbers["a"], decimals)).replace("b ", _fine(e.numbers["b"], decimals))
    elif "a" in e.numbers:
        dot = r" \cdot " if "a }" not in template else ""
        filled = filled.replace("a ", _fine(e.numbers["a"], decimals) + dot)
    product = f" = {_product(e, decimals)}" if len(e.terms) > 1 else ""
    return f"{template.replace('@', 'x').replace('#', 'x')} = {_signs(filled)}{product}"


def _sum_of_terms(e: Explanation, decimals: int) -> str:
    return _sum([term.value for term in e.terms], decimals)


def _product(e: Explanation, decimals: int) -> str:
    first, second = (_factor(term, decimals) for term in e.terms)
    return rf"{first} \times {f'({second})' if second.startswith('-') else second}"


def _quotient(e: Explanation, decimals: int) -> str:
    above, below = (_factor(term, decimals) for term in e.terms)
    return rf"\frac{{{above}}}{{{below}}}"


def _factor(term: Term, decimals: int) -> str:
    if term.name == FACTOR:
        return plain(term.value).replace("−", "-")
    if term.name == "constant":
        return exact_or_shown(term.value, decimals).replace("−", "-").replace("∞", r"\infty")
    return _text(term.value, decimals)


def _largest(e: Explanation, decimals: int) -> str:
    inside = [term for term in e.terms if term.reads]
    numbers = [_text(term.value, decimals) for term in inside]
    winner = next(i for i, term in enumerate(inside) if term.reads[0] == e.main)
    numbers[winner] = rf"\mathbf{{{numbers[winner]}}}"
    if len(numbers) > LONGEST:
        middle = [r"\dots", numbers[winner], r"\dots"] if HEAD <= winner < len(numbers) - TAIL else [r"\dots"]
        numbers = [*numbers[:HEAD], *middle, *numbers[-TAIL:]]
    return rf"\max({', '.join(numbers)})"


def _mean(e: Explanation, decimals: int) -> str:
    inside, divisor = [term.value for term in e.terms if term.reads], e.numbers["divisor"]
    return rf"\frac{{1}}{{{divisor}}} \left({_sum(inside, decimals)}\right)"


def _share(e: Explanation, decimals: int) -> str:
    n, asked = e.numbers, next(term for term in e.terms if term.reads[0] == e.main)
    fine = exponent_places(e, decimals)
    power = _text(n["logit"], fine)
    if n["subtracted"]:
        power = _signs(f"{power} - {_text(n['subtracted'], fine)}")
    if n["temperature"] != 1:
        power = rf"({power}) / {plain(n['temperature'])}"
    total = _sum_of_terms(e, decimals)
    return rf"\frac{{e^{{{power}}}}}{{\sum_k e^{{\dots}}}} = \frac{{{_text(asked.value, decimals)}}}{{{total}}}"


def _same(e: Explanation, decimals: int) -> str:
    return r"\text{padding}" if e.terms and e.main is None else "x"


_FORMULAS = {
    "convolution": _weighted,
    "linear": _weighted,
    **dict.fromkeys(NORMS, _normalised),
    INPUT: _same,
    **dict.fromkeys(ACTIVATIONS, _activation),
    SUM: _sum_of_terms,
    PRODUCT: _product,
    QUOTIENT: _quotient,
    LARGEST: _largest,
    MEAN: _mean,
    SHARE: _share,
    SAME: _same,
}


def _sum(numbers: Sequence[float], decimals: int, of_last: int | None = None) -> str:
    """0.1 - 0.2 + ..., where the middle of a long sum is one number with its count under it."""
    *texts, last = (_text(number, decimals) for number in numbers)
    if of_last is not None:
        last = _text(numbers[-1], of_last)
    if len(numbers) <= LONGEST:
        return _signs(" + ".join((*texts, last)))
    hidden = numbers[HEAD:-TAIL]
    together = total_of(hidden, decimals)
    sign = "-" if float(together) < 0 else ""
    gap = rf"{sign}\underbrace{{{_text(abs(together), decimals)}}}_{{{len(hidden)}\text{{ more}}}}"
    return _signs(" + ".join((*texts[:HEAD], gap, *texts[1 - TAIL :], last)))


def _result(total: float, decimals: int) -> str:
    return f" = {_text(total, decimals)}"


def _text(number: float | Decimal, decimals: int) -> str:
    text = shown(number, decimals).replace("−", "-").replace("∞", r"\infty")
    return r"\text{not a number}" if text == "not a number" else text


def _fine(number: float, decimals: int) -> str:
    return _text(number, max(decimals, places(number)))


def _wrapped(number: float, decimals: int) -> str:
    text = _text(number, decimals)
    return f"({text})" if text.startswith("-") else text


def _signs(formula: str) -> str:
    return formula.replace("+ -", "- ").replace("- -", "+ ")
