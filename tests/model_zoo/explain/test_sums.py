"""explain(): every sum is what the network's tensor holds, and reads the values that it says it reads."""

import random
from collections.abc import Iterator

import numpy as np
import pytest
import torch
from torch import Tensor
from torchvision.models import resnet18

import model_zoo
from model_zoo import Step
from model_zoo.explain.sums import Explanation, Term, adds_up, back, digits, latex, shown, table, words
from model_zoo.graph.op_names import INPUT
from tests.conftest import SHIPPED
from tests.model_zoo.conftest import random_picture
from tests.model_zoo.helpers import Inference, by_name, drawn_place, first_place, held, last_place, walked
from tests.model_zoo.small_nets import HEIGHT, NETS, WIDTH, picture, random_net, shake, small_net

RANDOM = [f"random {seed}" for seed in range(6)]
NETWORKS = (*SHIPPED, "resnet18", *NETS, *(f"{name}, float32" for name in NETS), *RANDOM)
DRAWS = 40  # for each network, so more than 800 in all
pytestmark = pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel")


_walks: dict[str, Inference] = {}


@pytest.fixture
def network(request: pytest.FixtureRequest) -> Inference:
    """A network of NETWORKS, walked once."""
    name = request.param
    if name not in _walks:
        if name in SHIPPED:
            model = model_zoo.load(name)
            _walks[name] = walked(model.net, model.prepare(random_picture(50, 40)))
        elif name == "resnet18":
            x = torch.randn(1, 3, 64, 48, generator=torch.Generator().manual_seed(1))
            _walks[name] = walked(shake(resnet18(weights=None)), x)
        elif name in RANDOM:
            net = random_net(int(name.split()[1]), 2 * HEIGHT, 2 * WIDTH)
            _walks[name] = walked(
                net, torch.randn(1, 3, 2 * HEIGHT, 2 * WIDTH, generator=torch.Generator().manual_seed(1))
            )
        else:
            dtype = torch.float32 if name.endswith("float32") else torch.float64
            _walks[name] = walked(small_net(name.removesuffix(", float32")).to(dtype), picture(dtype=dtype))
    return _walks[name]


def random_places(steps: list[Step], count: int, seed: int = 0) -> Iterator[tuple]:
    draw = random.Random(seed)
    for _ in range(count):
        yield drawn_place(draw.choice(steps), draw)


def magnitude(found: Explanation) -> float:
    """What the numbers that went into a value amount to; rounding errors are in proportion to it."""
    products = [term.products[np.isfinite(term.products)] for term in found.terms]
    return sum(float(np.abs(product).sum()) for product in products) + abs(found.value)


def check(found: Explanation, walked: Inference) -> None:
    """The value is the tensor's, the sum is the value, and every value read stands where it says it does.

    The sum is made anew in float64, so that it differs from the tensor by the rounding of whatever kernel made that.
    Each addition in float32 is off by at most 6e-8 of what it gives, and a kernel that adds up n products in blocks
    piles up some sqrt(n) of these at worst: 34 of them are allowed, relative to the sum of the absolute products, which
    is far below any single product left out or counted twice.
    """
    named = by_name(walked.steps)
    step = found.position.step
    output = walked.x if step == INPUT else named[step].output
    assert found.value == held(output, found.position)
    allowed = 1e-9 if output.dtype == torch.float64 else 2e-6 * magnitude(found) + 1e-7
    assert abs(found.total - found.value) <= allowed
    assert adds_up(found)
    for term in found.terms:
        check_term(term, named, walked.x)
    if found.main is not None:
        assert found.main in found.reads


def check_term(term: Term, named: dict[str, Step], x: Tensor) -> None:
    if not term.source:
        assert term.reads == []
        return
    tensor = x if term.source == INPUT else named[term.source].output
    values = [held(tensor, position) for position in term.reads]
    if term.window.mode in ("zeros", "vector"):
        assert values == term.values[~term.window.outside].tolist()
    else:  # padding holds values of the map too
        assert values == term.values.ravel().tolist()


@pytest.mark.parametrize("network", NETWORKS, indirect=True)
def test_explained_sums_are_the_tensors_values(network: Inference) -> None:
    for place in random_places(network.steps, DRAWS):
        check(network.explain(*place), network)


@pytest.mark.parametrize("network", NETWORKS, indirect=True)
def test_the_way_back_adds_up_as_far_as_the_picture(network: Inference) -> None:
    """From a random value through whatever it was made of, one of the values read after another."""
    draw = random.Random(2)
    for place in random_places(network.steps, 5, seed=2):
        reads = [place]
        while reads:
            chain = back(network.steps, network.x, network.explain(*draw.choice(reads)))
            assert [link.main for link in chain[:-1]] == [link.position for link in chain[1:]]
            for link in chain:
                check(link, network)
            reads = chain[-1].reads
        end = chain[-1]
        in_padding = all(term.window.outside.all() for term in end.terms if term.source)
        assert end.position.step == INPUT or (end.terms and in_padding)


@pytest.mark.parametrize("network", NETWORKS, indirect=True)
def test_every_step_can_be_explained_at_its_corners(network: Inference) -> None:
    for step in network.steps:
        check(network.explain(*first_place(step)), network)
        check(network.explain(*last_place(step)), network)


@pytest.mark.parametrize("network", NETWORKS, indirect=True)
def test_every_explanation_says_itself(network: Inference) -> None:
    for place in random_places(network.steps, 10, seed=1):
        found = network.explain(*place)
        decimals = digits(found)
        assert f"is {shown(found.total, decimals.total)}: " in words(found)
        assert words(found).endswith(".")
        formula = latex(found)
        assert formula.count("{") == formula.count("}")
        assert formula.endswith(f" = {shown(found.total, decimals.total)}".replace("−", "-"))
        assert table(found)[-2][-1] == found.total and table(found)[-1][-1] == found.value


def test_all_names_of_the_zoo_are_tested() -> None:
    assert set(model_zoo.names()) <= set(NETWORKS)
