"""One's own networks as models: what is taken over, and what is said of those that cannot be."""

import re
from pathlib import Path

import pytest
import torch
import torchvision
from PIL import Image
from torch import Tensor, nn
from torchvision import transforms

import model_zoo
from model_zoo import AdoptError, adopt
from model_zoo.explain.proofs import noise, prove
from tests.model_zoo.conftest import random_picture

HERE = Path(__file__).name


class Plain(nn.Module):
    """Two layers and a mean; `channels` of the pictures."""

    def __init__(self, channels: int = 3) -> None:
        super().__init__()
        self.conv, self.fc = nn.Conv2d(channels, 4, 3, padding=1), nn.Linear(4, 3)

    def forward(self, x: Tensor) -> Tensor:
        return self.fc(self.conv(x).relu().mean((2, 3)))


def test_a_network_of_torchvision_becomes_a_model_and_stays_as_it_is() -> None:
    weights = torchvision.models.ResNet18_Weights.DEFAULT
    net = torchvision.models.resnet18().train()
    before = {name: value.clone() for name, value in net.state_dict().items()}
    model = adopt(net, transforms=weights, title="Mine")
    assert net.training and all(p.requires_grad for p in net.parameters())
    assert all(torch.equal(value, before[name]) for name, value in net.state_dict().items())
    assert model.title == "Mine" and model.name == "mine" and model.size == 224
    assert (
        model.card["preprocessing"]["mean"] == [0.485, 0.456, 0.406]
        and model.card["preprocessing"]["interpolation"] == "bilinear"
    )
    assert len(set(model.classes)) == 1000 and model.classes[0] == "tench"
    picture = random_picture(300, 200)
    x = model.prepare(picture)
    torch.testing.assert_close(model_zoo.walk(model.net, x)[-1].output, net.eval()(x), atol=1e-5, rtol=1e-5)
    assert sum(share for _, share in model.predict(picture)) == pytest.approx(1)


def test_what_is_given_counts_before_what_transforms_say() -> None:
    steps = [
        transforms.Resize(40),
        transforms.CenterCrop(32),
        transforms.ToTensor(),
        transforms.Normalize([0.5], [0.25]),
    ]
    told = adopt(Plain(), ["a", "b", "c"], transforms=transforms.Compose(steps)).card["preprocessing"]
    assert (told["size"], told["mean"], told["std"]) == (32, [0.5] * 3, [0.25] * 3)
    mine = adopt(Plain(), ["a", "b", "c"], size=48, mean=(0.1, 0.2, 0.3), transforms=transforms.Compose(steps))
    assert mine.size == 48 and mine.card["preprocessing"]["mean"] == [0.1, 0.2, 0.3] and mine.classes == ("a", "b", "c")


def test_a_name_that_stands_twice_gets_a_number() -> None:
    assert adopt(Plain(), ["crane", "crane", "ship"]).classes == ("crane", "crane (2)", "ship")


def test_a_network_of_timm_brings_its_own_preprocessing() -> None:
    timm = pytest.importorskip("timm")
    model = adopt(timm.create_model("mobilenetv3_small_050", num_classes=4), size=64)
    assert model.card["preprocessing"]["mean"] == pytest.approx([0.485, 0.456, 0.406])
    assert model.card["preprocessing"]["interpolation"] == "bicubic" and len(model.classes) == 4


def test_a_network_for_grey_pictures_gets_colours_made_grey() -> None:
    net = Plain(1).eval()
    model = adopt(net, size=28, mean=0.1307, std=0.3081)
    steps = model_zoo.walk(model.net, noise(28))
    assert steps[0].name == "grey" and steps[0].operation == "convolution"
    picture = Image.linear_gradient("L")
    with torch.inference_mode():
        wanted = net(((transforms.functional.to_tensor(picture.resize((28, 28))) - 0.1307) / 0.3081)[None]).softmax(1)[
            0
        ]
    assert dict(model.predict(picture))["class 0"] == pytest.approx(float(wanted[0]), abs=0.01)
    assert prove(model.net, noise(28), 50).is_fully_explained


