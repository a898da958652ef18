"""Which places speak for a class: against sums done by hand, and on networks whose answer is known."""

from concurrent.futures import ThreadPoolExecutor

import pytest
import torch
from torch import Tensor, nn
from torchvision.models import resnet18

import model_zoo
from model_zoo import walk
from model_zoo.explain import attribution
from model_zoo.explain.attribution import (
    covered,
    enlarged,
    grad_cam,
    integrated_gradients,
    occlusion,
    peak,
    steps_with_maps,
)
from tests.conftest import SHIPPED, SHIPPED_BY_TIME
from tests.model_zoo.small_nets import shake
from tests.pictures import noise


class Detector(nn.Module):
    """Class 1's score is how much red there is, class 0's how much blue; two convolutions that only pass colours on."""

    def __init__(self, inplace: bool = False) -> None:
        super().__init__()
        self.conv, self.relu = nn.Conv2d(3, 2, 1, bias=False), nn.ReLU(inplace)
        self.pool, self.flatten, self.head = nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(2, 2, bias=False)
        with torch.no_grad():
            self.conv.weight.copy_(torch.tensor([[1.0, 0, 0], [0, 0, 1]]).view(2, 3, 1, 1))
            self.head.weight.copy_(torch.tensor([[-3.0, 8.0], [8.0, -3.0]]))

    def forward(self, x: Tensor) -> Tensor:
        return self.head(self.flatten(self.pool(self.relu(self.conv(x)))))


def patches(side: int = 24) -> Tensor:
    """Black with a red square at rows 2 to 7, columns 4 to 9, and a blue one in the lower right corner."""
    x = torch.zeros(1, 3, side, side)
    x[0, 0, 2:8, 4:10] = 1
    x[0, 2, 16:22, 16:22] = 1
    return x


def test_grad_cam_is_the_weighted_sum_that_one_does_by_hand() -> None:
    net = Detector().eval()
    x = torch.tensor([[[[1.0, 2.0], [0.0, -4.0]], [[9.0, 9.0], [9.0, 9.0]], [[0.0, 1.0], [5.0, 2.0]]]])
    # After ReLU red is 1 2 / 0 0 and blue 0 1 / 5 2. The mean over four places gives each a gradient of weight / 4.
    result = grad_cam(net, x, 1, "relu")
    assert result.values.tolist() == [[1 * 2.0, 2 * 2.0 - 0.75], [0.0, 0.0]]
    assert result.score == pytest.approx(8 * 3 / 4 - 3 * 8 / 4)
    assert grad_cam(net, x, 0, "relu").values.tolist() == [[0.0, 2.0 - 1.5], [10.0, 4.0]]
    assert result.step == "relu" and not result.signed


@pytest.mark.parametrize("method", [grad_cam, occlusion, integrated_gradients])
def test_every_method_finds_what_the_detector_detects(method) -> None:
    net, x = Detector().eval(), patches()
    row, column = peak(method(net, x, 1).values, 24, 24)
    assert 2 <= row < 8 and 4 <= column < 10
    row, column = peak(method(net, x, 0).values, 24, 24)
    assert 16 <= row < 22 and 16 <= column < 22


def test_signed_methods_show_what_speaks_against_a_class() -> None:
    net, x = Detector().eval(), patches()
    for method in (occlusion, integrated_gradients):
        against = -enlarged(method(net, x, 1).values, 24, 24)
        row, column = peak(against, 24, 24)
        assert 16 <= row < 22 and 16 <= column < 22


def test_occlusion_is_the_fall_of_the_score() -> None:
    net, x = (
        shake(nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(4, 3))),
        patches(),
    )
    result = occlusion(net, x, 2)
    hidden = x.clone()
    hidden[..., 2:8, 4:10] = covered(x)[..., 2:8, 4:10]  # the square of 6 around the middle of place (2, 3): (5, 7)
    with torch.inference_mode():
        fall = (net(x) - net(hidden))[0, 2]
    assert float(result.values[2, 3]) == pytest.approx(float(fall), abs=1e-6)


@pytest.mark.parametrize("name", SHIPPED_BY_TIME)
def test_integrated_gradients_add_up_to_the_score(name: str) -> None:
    model = model_zoo.load(name)
    x = model.prepare(noise(6, 6).resize((200, 200)))
    with torch.inference_mode():
        scores = model.net(torch.cat([x, torch.zeros_like(x)])).double()
    target = min(3, len(model.classes) - 1)
    result = integrated_gradients(model.net, x, target)
    assert (result.score, result.start) == pytest.approx(scores[:, target].tolist(), abs=1e-4)
    difference = result.score - result.start
    assert float(result.values.sum()) == pytest.approx(
        difference, abs=0.06 * max(1, abs(difference))
    )  # ReLU6 has more kinks
    assert result.values.shape == (model.size, model.size) and result.values.min() < 0 < result.values.max()


