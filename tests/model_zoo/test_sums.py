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
from model_zoo.naming import INPUT
from model_zoo.sums import (
    Explanation,
    Term,
    adds_up,
    digits,
    latex,
    shown,
    table,
    words,
)
from tests.conftest import SHIPPED
from tests.model_zoo.conftest import random_picture
from tests.model_zoo.helpers import Walked, by_name, walked
from tests.model_zoo.small_nets import NETS, picture, shake, small_net

NETWORKS = (*SHIPPED, "resnet18", *NETS, *(f"{name}, float32" for name in NETS))
DRAWS = 40  # for each network; 600 in all
pytestmark = pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel")


_walks: dict[str, Walked] = {}


@pytest.fixture
def network(request: pytest.FixtureRequest) -> Walked:
    """A network of NETWORKS, walked once."""
    name = request.param
    if name not in _walks:
        if name in SHIPPED:
            model = model_zoo.load(name)
            _walks[name] = walked(model.net, model.prepare(random_picture(50, 40)))
        elif name == "resnet18":
            x = torch.randn(1, 3, 64, 48, generator=torch.Generator().manual_seed(1))
            _walks[name] = walked(shake(resnet18(weights=None)), x)
        else:
            dtype = torch.float32 if name.endswith("float32") else torch.float64
            _walks[name] = walked(small_net(name.removesuffix(", float32")).to(dtype), picture(dtype=dtype))
    return _walks[name]


def random_places(steps: list[Step], count: int, seed: int = 0) -> Iterator[tuple]:
    draw = random.Random(seed)
    for _ in range(count):
        step = draw.choice(steps)
        yield step.name, *(draw.randrange(size) for size in step.shape[1:])


def magnitude(found: Explanation) -> float:
    """What the numbers that went into a value amount to; rounding errors are in proportion to it."""
    products = [term.products[np.isfinite(term.products)] for term in found.terms]
    return sum(float(np.abs(product).sum()) for product in products) + abs(found.value)


def check(found: Explanation, walked: Walked) -> None:
    """The value is the tensor's, the sum is the value, and every value read stands where it says it does."""
    named = by_name(walked.steps)
    step, *place = found.position
    output = named[step].output
    assert found.value == float(output[0][tuple(place[: output.dim() - 1])])
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
    tensor = x[0] if term.source == INPUT else named[term.source].output[0]
    held = [float(tensor[tuple(place[: tensor.dim()])]) for _, *place in term.reads]
    if term.window.mode in ("zeros", "vector"):
        assert held == term.values[~term.window.outside].tolist()
    else:  # padding holds values of the map too
        assert held == term.values.ravel().tolist()


@pytest.mark.parametrize("network", NETWORKS, indirect=True)
def test_explained_sums_are_the_tensors_values(network: Walked) -> None:
    for place in random_places(network.steps, DRAWS):
        check(network.explain(*place), network)


@pytest.mark.parametrize("network", NETWORKS, indirect=True)
def test_every_step_can_be_explained_at_its_corners(network: Walked) -> None:
    for step in network.steps:
        first, last = [0] * (len(step.shape) - 1), [size - 1 for size in step.shape[1:]]
        check(network.explain(step.name, *first), network)
        check(network.explain(step.name, *last), network)


@pytest.mark.parametrize("network", NETWORKS, indirect=True)
def test_every_explanation_says_itself(network: Walked) -> None:
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
