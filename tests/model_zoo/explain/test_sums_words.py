"""An explanation in words, as a formula and as a table."""

import csv
import io
import math
import re
from decimal import Decimal

import numpy as np
import pytest
import torch
from torch import nn

from model_zoo import walk
from model_zoo.explain.sums import (
    Explanation,
    digits,
    explain,
    latex,
    probability,
    shown,
    table,
    words,
)
from model_zoo.explain.sums.document import document
from model_zoo.explain.sums.rounding import rounded
from tests.model_zoo.helpers import explained, read
from tests.model_zoo.small_nets import COUNTED, shake

pytestmark = pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel")


# Words


def test_words_of_a_convolution() -> None:
    conv = nn.Conv2d(2, 1, 3, padding=1).double()
    nn.init.constant_(conv.weight, 0.5), nn.init.constant_(conv.bias, -1)
    assert words(explained(nn.Sequential(conv), COUNTED, "0", 0, 0, 1)) == (
        "Channel 0 of 0 at row 0, column 1 is 41.000: 18 values of the picture in 2 channels, each times its weight, "
        "make 42.000, and the bias adds −1.000; 6 of the values lie outside of the map and count as 0. The largest "
        "part, 34.500, is that of channel 1."
    )


def test_words_of_a_picture_in_colours() -> None:
    conv = nn.Conv2d(3, 1, 1, bias=False).double()
    nn.init.constant_(conv.weight, 1.0)
    x = torch.tensor([0.1, 0.2, 0.7], dtype=torch.float64).reshape(1, 3, 1, 1)
    e = explained(nn.Sequential(conv), x, "0", 0)
    assert words(e).endswith("The largest part, 0.700, is that of blue.")
    assert r"\text{blue}" in document([e]) and "channel 2" not in document([e])
    assert words(explain(walk(conv.eval(), x), x, "input", 2)).startswith("Blue of the picture at row 0, column 0 is ")


@pytest.mark.parametrize(
    ("layer", "place", "sentence"),
    [
        (nn.ReLU(), (1, 0, 1), "the value 10.000 of the picture after ReLU, which keeps positive values and sets"),
        (nn.SiLU(), (0, 0, 1), "the value 1.000 of the picture times the gate 0.731. SiLU multiplies"),
        (nn.MaxPool2d(2), (1,), "the largest of 4 values of the picture, the one at row 1, column 1."),
        (
            nn.MaxPool2d(2, padding=1),
            (1, 0, 0),
            "the largest of 1 value of the picture, the one at row 0, column 0; 3",
        ),
        (
            nn.AvgPool2d(2, padding=1),
            (0, 0, 1),
            "2 values of the picture make 3.000, divided by 4; 2 of the values",
        ),
        (nn.Flatten(), (14,), "channel 1 of the picture at row 1, column 2, unchanged."),
        (nn.Softmax(1), (0, 2, 2), "e to the power of 8.000 minus the largest, 17.000, is 0.000123, divided by 1."),
    ],
)
def test_words_of_other_operations(layer: nn.Module, place: tuple, sentence: str) -> None:
    assert sentence in words(explained(nn.Sequential(layer), COUNTED, "0", *place))


def test_words_say_that_others_are_as_large() -> None:
    said = words(explained(nn.Sequential(nn.MaxPool2d(2)), torch.zeros(1, 1, 2, 2), "0", 0))
    assert said.endswith("the one at row 0, column 0, which is the first of 4 as large as it.")


def test_words_of_a_pixel_and_of_a_probability() -> None:
    steps = walk(nn.Sequential(nn.Flatten()).eval(), COUNTED[:, :1, :1, :2])
    assert words(explain(steps, COUNTED, "input", 1, 2, 0)).startswith(
        "Channel 1 of the picture at row 2, column 0 is 15"
    )
    far = torch.tensor([[[[-5.6855, 1.0]]]], dtype=torch.float64)
    said = words(probability(walk(nn.Sequential(nn.Flatten()).eval(), far), 0))
    logit, power = re.search(r"power of (\S+) is (\S+), divided", said).groups()
    assert rounded(math.exp(read(logit)), len(power) - 2) == read(power)
    assert words(probability(steps, 1, 2.0)) == (
        "The probability of entry 1 is 0.622: e to the power of 1.000 over the temperature 2 is 1.649, divided by "
        "2.649, the sum of the same for all 2 entries of 0."
    )


# LaTeX