def test_integrated_gradients_of_a_linear_network_are_exact() -> None:
    net = nn.Sequential(nn.Flatten(), nn.Linear(12, 2)).double().eval()
    x = torch.randn(1, 3, 2, 2, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    expected = (net[1].weight[1].view(3, 2, 2) * x[0]).sum(0).detach()
    assert torch.allclose(integrated_gradients(net, x, 1).values, expected, atol=1e-12)


def test_the_usual_step_is_the_last_before_the_head() -> None:
    usual = {
        name: attribution.usual_step(walk(net.eval(), torch.zeros(1, 3, 64, 64)))
        for name, net in [
            ("resnet18", resnet18(weights=None)),
            ("detector", Detector()),
            ("no convolution", nn.Sequential(nn.AvgPool2d(2), nn.Flatten(), nn.Linear(3 * 32 * 32, 2))),
            ("no maps", nn.Sequential(nn.Flatten(), nn.Linear(3 * 64 * 64, 2))),
        ]
    }
    assert usual == {"resnet18": "layer4.1.relu_2", "detector": "relu", "no convolution": "0", "no maps": ""}
    for name in SHIPPED:
        model = model_zoo.load(name)
        steps = walk(model.net, torch.zeros(1, 3, model.size, model.size))
        assert attribution.usual_step(steps) in {
            *("relu6", "residual2.add", "block3.gelu2", "layer4.1.relu2", "head.relu")
        }


def test_maps_that_are_overwritten_in_place_are_not_offered() -> None:
    net, x = Detector(inplace=True).eval(), patches()
    assert steps_with_maps(net, x) == ["relu"]
    assert steps_with_maps(Detector().eval(), x) == ["conv", "relu"]
    assert torch.equal(grad_cam(net, x, 1).values, grad_cam(Detector().eval(), x, 1).values)
    with pytest.raises(ValueError, match="overwrites"):
        grad_cam(net, x, 1, "conv")
    net = resnet18(weights=None).eval()
    offered = steps_with_maps(net, torch.rand(1, 3, 64, 64))
    assert {"layer1.0.relu", "layer4.1.conv2", "layer4.1.relu_2"} <= set(offered)
    assert "avgpool" not in offered and "layer4.1.bn2" not in offered


@pytest.mark.parametrize(("step", "target"), [("nonsense", 0), ("pool", 0), ("relu", 2), ("relu", -1)])
def test_what_does_not_exist_is_refused_in_a_sentence(step: str, target: int) -> None:
    with pytest.raises(ValueError, match=r"^There is no (step|class) .*\.$"):
        grad_cam(Detector().eval(), patches(), target, step)


def test_covering_keeps_the_mean_colour_and_leaves_no_shape() -> None:
    x = torch.rand(1, 3, 32, 32, generator=torch.Generator().manual_seed(0))
    blurred = covered(x)
    assert torch.allclose(blurred.mean((2, 3)), x.mean((2, 3)), atol=0.02)
    assert blurred.std() < 0.15 * x.std()
    assert torch.allclose(covered(torch.full((1, 3, 5, 9), 0.7)), torch.full((1, 3, 5, 9), 0.7), atol=1e-6)


def test_many_threads_ask_one_network_at_once_and_leave_it_as_it_is() -> None:
    model = model_zoo.load(SHIPPED[0])
    before = {name: value.clone() for name, value in model.net.state_dict().items()}
    inputs = [model.prepare(noise(4, 4, seed).resize((32, 32))) for seed in range(6)]
    alone = [grad_cam(model.net, x, 2).values for x in inputs]
    signed = integrated_gradients(model.net, inputs[0], 2).values
    with ThreadPoolExecutor(4) as pool:
        maps = pool.map(lambda x: grad_cam(model.net, x, 2).values, inputs * 3)
        sums = pool.submit(integrated_gradients, model.net, inputs[0], 2)
        walks = [pool.submit(walk, model.net, inputs[0]) for _ in range(4)]
        assert all(torch.equal(found, expected) for found, expected in zip(maps, alone * 3, strict=True))
        assert torch.allclose(sums.result().values, signed, atol=1e-9)
        with torch.inference_mode():
            assert all(torch.equal(each.result()[-1].output, model.net(inputs[0])) for each in walks)
    assert all(torch.equal(value, before[name]) for name, value in model.net.state_dict().items())
    assert all(weight.grad is None for weight in model.net.parameters())
    assert not any(module._forward_hooks or module._backward_hooks for module in model.net.modules())
