"""The worksheet: whoever calculates with the numbers as printed gets the key, and that is what the network gets."""

import itertools
import math
import random
import re
from decimal import ROUND_HALF_UP, Decimal

import pytest
from PIL import Image

import model_zoo
from demo.core.inference import infer
from demo.core.view import View
from demo.errors import UserError
from demo.share.worksheet.exercise import tasks
from demo.share.worksheet.exercise_model import Gap, Grid, Grids, Line, Piece, Task
from demo.share.worksheet.worksheet import worksheet
from model_zoo import walk
from model_zoo.explain.sums import Explanation, back, explain, probability
from model_zoo.graph.position import Position
from tests.conftest import SHIPPED
from tests.model_zoo.helpers import first_place
from tests.model_zoo.small_nets import NETS, small_net
from tests.model_zoo.small_nets import picture as small_picture
from tests.pictures import noise


@pytest.fixture(scope="module")
def sheets() -> list[tuple[list[Explanation], list[Task]]]:
    """Tasks about values of every step of every shipped network, the logits with softmax, and of every small one."""
    draw, found = random.Random(1), []
    for name in SHIPPED:
        model = model_zoo.load(name)
        x = model.prepare(noise(50, 40).resize((90, 70), Image.Resampling.BICUBIC))
        steps = walk(model.net, x)
        chains = [
            back(steps, x, explain(steps, x, s.name, *(draw.randrange(size) for size in s.shape[1:]))) for s in steps
        ]
        chains[-1] = [probability(steps, chains[-1][0].position.channel), *chains[-1]]
        found += [(chain, tasks(chain, model.classes)[0]) for chain in chains]
    for name in NETS:
        x = small_picture()
        steps = walk(small_net(name).double(), x)
        chains = [back(steps, x, explain(steps, x, *first_place(s))) for s in steps]
        found += [(chain, tasks(chain)[0]) for chain in chains]
    return found


def read(piece: Piece) -> str:
    return piece.answer if isinstance(piece, Gap) else piece


def amount(piece: Piece) -> Decimal:
    return Decimal(read(piece).strip("()").replace("−", "-"))


def decimals(number: Decimal) -> int:
    return -number.as_tuple().exponent


def value(formula: str) -> float:
    """What arithmetic as printed comes to."""
    python = re.sub(r"e\^\(([^)]*(?:\([^)]*\))?[^)]*)\)", r"exp(\1)", formula)
    for sign, own in (("−", "-"), ("×", "*"), ("÷", "/")):
        python = python.replace(sign, own)
    assert re.fullmatch(r"(?:[-+*/(), .\d]|max|min|exp)+", python), formula
    return eval(python, {"max": max, "min": min, "exp": math.exp, "__builtins__": {}})


def check_line(line: Line) -> bool:
    text = "".join(map(read, line.pieces)).rsplit(": ", 1)[-1]
    if not re.search(" [=≈] ", text):
        return False
    made, sign, result = re.fullmatch(r"(.*) ([=≈]) (.*)", text).groups()
    off = abs(value(made) - float(amount(result)))
    assert off <= (1e-9 if sign == "=" else 0.500001 * 10.0 ** -decimals(amount(result))), text
    return True


def check_products(grids: Grids) -> bool:
    """Patch times kernel is the field of products, and their sum the number after it."""
    parts = [part for part in grids.parts if isinstance(part, Grid)]
    if [part.caption for part in parts] != ["patch", "kernel", "products"]:
        return False
    patch, kernel, products = ([amount(piece) for row in part.cells for piece in row] for part in parts)
    for v, w, p in zip(patch, kernel, products, strict=True):
        assert (v * w).quantize(Decimal(1).scaleb(-decimals(p)), ROUND_HALF_UP) == p
    assert sum(products) == amount(grids.parts[-1])
    return True


def test_the_printed_arithmetic_is_right(sheets: list[tuple[list[Explanation], list[Task]]]) -> None:
    lines = grids = 0
    for _, made in sheets:
        for task in made:
            lines += sum(check_line(part) for part in task.body if isinstance(part, Line))
            grids += sum(check_products(part) for part in task.body if isinstance(part, Grids))
    assert lines > 150 and grids > 60


def test_each_task_goes_on_with_the_result_before(sheets: list[tuple[list[Explanation], list[Task]]]) -> None:
    """That result is in the task, as a gap and not as a number that gives it away."""
    followed = 0
    for chain, made in sheets:
        for first, second in itertools.pairwise(made):
            pieces = [
                piece
                for part in second.body
                for one in (part.pieces if isinstance(part, Line) else part.parts)
                for piece in ([p for row in one.cells for p in row] if isinstance(one, Grid) else [one])
            ]
            gaps = [abs(amount(piece)) for piece in pieces if isinstance(piece, Gap)]
            assert abs(first.result) in gaps, chain[0].position
            followed += 1
    assert followed > 50