class TwoAnswers(Plain):
    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:  # pyright: ignore[reportIncompatibleMethodOverride]
        maps = self.conv(x)
        logits = self.fc(maps.relu().mean((2, 3)))
        self.kept = maps * 2
        return logits, maps


def test_the_answer_is_the_networks_own_though_it_is_not_the_last_step() -> None:
    net = TwoAnswers().eval()
    model = adopt(net, size=16)
    x = noise(16)
    answer = next(step for step in model_zoo.walk(model.net, x) if step.is_answer)
    assert answer.name == "fc" and torch.equal(answer.output, net(x)[0])


class Decides(Plain):
    def forward(self, x: Tensor) -> Tensor:
        x = self.conv(x)
        if x.mean() > 0:
            x = -x
        return self.fc(x.mean((2, 3)))


class Random(Plain):
    def forward(self, x: Tensor) -> Tensor:
        return self.fc(nn.functional.dropout(self.conv(x)).mean((2, 3)))


class Flat(Plain):
    def forward(self, x: Tensor) -> Tensor:
        return self.fc(self.conv(x).flatten(1))


class Numpy(Plain):
    def forward(self, x: Tensor) -> Tensor:
        return self.fc(torch.as_tensor(self.conv(x).numpy(force=True).mean((2, 3))))


class Maps(Plain):
    def forward(self, x: Tensor) -> Tensor:
        return self.conv(x)


@pytest.mark.parametrize(
    ("net", "why", "how"),
    [
        (Decides(), rf"depends on the values of the picture.*{HERE}, line \d+", "torch.where"),
        (Random(), "random in eval mode", "self.training"),
        (Flat(), rf"mat1 and mat2.*{HERE}, line \d+", "AdaptiveAvgPool2d"),
        (Plain(7), "7 channels|channels", "three colours"),
        (Maps(), r"shape \(1, 4, 224, 224\)", "nn.Linear"),
        (nn.Sequential(Plain(), nn.Softmax(dim=1)), "gives probabilities", r"net\[:-1\]"),
        ("resnet18", "a str", "torch.nn.Module"),
    ],
)
def test_what_cannot_be_shown_is_said_with_its_place_and_a_way(net: nn.Module, why: str, how: str) -> None:
    with pytest.raises(AdoptError) as caught:
        adopt(net)
    sentence = str(caught.value)
    assert re.search(why, sentence) and re.search(how, sentence) and "\n" not in sentence, sentence


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"classes": ["a", "b"]}, "3 values, and 2 classes"),
        ({"classes": ["a", "", "c"]}, "without a name"),
        ({"size": 0}, "size"),
        ({"size": "32"}, "size"),
        ({"mean": "white"}, "mean"),
        ({"std": 0}, "above 0"),
        ({"mean": (0.1, 0.2)}, "three colours"),
        ({"transforms": object()}, "cannot be read"),
    ],
)
def test_wrong_arguments_get_a_sentence(more: dict, words: str) -> None:
    with pytest.raises(AdoptError, match=words):
        adopt(Plain(), **more)


def test_what_is_not_explained_stays_visible() -> None:
    net = nn.Sequential(
        nn.Conv2d(3, 4, 3), nn.LocalResponseNorm(2), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(4, 2)
    )
    model = adopt(net, size=16)
    found = prove(model.net, noise(16), 40)
    assert found.unexplained == {"local response norm": 1} and found.right == 40 and found.is_exact
    assert len(model_zoo.walk(model.net, noise(16))) == 5


def test_a_held_network_is_found_by_name_beside_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    from model_zoo.entries import loading

    monkeypatch.setattr(loading, "_held", {})
    held = loading.hold(adopt(Plain(), size=16, name="cifar10-cnn"))
    assert held.name == "cifar10-cnn-2" and model_zoo.names()[0] == "cifar10-cnn-2"
    assert model_zoo.load("cifar10-cnn-2") is held and model_zoo.load("cifar10-cnn").size == 32
