"""Numbers with few decimals that still add up: who calculates with what is shown gets what is shown."""

import math
from itertools import pairwise

import pytest
import torch
from torch import nn

from model_zoo import walk
from model_zoo.explain.sums import (
    Decimals,
    Explanation,
    Term,
    back,
    chain_digits,
    digits,
    explain,
    shown,
    words,
)
from model_zoo.explain.sums.rounding import rounded
from tests.model_zoo.helpers import explained, first_place, read
from tests.model_zoo.small_nets import NETS, picture, small_net

pytestmark = pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel")


def check_promise(e: Explanation | Term) -> None:
    """Who calculates with the numbers as shown gets the result as shown."""
    decimals = digits(e)
    values = [t.value for t in e.terms] if isinstance(e, Explanation) else e.products.ravel().tolist()
    numbers = [read(shown(value, decimals.terms)) for value in values if math.isfinite(value)]
    if isinstance(e, Explanation) and e.weighted and not e.terms[-1].source:
        bias = numbers[-1] = read(shown(values[-1], decimals.total))
        products = rounded(sum(numbers[:-1]), decimals.total)
        assert products == rounded(math.fsum(values[:-1]), decimals.total)
        assert products + bias == read(shown(e.total, decimals.total))  # whoever adds these two gets it exactly
    total = e.total if isinstance(e, Explanation) else e.value
    kind = e.kind if isinstance(e, Explanation) else "sum"
    match kind:
        case "sum":
            result = sum(numbers)
        case "mean":
            result = sum(numbers) / int(e.numbers["divisor"])
        case "product":
            result = math.prod(numbers)
        case "quotient":
            result = numbers[0] / numbers[1]
        case "scaled":
            result = numbers[0] * numbers[1] + numbers[2]
        case "largest":
            result = max(numbers)
        case "same":
            result = numbers[0]
        case "share":
            result = numbers[[t.reads[0] for t in e.terms].index(e.main)] / sum(numbers)
        case _:
            return
    assert shown(result, decimals.total) == shown(total, decimals.total)
    assert 3 <= decimals.total <= decimals.terms


def test_numbers_as_shown_make_the_result_as_shown(found: list[Explanation], long: list[Explanation]) -> None:
    for e in found + long:
        check_promise(e)
    kinds = {e.kind for e in found}
    assert kinds == {"sum", "mean", "product", "quotient", "scaled", "largest", "same", "share", "function"}


def test_the_products_of_a_channel_make_its_sum(found: list[Explanation], long: list[Explanation]) -> None:
    for e in found + long[:3]:
        for term in e.terms:
            if term.weights is not None:
                check_promise(term)


def test_few_decimals_are_enough(found: list[Explanation], long: list[Explanation]) -> None:
    ordinary = [digits(e) for e in found + long if abs(e.total) > 0.1 and e.kind == "sum"]
    assert max(decimals.total for decimals in ordinary) <= 6
    assert sum(decimals.total == 3 for decimals in ordinary) > 0.6 * len(ordinary)
    assert max(decimals.terms for decimals in ordinary) <= 9
    assert sum(decimals.terms <= 5 for decimals in ordinary) > 0.8 * len(ordinary)


def test_two_numbers_make_their_sum_exactly(found: list[Explanation]) -> None:
    pairs = [e for e in found if e.kind == "sum" and not e.weighted]
    assert len(pairs) > 5
    for e in pairs:
        assert len(set(digits(e))) == 1
        assert sum(read(shown(t.value, digits(e).total)) for t in e.terms) == read(shown(e.total, digits(e).total))


def test_a_value_has_one_text_in_all_calculations_of_its_way() -> None:
    longer = 0
    for name in NETS:
        x = picture()
        steps = walk(small_net(name).double(), x)
        for step in steps:
            chain = back(steps, x, explain(steps, x, *first_place(step)))
            for (above, decimals), (below, further) in pairwise(zip(chain, chain_digits(chain), strict=True)):
                if above.kind == "share":  # shows powers of e
                    continue
                handed = next(t for t in above.terms if above.main in t.reads)
                x_shown = shown(float(handed.values.ravel()[0]), decimals.terms)
                assert x_shown == shown(below.total, further.total)
                assert above.kind not in ("same", "function") or x_shown in words(above, decimals)
                longer += further != digits(below)
    assert longer


def test_small_results_get_three_significant_digits() -> None:
    net = nn.Sequential(nn.Linear(1, 1, bias=False)).double()
    with torch.no_grad():
        net[0].weight.fill_(1.0)
    for value, expected in ((0.5, 3), (0.0123456, 4), (-0.000123456, 6), (1e-12, 8), (0.0, 3), (1234.5, 3)):
        assert digits(explained(net, torch.tensor([[value]]).double(), "0", 0)).total == expected


def test_a_result_that_lies_on_a_half_still_adds_up() -> None:
    class Halves(nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return x + 1 / 3

    x = torch.tensor([[0.5625 - 1 / 3]], dtype=torch.float64)
    e = explained(Halves(), x, "add", 0)
    assert e.total == 0.5625  # 0.563; but 0.229 + 0.333 = 0.562
    check_promise(e)
    assert digits(e) != Decimals(3, 3)


@pytest.mark.parametrize(
    ("number", "decimals", "text"),
    [
        (0.125, 2, "0.13"),  # half away from zero, as toFixed(2) of JavaScript
        (-0.125, 2, "−0.13"),
        (2.675, 2, "2.67"),  # in binary it is a little less
        (-0.0004, 3, "0.000"),
        (1e22, 1, "10000000000000000000000.0"),
        (math.inf, 3, "∞"),
        (-math.inf, 3, "−∞"),
        (math.nan, 3, "not a number"),
    ],
)
def test_how_a_number_is_shown(number: float, decimals: int, text: str) -> None:
    assert shown(number, decimals) == text
