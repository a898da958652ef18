"""The whole way of a value as LaTeX: shown numbers make shown results, and LaTeX reads it."""

import random
import re
import shutil
import subprocess
from decimal import Decimal
from pathlib import Path

import pytest
import torch
from torch import nn

import model_zoo
from model_zoo import walk
from model_zoo.explain.sums import Explanation, back, chain_digits, digits, explain, probability, shown, words
from model_zoo.explain.sums.document import document
from model_zoo.explain.sums.rounding import rounded
from model_zoo.graph.edits import parse, settle
from tests.conftest import SHIPPED
from tests.model_zoo.conftest import random_picture
from tests.model_zoo.helpers import drawn_place, first_place
from tests.model_zoo.small_nets import NETS, picture, small_net

PACKAGES = r"\documentclass{article}\usepackage{amsmath}\begin{document}"


@pytest.fixture(scope="module")
def chains() -> list[list[Explanation]]:
    """Some value of every step of every shipped network, of every small one, and its way back."""
    draw, found = random.Random(0), []
    for name in SHIPPED:
        model = model_zoo.load(name)
        x = model.prepare(random_picture(60, 50))
        steps = walk(model.net, x)
        places = [drawn_place(step, draw) for step in steps]
        found += [back(steps, x, explain(steps, x, *place)) for place in places]
        found.append([probability(steps, 1), *found[-1]])
    for name in NETS:
        x = picture()
        steps = walk(small_net(name).double(), x)
        found += [back(steps, x, explain(steps, x, *first_place(s))) for s in steps]
    return found


def number(text: str) -> Decimal:
    return Decimal(text.replace(" ", ""))


def test_the_lines_of_a_sum_make_its_result(chains: list[list[Explanation]]) -> None:
    checked = cut = 0
    for chain in chains:
        for block in document(chain).split(r"\\[1ex]"):
            lines = re.findall(r"(?:= |\+ |(?={}} -)|{}} )(-? ?[\d.]+) && \\text\{([^}]*)\}", block)
            if not lines:
                continue
            shown_sum = sum(number(one) for one, _ in lines)
            result = re.search(r"&= (-?[\d.]+)(?: \\approx (-?[\d.]+))?\s*(?:\\end|$)", block.strip())
            assert number(result[1]) == shown_sum, block
            if result[2]:
                assert abs(number(result[2]) - shown_sum) <= Decimal("0.5").scaleb(
                    number(result[2]).as_tuple().exponent
                )
            checked += 1
            cut += "further" in block
    assert checked > 50 and cut > 10


def test_products_and_bias_as_shown_make_the_total_as_shown_however_the_last_digits_fall() -> None:
    """Sums beside a half, in single precision, whose tensor rounds to the other side of it."""
    draw, checked = random.Random(5), 0
    for _ in range(400):
        products = [draw.gauss(0, 1) for _ in range(draw.choice([1, 3, 12]))]
        half = round(draw.gauss(0, 1), 4) + 5e-5
        bias = half - sum(products) + draw.choice([0.0, 1e-7, -1e-7, 4e-6, -4e-6])
        net = nn.Sequential(nn.Linear(len(products), 1))
        with torch.no_grad():
            net[0].weight.copy_(torch.tensor([products]))
            net[0].bias.fill_(bias)
        x = torch.ones(1, len(products))
        e = explain(walk(net.eval(), x), x, "0", 0)
        decimals = digits(e)
        values = [rounded(term.value, decimals.terms) for term in e.terms if term.source]
        made = rounded(sum(values), decimals.total) + rounded(e.terms[-1].value, decimals.total)
        assert made == rounded(e.total, decimals.total), e
        block = document([e])
        lines = re.findall(r"(?:= |\+ |(?={}} -)|{}} )(-? ?[\d.]+) && \\text\{([^}]*)\}", block)
        shown_result = re.search(r"&= (-?[\d.]+)(?: \\approx (-?[\d.]+))?\s*\\end", block)
        assert sum(number(one) for one, _ in lines) == number(shown_result[1])
        assert rounded(number(shown_result[1]), decimals.total) == rounded(e.total, decimals.total)
        checked += decimals.total > 4
    assert checked > 20


