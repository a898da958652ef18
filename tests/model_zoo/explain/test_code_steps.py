"""The line of code of each step, its arguments, and the sums worked out from them."""

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

import model_zoo
from model_zoo.explain import code
from model_zoo.explain.code.records import PARTS
from tests.conftest import SHIPPED


class Around(nn.Module):
    """A layer between a picture of 32 pixels and two logits."""

    def __init__(self, *layers: nn.Module) -> None:
        super().__init__()
        self.layers = nn.Sequential(*layers)

    def forward(self, x: Tensor) -> Tensor:
        return self.layers(x).flatten(1)[:, :2]


def last(*layers: nn.Module) -> code.StepCode:
    """The code of the last of some layers."""
    return code.steps(Around(*layers).eval(), 32)[f"layers.{len(layers) - 1}"]


def test_a_convolution() -> None:
    said = last(nn.Conv2d(3, 32, 3, padding=1))
    assert said.text == "nn.Conv2d(3, 32, kernel_size=3, padding=1)"
    assert [piece.argument for piece in said.line if piece.argument] == [
        "in_channels",
        "out_channels",
        "kernel_size",
        "padding",
    ]
    assert [sum.text for sum in said.weights] == ["32 × (3 × 3 × 3) + 32 = 896"]
    assert [(sum.of, sum.text) for sum in said.shape] == [
        ("maps", "out_channels = 32"),
        ("height and width", "(32 + 2 × 1 − 3) / 1 + 1 = 32"),
    ]
    assert {each.name: each.part for each in said.arguments if each.part} == {
        "in_channels": "inputs",
        "out_channels": "outputs",
        "kernel_size": "window",
        "dilation": "window",
        "stride": "positions",
        "padding": "border",
        "padding_mode": "border",
        "groups": "groups",
        "bias": "bias",
    }
    assert {each.name for each in said.arguments if not each.is_default} == {
        "in_channels",
        "out_channels",
        "kernel_size",
        "padding",
    }


@pytest.mark.parametrize(
    ("layers", "line", "weights", "sizes"),
    [
        (
            [nn.Conv2d(3, 8, 1), nn.Conv2d(8, 8, 5, stride=2, padding=2, groups=8, bias=False)],
            "nn.Conv2d(8, 8, kernel_size=5, stride=2, padding=2, groups=8, bias=False)",
            "8 × (8 / 8 × 5 × 5) = 200",
            ["⌊(32 + 2 × 2 − 5) / 2⌋ + 1 = 16"],
        ),
        (
            [nn.Conv2d(3, 8, 1), nn.Conv2d(8, 16, (3, 1), padding=(1, 0), dilation=(2, 1), groups=2)],
            "nn.Conv2d(8, 16, kernel_size=(3, 1), padding=(1, 0), dilation=(2, 1), groups=2)",
            "16 × (8 / 2 × 3 × 1) + 16 = 208",
            ["(32 + 2 × 1 − (2 × (3 − 1) + 1)) / 1 + 1 = 30", "(32 + 2 × 0 − 1) / 1 + 1 = 32"],
        ),
        (
            [nn.Conv2d(3, 4, 3, padding="same")],
            'nn.Conv2d(3, 4, kernel_size=3, padding="same")',
            "4 × (3 × 3 × 3) + 4 = 112",
            ["same padding keeps 32"],
        ),
        ([nn.MaxPool2d(2)], "nn.MaxPool2d(kernel_size=2)", "It has no weights: there is nothing to learn.", None),
        (
            [nn.MaxPool2d(3, 2, 1)],
            "nn.MaxPool2d(kernel_size=3, stride=2, padding=1)",
            None,
            ["⌊(32 + 2 × 1 − 3) / 2⌋ + 1 = 16"],
        ),
        (
            [nn.AvgPool2d(3, 2, ceil_mode=True)],
            "nn.AvgPool2d(kernel_size=3, stride=2, ceil_mode=True)",
            None,
            ["⌈(32 + 2 × 0 − 3) / 2⌉ + 1 = 16"],
        ),
        (
            [nn.AdaptiveAvgPool2d(4)],
            "nn.AdaptiveAvgPool2d(output_size=4)",
            None,
            ["4 × 4, of 32 × 32; the 3 maps stay."],
        ),
        (
            [nn.BatchNorm2d(3)],
            "nn.BatchNorm2d(3)",
            "scale 3 + shift 3 = 6",
            ["the same as what it reads, 3 × 32 × 32."],
        ),
        ([nn.Flatten()], "nn.Flatten()", None, ["3 × 32 × 32 = 3,072"]),
        (
            [nn.Flatten(), nn.Linear(3072, 10)],
            "nn.Linear(3072, 10)",
            "10 × 3,072 + 10 = 30,730",
            ["out_features = 10"],
        ),
        (
            [nn.Flatten(), nn.Linear(3072, 10, bias=False)],
            "nn.Linear(3072, 10, bias=False)",
            "10 × 3,072 = 30,720",
            None,
        ),
        ([nn.LeakyReLU(0.2, inplace=True)], "nn.LeakyReLU(negative_slope=0.2, inplace=True)", None, None),
    ],
)
def test_lines_and_sums(layers: list[nn.Module], line: str, weights: str | None, sizes: list[str] | None) -> None:
    said = last(*layers)
    assert said.text == line
    if weights:
        assert said.weights[0].text == weights
    if sizes:
        assert [sum.text for sum in said.shape if sum.of != "maps"] == sizes
    assert eval(said.text, {"nn": nn}).extra_repr() == layers[-1].extra_repr()


