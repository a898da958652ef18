"""The three checks of a map, on networks whose answer is known."""

import pytest
import torch
from torch import Tensor, nn

import model_zoo
from model_zoo.explain.attribution import enlarged
from model_zoo.explain.sanity_checks import ORDERS, STAGES, deletion, likeness, shuffled
from tests.conftest import SHIPPED
from tests.model_zoo.small_nets import picture, small_net


class Brightness(nn.Module):
    """Two classes; the score of class 1 is the sum of the picture's upper left quarter, whose side is 8."""

    def forward(self, x: Tensor) -> Tensor:
        score = x[:, :, :8, :8].sum(dim=(1, 2, 3))
        return torch.stack([torch.zeros_like(score), score], dim=1)


def quarter() -> Tensor:
    """16 x 16, black but for the upper left quarter."""
    x = torch.zeros(1, 1, 16, 16)
    x[..., :8, :8] = 1
    return x


def test_the_deletion_curve_of_a_network_that_one_can_calculate() -> None:
    x = quarter()
    right = deletion(Brightness().eval(), x, 1, x[0, 0])
    assert right.shares == [stage / STAGES for stage in range(STAGES + 1)]
    assert len(right.random) == ORDERS and all(len(curve) == STAGES + 1 for curve in right.random)
    # Once the quarter's 16 of 64 squares are gone nothing that matters is left to remove.
    assert right.probability[0] == pytest.approx(torch.sigmoid(torch.tensor(64.0)).item())
    assert right.probability[STAGES // 4 :] == pytest.approx([right.probability[-1]] * (STAGES * 3 // 4 + 1))
    assert all(curve[-1] == pytest.approx(right.probability[-1]) for curve in right.random)


def test_a_map_that_is_right_is_faster_than_chance_and_its_opposite_slower() -> None:
    class Softer(Brightness):
        def forward(self, x: Tensor) -> Tensor:
            return super().forward(x) / 4 - 8

    x, net = quarter(), Softer().eval()
    right, wrong = deletion(net, x, 1, x[0, 0]), deletion(net, x, 1, -x[0, 0])
    assert right.slower_orders == ORDERS and wrong.slower_orders == 0
    assert right.area < min(right.random_areas) <= right.chance <= max(right.random_areas) < wrong.area
    nothing = deletion(net, x, 1, torch.zeros(4, 4))
    assert min(nothing.random_areas) / 2 < nothing.area < 2 * max(nothing.random_areas)


def test_the_same_seed_gives_the_same_curves() -> None:
    x, net = quarter() / 99, Brightness().eval()
    again = [deletion(net, x, 1, torch.zeros(2, 2), seed=seed) for seed in (0, 0, 1)]
    assert again[0].random == again[1].random and again[0].probability == again[1].probability
    assert again[0].random != again[2].random


def test_progress_is_told_to_the_end() -> None:
    calls: list[tuple[int, int]] = []
    deletion(Brightness().eval(), quarter(), 1, torch.zeros(2, 2), progress=lambda done, of: calls.append((done, of)))
    assert calls[-1] == ((ORDERS + 1) * (STAGES + 1),) * 2 and calls == sorted(calls)


def test_a_small_map_is_laid_over_the_whole_picture() -> None:
    values = torch.tensor([[1.0, 0.0], [0.0, 0.0]], dtype=torch.float64)
    large = enlarged(values, 8, 8)
    assert large.shape == (8, 8) and large[0, 0] == 1 and large[-1, -1] == 0
    assert torch.equal(enlarged(values, 2, 2), values)


def test_likeness() -> None:
    first = torch.rand(4, 4, generator=torch.Generator().manual_seed(0))
    assert likeness(first, 3 * first + 1) == pytest.approx(1)
    assert likeness(first, -first) == pytest.approx(-1)
    assert likeness(first, torch.rand(4, 4, generator=torch.Generator().manual_seed(1))) == pytest.approx(0, abs=0.5)
    assert likeness(first, torch.zeros(4, 4)) is None and likeness(torch.full((4, 4), 0.1), first) is None


def test_a_shuffled_network_has_the_same_numbers_and_knows_nothing() -> None:
    net = small_net("joined").double()
    state = torch.random.get_rng_state()
    other, again, another = shuffled(net), shuffled(net), shuffled(net, seed=1)
    assert torch.equal(torch.random.get_rng_state(), state)
    x = picture()
    with torch.inference_mode():
        assert torch.equal(other(x), again(x)) and not torch.allclose(other(x), another(x))
        assert not torch.allclose(other(x), net(x))
    for (name, weight), mixed in zip(net.named_parameters(), other.named_parameters(), strict=True):
        assert torch.equal(weight.flatten().sort().values, mixed[1].flatten().sort().values), name
        assert weight.numel() < 10 or not torch.equal(weight, mixed[1]), name


def test_the_shipped_networks_shuffled_still_give_numbers() -> None:
    for name in SHIPPED:
        with torch.inference_mode():
            assert shuffled(model_zoo.load(name).net)(torch.rand(1, 3, 32, 32)).isfinite().all()
