"""Numbers with few decimals that still add up."""

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import lru_cache
from typing import NamedTuple

from model_zoo.explain.sums.explanation import SAME, SHARE, SUM, Explanation, Term

FEWEST, MOST, SIGNIFICANT = 3, 8, 3
GUARD = 6  # how many decimals more than the result the terms may get
TOTALS = 4  # numbers of decimals of the result that are tried
# The same where a bias is added: with a quarter of all numbers of decimals two rounded numbers do not make a third.
TOTALS_OF_BIASED = 12
OF_A_BIAS = 4  # decimals of a result that are enough for the bias in it, however small that is
ROUNDS = 10  # of making the calculations of a chain fit each other
ROUNDING = Context(prec=400, rounding=ROUND_HALF_UP)


class Decimals(NamedTuple):
    """How many decimals to show."""

    terms: int
    total: int


NONE = Decimals(0, 0)


def digits(explained: Explanation | Term, least: Decimals = NONE) -> Decimals:
    """The fewest decimals with which the numbers shown make the result shown.

    Whoever takes the terms' values rounded to `terms` decimals, calculates with them exactly as the explanation's rule
    says (adds them up, divides their sum, takes the largest, ...) and rounds the outcome to `total` decimals gets the
    explanation's total rounded to `total` decimals, which is also what the tensor's value is with as many decimals.
    Given a term, the same holds for its products and their sum. Two numbers that are added have as many decimals as
    their sum, and make it exactly. Of a convolution or linear layer the products' sum and the bias are such: the
    bias is shown with `total` decimals, the products' sum with as many is what the terms make.

    The total has 3 decimals or, where it or a bias is small, as many as show 3 significant digits, at most 8 (for a
    bias 4). `terms` is never below `total`; many terms need a few decimals more, because the errors of rounding add up
    too. Where 6 more are not enough, because a number lies within rounding of a half, the total gets more decimals, at
    most 3; with a bias at most 11, and then the tensor's value, in single precision, may have other last digits. Only
    where that does not help either, or where a number is not finite, is nothing promised.

    Args:
        least: no fewer than these.
    """
    return _fewest(*_calculation(explained), least)


def chain_digits(chain: Sequence[Explanation]) -> list[Decimals]:
    """As `digits` for each calculation of a chain, so that the value which one hands on to the next has one text.

    Args:
        chain: what `back` returned, with or without a `probability` before it.
    """
    found = [digits(e) for e in chain]
    links = [i for i, e in enumerate(chain[:-1]) if e.kind != SHARE and any(e.main in t.reads for t in e.terms)]
    for _ in range(ROUNDS):
        apart = [i for i in links if found[i].terms != found[i + 1].total]
        for i in apart:
            common = max(found[i].terms, found[i + 1].total)
            # What is handed on unchanged has one text itself.
            found[i] = digits(chain[i], Decimals(common, common if chain[i].kind == SAME else found[i].total))
            found[i + 1] = digits(chain[i + 1], Decimals(found[i + 1].terms, common))
        if not apart:
            break
    return found


@lru_cache(maxsize=32)  # of a layer with 25,000 inputs 26 MB
def _fewest(
    values: tuple[float, ...],
    total: float,
    rule: Callable[[Sequence], float | Decimal],
    value: float,
    split: int | None,
    least: Decimals,
) -> Decimals:
    """Kept for a while: table, words and LaTeX of one explanation all ask for them.

    Args:
        value: what the tensor holds.
        split: of a sum that is to be exact, the number of values before those shown with the total's decimals.
    """
    own = values[split:] if split else ()
    first = max(least.total, places(total), *(min(places(number), OF_A_BIAS) for number in own))
    if not all(map(math.isfinite, (total, *values))):
        return Decimals(max(first, least.terms), first)
    # Single precision may be too rough for the tensor's value to have the same digits. What is shown has to add up in
    # any case: a bias has the total's decimals wherever it stands, so that no other rule may be asked in its place.
    with_bias = ((value, split, TOTALS), (total, split, TOTALS_OF_BIASED))
    others = ((value, split, TOTALS), (value, None, TOTALS), (total, None, TOTALS))
    for held, part, totals in with_bias if split else others:
        for decimals in _candidates(first, least.terms, totals):
            if rounded(held, decimals.total) != rounded(total, decimals.total):
                continue
            if _agrees(values, total, rule, decimals, part):
                return decimals
    return Decimals(max(first + GUARD, least.terms), first)


def places(number: float) -> int:
    """Decimals that show a number with 3 significant digits, at least 3 and at most 8."""
    if not math.isfinite(number) or number == 0:
        return FEWEST
    return min(max(FEWEST, SIGNIFICANT - 1 - math.floor(math.log10(abs(number)))), MOST)