class Functional(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3)

    def forward(self, x: Tensor) -> Tensor:
        x = F.relu(F.pad(self.conv(x), (1, 1, 1, 1)))
        x = torch.cat([x, F.max_pool2d(x, 3, stride=1, padding=1)], dim=1)
        return torch.flatten(x.mean((2, 3), keepdim=True), 1)


def test_functions_have_the_lines_of_forward() -> None:
    said = code.steps(Functional().eval(), 32)
    assert [each.text for each in said.values()] == [
        "nn.Conv2d(3, 4, kernel_size=3)",
        "x = F.pad(x, (1, 1, 1, 1))",
        "x = F.relu(x)",
        "y = F.max_pool2d(x, 3, stride=1, padding=1)",
        "x = torch.cat([x, y], dim=1)",
        "x = x.mean((2, 3), keepdim=True)",
        "x = torch.flatten(x, 1)",
    ]
    joined = next(each for each in said.values() if "cat" in each.text)
    assert joined.shape[0].text == "4 + 4 = 8"
    pool = next(each for each in said.values() if "max_pool2d" in each.text)
    parts = {each.name: (each.value, each.part) for each in pool.arguments if not each.is_default}
    assert parts["input"] == ("x", "inputs") and parts["stride"] == ("1", "positions")
    assert [sum.text for sum in pool.shape] == ["as many as it reads = 4", "(32 + 2 × 1 − 3) / 1 + 1 = 32"]
    assert pool.figure.kernel == (3, 3)
    assert any("relu" in each.means for each in pool.arguments if each.name == "input")


@pytest.mark.parametrize("name", SHIPPED)
def test_the_sums_of_the_shipped_networks_are_right(name: str) -> None:
    """Every step has its line; each sum is right by Python's own arithmetic, and gives what the walk found."""
    model = model_zoo.load(name)
    walked = model_zoo.walk(model.net, torch.zeros(1, 3, model.size, model.size))
    said = code.steps(model.net, model.size)
    assert list(said) == [step.name for step in walked]
    checked = 0
    for step in walked:
        each = said[step.name]
        assert each.weights[0].result == step.parameters
        assert {argument.part for argument in each.arguments} <= {*PARTS, ""}
        assert all(argument.means.endswith(".") for argument in each.arguments)
        sizes = {"maps": step.shape[1], "values": step.shape[-1], "height and width": step.shape[-1]}
        for sum in (*each.weights, *each.shape):
            if sum.of in sizes and sum.result is not None:
                assert sum.result == sizes[sum.of]
            left, _, right = sum.text.replace(",", "").rpartition(" = ")
            if left[:1].isdigit() or left[:1] in ("(", "⌊"):
                left = left.translate({ord("×"): "*", ord("−"): "-", ord("⌊"): "int(", ord("⌋"): ")"})
                assert eval(left) == int(right)
                checked += 1
    assert checked >= 10