def calculated(formula: str) -> float:
    """What the last step but one of a formula comes to."""
    text = formula.split(" = ")[-2]
    text = re.sub(r"\\underbrace\{([^}]*)\}_\{\d+\\text\{ more\}\}", r"\1", text)
    text = re.sub(r"\\mathbf\{([^}]*)\}", r"\1", text)
    while r"\frac" in text:
        text, before = re.sub(r"\\frac\{([^{}]*)\}\{([^{}]*)\}", r"((\1) / (\2))", text), text
        assert text != before, formula
    text = re.sub(r"\\max\((.*)\)", r"max([\1])", text).replace(r"\dots,", "")
    for tex, python in ((r"\left", "*"), (r"\right", ""), (r"\times", "*")):
        text = text.replace(tex, python)
    assert re.fullmatch(r"(?:[-+*/()\[\],.\d ]|max)+", text), text
    return eval(text)


def test_the_numbers_of_a_formula_make_its_result(found: list[Explanation], long: list[Explanation]) -> None:
    checked = set()
    for e in found + long:
        if e.kind in ("same", "function"):
            continue
        formula, result = latex(e), shown(e.total, digits(e).total).replace("−", "-")
        assert formula.endswith(f" = {result}")
        assert abs(calculated(formula) - float(result)) <= 0.5 * 10.0 ** -digits(e).total + 1e-9
        checked.add(e.kind)
    assert len(checked) == 7


def test_long_sums_are_shortened_in_the_middle(long: list[Explanation]) -> None:
    for e in long:
        assert len(latex(e)) < 300
        assert rf"_{{{len(e.terms) - 6}\text{{ more}}}}" in latex(e)
        assert latex(e).count(r"\underbrace") == 1


def test_the_formula_of_a_channel_shows_its_products() -> None:
    conv = nn.Conv2d(2, 1, (1, 2), bias=False).double()
    with torch.no_grad():
        conv.weight.copy_(torch.tensor([[[[0.5, -2.0]], [[1.0, 1.0]]]]))
    e = explained(nn.Sequential(conv), COUNTED, "0", 0, 1, 1)
    assert latex(e.terms[0]) == r"4.000 \times 0.500 + 5.000 \times (-2.000) = 2.000 - 10.000 = -8.000"
    assert latex(e) == (r"y = \sum_{k = 0}^{1} \sum_{r, c} w_{k, r, c} \, x_{k, r, c} = -8.000 + 27.000 = 19.000")


def test_each_product_of_a_formula_comes_out(found: list[Explanation]) -> None:
    finer = 0
    for term in (t for e in found for t in e.terms if t.weights is not None and t.source and t.values.size <= 9):
        factors, *_ = latex(term).replace("(", "").replace(")", "").split(" = ")
        pairs = [one.split(r" \times ") for one in re.split(r" [+-] (?=[^+]*?\\times)", factors)]
        decimals = digits(term).terms
        for pair, exact in zip(pairs, term.products.ravel().tolist(), strict=True):
            assert abs(rounded(math.prod(map(Decimal, pair)), decimals)) == abs(rounded(exact, decimals)), latex(term)
        finer += len(pairs[0][0].partition(".")[2]) > decimals
    assert finer


def test_braces_are_closed(found: list[Explanation]) -> None:
    for formula in [latex(e) for e in found] + [latex(t) for e in found for t in e.terms if t.source]:
        depth = np.cumsum([{"{": 1, "}": -1}.get(character, 0) for character in formula])
        assert depth[-1] == 0 and depth.min() >= 0
        assert "−" not in formula and "+ -" not in formula and "\n" not in formula and "$" not in formula


# Tables


def test_the_results_of_a_table_add_up_to_its_total(found: list[Explanation], long: list[Explanation]) -> None:
    for e in found + long[:2]:
        head, *rows = table(e)
        assert head == ("term", "step", "channel", "row", "column", "padding", "value", "weight", "result")
        assert {len(row) for row in rows} == {len(head)}
        assert rows[-2][0] == "total" and rows[-1][0] == "tensor"
        results = [row[-1] for row in rows[: -2 - len(e.numbers)]]
        assert len(results) == sum(term.values.size for term in e.terms)
        if e.kind == "sum":
            assert math.fsum(results) == pytest.approx(rows[-2][-1], abs=1e-9)
            assert all(v * w == r for *_, v, w, r in rows[: len(results)] if w != "")


def test_a_table_marks_the_padding_and_goes_through_csv() -> None:
    conv = shake(nn.Conv2d(2, 1, 3, padding=1)).double()
    e = explained(nn.Sequential(conv), COUNTED, "0", 0, 0, 0)
    file = io.StringIO()
    csv.writer(file).writerows(table(e))
    rows = list(csv.DictReader(io.StringIO(file.getvalue())))
    assert sum(row["padding"] == "yes" for row in rows) == 2 * 5
    inside = next(row for row in rows if row["term"] == "channel 1" and (row["row"], row["column"]) == ("1", "0"))
    assert float(inside["value"]) == 12 and inside["step"] == "input"
    assert float(rows[-2]["result"]) == e.total and float(rows[-1]["result"]) == e.value