def test_results_are_those_of_the_network(sheets: list[tuple[list[Explanation], list[Task]]]) -> None:
    for chain, made in sheets:
        for task in made:
            size = max((abs(t.value) for e in chain for t in e.terms), default=1.0)
            assert abs(float(task.result) - task.exact) <= max(0.02 * abs(task.exact), 0.004 * min(size, 1.0))
        named = [e.position.step for e in reversed(chain) if e.kind != "same"]
        assert [task.step for task in made] == named


def test_the_question_about_a_sum_is_about_what_the_reader_has_worked_out(
    sheets: list[tuple[list[Explanation], list[Task]]],
) -> None:
    given_more = 0
    for task in (task for _, made in sheets for task in made if task.operation in ("convolution", "linear")):
        *parts, _ = (piece for piece in task.body[-1].pieces if piece not in (" + ", " = "))
        strongest = max((amount(part) for part in parts if isinstance(part, Gap)), key=abs)
        way = "up" if strongest > 0 else "down"
        assert re.search(rf"{way} by {abs(strongest)}\.$", task.question[1], re.IGNORECASE), task.question
        given_more += not isinstance(max(parts, key=lambda part: abs(amount(part))), Gap)
    assert given_more > 5


def test_there_is_little_to_fill_in(sheets: list[tuple[list[Explanation], list[Task]]]) -> None:
    for _, made in sheets:
        for task in made:
            gaps = sum(
                isinstance(piece, Gap)
                for part in task.body
                for one in (part.pieces if isinstance(part, Line) else part.parts)
                for piece in ([p for row in one.cells for p in row] if isinstance(one, Grid) else [one])
            )
            assert 1 <= gaps <= 36, task.step


def test_the_page_holds_nothing_but_itself_and_the_small_picture() -> None:
    large = noise(700, 500)
    made = worksheet(infer(View(model=SHIPPED[0]), large), Position("pool1", 14, 3, 5))
    assert made["name"] == f"worksheet-{SHIPPED[0]}-pool1-14-3-5.html"
    sources = re.findall(r"(?:src|href)=\"([^\"]*)\"", made["html"])
    assert len(sources) == 2 and all(source.startswith("data:image/png;base64,") for source in sources)
    assert "http" not in made["html"] and "<script" not in made["html"] and len(made["html"]) < 200_000
    students, key = made["html"].split('<main class="page">')[1:]
    assert students.count('class="gap"') > 3 and 'class="key"' not in students
    assert 'class="gap"' not in key and key.count('class="key"') > 3


@pytest.mark.parametrize(
    ("place", "where"),
    [
        (("conv1", 6, 6, 6), "In every field of products, round"),
        (("fc3", 5, 0, 0), "Where it says ≈, round"),
        (("pool3", 3, 1, 2), "In every field of products, round"),
    ],
)
def test_rounding_is_asked_for_where_the_sheet_needs_it(place: tuple, where: str) -> None:
    made = worksheet(infer(View(model="cifar10-cnn"), noise(50, 40)), Position(*place))
    start, to_do = made["html"].split('<main class="page">')[1].split('<div class="tasks">')
    assert f"<li>{where} to " in start
    assert ("≈" in start) == ("≈" in to_do) and ("products" in start) == ("<caption>products" in to_do)


def test_changes_to_the_network_are_told() -> None:
    view = View(model=SHIPPED[0], edits="conv1.5:x2")
    made = worksheet(infer(view, noise(50, 40)), Position("conv1", 5, 3, 4))
    assert "With changes to the network" in made["html"]


def test_a_factor_of_a_change_is_told_where_it_is_multiplied() -> None:
    made = worksheet(infer(View(model=SHIPPED[0], edits="relu1.5:x0.5"), noise(50, 40)), Position("relu1", 5, 3, 4))
    conv, relu, change = made["html"].split("<section")[1:4]
    assert "conv1" in conv and "relu1" in relu and "max(0, " in relu
    assert "relu1" in change and "times the factor of that change" in change


@pytest.mark.parametrize("position", [("conv1", 99, 0, 0), ("nothing", 0, 0, 0), ("input", 0, 3, 3)])
def test_what_has_no_worksheet_says_so(position: tuple) -> None:
    with pytest.raises(UserError, match=r"\.$"):
        worksheet(infer(View(model=SHIPPED[0]), noise(50, 40)), Position(*position))


def test_a_hostile_name_stays_text(hostile_entry: str) -> None:
    made = worksheet(infer(View(model=hostile_entry), noise(50, 40)), Position("fc3", 1, 0, 0))
    assert "<script" not in made["html"] and "&lt;script&gt;" in made["html"]