def test_the_result_is_the_tensors_value(chains: list[list[Explanation]]) -> None:
    for chain in chains:
        end = document(chain).removesuffix("\n\\end{align*}").split("&= ")[-1].split(r"\approx ")[-1]
        asked = chain[0]
        assert end.strip() == shown(asked.total, chain_digits(chain)[0].total).replace("−", "-")


def test_what_is_left_out_is_counted() -> None:
    model = model_zoo.load(SHIPPED[0])
    x = model.prepare(random_picture(60, 50))
    steps = walk(model.net, x)
    e = explain(steps, x, "conv2", 3, 4, 5)
    text = document([e])
    hidden = re.search(r"\\text\{(\d+) further channels, together\}", text)
    listed = re.findall(r"\\text\{channel (\d+)\}", text)
    assert int(hidden[1]) + len(listed) == sum(bool(term.source) for term in e.terms)
    by_size = sorted((t for t in e.terms if t.source), key=lambda t: -abs(t.value))
    assert [int(channel) for channel in listed] == [t.channel for t in by_size[: len(listed)]]


def test_no_name_can_break_the_formula(chains: list[list[Explanation]]) -> None:
    for chain in chains:
        text = document(chain)
        assert text.count("{") == text.count("}") and "−" not in text and "$" not in text
        for inside in re.findall(r"\\text\{([^{}]*)\}", text):
            assert not re.search(r"(?<!\\)[_#%&~^]", inside)


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="no pdflatex is installed")
def test_latex_reads_it(chains: list[list[Explanation]], tmp_path: Path) -> None:
    body = "\n\n".join(document(chain) for chain in chains[:: max(1, len(chains) // 60)])
    (tmp_path / "all.tex").write_text(f"{PACKAGES}\n{body}\n\\end{{document}}\n")
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "all.tex"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout[-2000:]


@pytest.mark.parametrize("operation", ["batch norm", "GELU"])
def test_a_changed_channel_of_any_step_is_put_into_words(operation: str) -> None:
    model = model_zoo.load("cifar10-fast")
    x = model.prepare(random_picture(60, 50))
    name = next(step.name for step in walk(model.net, x) if step.operation == operation)
    kept, refused = settle(parse(f"{name}.1:x2", model.black), walk(model.net, x), x.shape)
    assert kept and not refused
    steps = walk(model.net, x, kept)
    e = explain(steps, x, name, 1, 2, 3)
    plain = explain(walk(model.net, x), x, name, 1, 2, 3)
    assert e.total == pytest.approx(2 * plain.total)
    (alone,) = [one for one in back(steps, x, e) if one.is_without]
    assert alone is e.without and alone.total == plain.total and "that times 2 is what counts now" in words(e)
    assert words(alone) == f"Without the change {words(plain)[0].lower()}{words(plain)[1:]}"
    assert torch.isfinite(steps[-1].output).all() and document([e]).startswith(r"\begin{align*}")


@pytest.mark.parametrize(
    ("change", "said"), [("off", "switched off"), ("inv", "inverted"), ("x2.5", "multiplied by 2.5")]
)
def test_a_changed_channel_shows_what_the_network_does_and_what_the_change_makes_of_it(change: str, said: str) -> None:
    model = model_zoo.load(SHIPPED[0])
    x = model.prepare(random_picture(60, 50))
    steps = walk(model.net, x, parse(f"conv2.3:{change}", model.black))
    plain = explain(walk(model.net, x), x, "conv2", 3, 4, 5)
    now, alone = back(steps, x, explain(steps, x, "conv2", 3, 4, 5))
    assert now.value == float(steps[2].output[0, 3, 4, 5]) and f"this channel is {said}" in words(now)
    assert [term.value for term in alone.terms] == [term.value for term in plain.terms]
    decimals = chain_digits([now, alone])
    assert f"the network gives {shown(plain.total, decimals[1].total)} here" in words(now, decimals[0])
    assert document([now, alone]).startswith(r"\begin{align*}")