def rounded(number: float | Decimal, decimals: int) -> Decimal:
    """The number with that many decimals, half away from zero, as JavaScript's toFixed rounds."""
    if not math.isfinite(number):
        return Decimal(number)
    if isinstance(number, float):
        scaled = abs(number) * 10**decimals
        whole = int(scaled + 0.5)
        # Off by less than one part in 2^52, so that its side of the half is known but for a hair beside it.
        if 0 < whole < 2**40 and abs(scaled + 0.5 - round(scaled + 0.5)) > 1e-3:
            return Decimal(-whole if number < 0 else whole).scaleb(-decimals)
    return Decimal(number).quantize(_unit(decimals), context=ROUNDING)


def shown(number: float | Decimal, decimals: int) -> str:
    """A number for readers: '−0.250'; a zero has no sign."""
    if not math.isfinite(number):
        return {"inf": "∞", "-inf": "−∞"}.get(str(float(number)), "not a number")
    text = f"{rounded(number, decimals):f}"
    return (text.lstrip("-") if not text.strip("-0.") else text).replace("-", "−")


def total_of(numbers: Iterable[float | Decimal], decimals: int) -> Decimal:
    """The sum of the numbers as shown."""
    numbers = list(numbers)
    if not all(map(math.isfinite, numbers)):
        return Decimal(sum(numbers))
    return sum((rounded(number, decimals) for number in numbers), Decimal(0))


def exact_or_shown(number: float, decimals: int) -> str:
    """A number that somebody chose, such as the 9 in x / 9, without decimals that say nothing."""
    return plain(number) if math.isfinite(number) and rounded(number, decimals) == number else shown(number, decimals)


def plain(number: float) -> str:
    """A number with all of its digits and no exponent, e.g. '0.00001'."""
    return f"{Decimal(repr(float(number))).normalize():f}".replace("-", "−")


@lru_cache(maxsize=64)
def _unit(decimals: int) -> Decimal:
    return Decimal(1).scaleb(-decimals)


def factor_places(term: Term, decimals: int) -> int:
    """Decimals of a term's values and weights with which each product is what it is with `decimals` decimals."""
    if term.weights is None:
        return decimals
    pairs = list(zip(term.values.ravel().tolist(), term.weights.ravel().tolist(), strict=True))
    for count in range(decimals, decimals + GUARD):
        if all(rounded(rounded(v, count) * rounded(w, count), decimals) == rounded(v * w, decimals) for v, w in pairs):
            return count
    return decimals


def exponent_places(explained: Explanation, decimals: int) -> int:
    """Decimals of the logits of a softmax with which e to their power is the asked term with `decimals` decimals."""
    n = explained.numbers
    power = next(term.value for term in explained.terms if explained.main in term.reads)
    first = max(places(number) for number in (n["logit"], n["subtracted"]))
    for count in range(first, first + 2 * GUARD):
        exponent = float(rounded(n["logit"], count) - rounded(n["subtracted"], count)) / n["temperature"]
        if rounded(math.exp(exponent), decimals) == rounded(power, decimals):
            return count
    return first


def _calculation(explained: Explanation | Term) -> tuple:
    if isinstance(explained, Term):
        return tuple(explained.products.ravel().tolist()), explained.value, sum, explained.value, None
    values = tuple(term.value for term in explained.terms)
    split = None
    if explained.kind == SUM:
        own = sum(not term.source for term in explained.terms) if explained.weighted else len(values)
        split = len(values) - own if own else None
    return values, explained.total, explained.rule, explained.value, split


def _candidates(first: int, terms: int, totals: int) -> Iterator[Decimals]:
    for total in range(first, first + totals):
        for count in range(max(total, terms), max(total, terms) + GUARD + 1):
            yield Decimals(count, total)


def _agrees(
    values: Sequence[float],
    total: float,
    rule: Callable[[Sequence], float | Decimal],
    decimals: Decimals,
    split: int | None,
) -> bool:
    if not values:
        return True
    if split is not None:
        parts, own = total_of(values[:split], decimals.terms), total_of(values[split:], decimals.total)
        made = rounded(parts, decimals.total)
        fits = made == rounded(math.fsum(values[:split]), decimals.total) and (split or len(set(decimals)) == 1)
        # Rounded before the bias is added or after it: beside a half that is not the same.
        whole = rounded(total, decimals.total)
        return bool(fits) and made + own == whole and rounded(parts + own, decimals.total) == whole
    result = rule([rounded(value, decimals.terms) for value in values])
    return rounded(result, decimals.total) == rounded(total, decimals.total)
