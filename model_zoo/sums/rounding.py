"""Numbers with few decimals that still add up."""

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import lru_cache
from typing import NamedTuple

from model_zoo.sums.explanation import Explanation, Term

FEWEST, MOST, SIGNIFICANT = 3, 8, 3
GUARD = 6  # how many decimals more than the result the terms may get
ROUNDING = Context(prec=400, rounding=ROUND_HALF_UP)


class Decimals(NamedTuple):
    """How many decimals to show."""

    terms: int
    total: int


def digits(explained: Explanation | Term) -> Decimals:
    """The fewest decimals with which the numbers shown make the result shown.

    Whoever takes the terms' values rounded to `terms` decimals, calculates with them exactly as the explanation's rule
    says (adds them up, divides their sum, takes the largest, ...) and rounds the outcome to `total` decimals gets the
    explanation's total rounded to `total` decimals. Given a term, the same holds for its products and their sum.

    The total has 3 decimals or, where it is small, as many as show 3 significant digits, at most 8. `terms` is never
    below `total`; many terms need a few decimals more, because the errors of rounding add up too. Where 6 more are not
    enough, because the result lies within rounding of a half, the total gets more decimals, at most 2. Only where that
    does not help either, or where a number is not finite, is nothing promised.
    """
    return _fewest(*_calculation(explained))


@lru_cache(maxsize=64)
def _fewest(values: tuple[float, ...], total: float, rule: Callable[[Sequence], float | Decimal]) -> Decimals:
    """Kept for a while: table, words and LaTeX of one explanation all ask for them."""
    first = places(total)
    for decimals in _candidates(first):
        if _agrees(values, total, rule, decimals):
            return decimals
    return Decimals(first + GUARD, first)


def places(number: float) -> int:
    """Decimals that show a number with 3 significant digits, at least 3 and at most 8."""
    if not math.isfinite(number) or number == 0:
        return FEWEST
    return min(max(FEWEST, SIGNIFICANT - 1 - math.floor(math.log10(abs(number)))), MOST)


def rounded(number: float, decimals: int) -> Decimal:
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


def total_of(numbers: Iterable[float], decimals: int) -> Decimal:
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


def _calculation(explained: Explanation | Term) -> tuple:
    if isinstance(explained, Term):
        return tuple(explained.products.ravel().tolist()), explained.value, sum
    return tuple(term.value for term in explained.terms), explained.total, explained.rule


def _candidates(first: int) -> Iterator[Decimals]:
    for total in (first, first + 1, first + 2):
        for terms in range(total, total + GUARD + 1):
            yield Decimals(terms, total)


def _agrees(
    values: Sequence[float], total: float, rule: Callable[[Sequence], float | Decimal], decimals: Decimals
) -> bool:
    if not values or not math.isfinite(total) or any(map(math.isnan, values)):
        return True
    result = rule([rounded(value, decimals.terms) for value in values])
    return rounded(result, decimals.total) == rounded(total, decimals.total)
