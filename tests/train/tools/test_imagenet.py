"""The network of a thousand classes: its entry comes from the package, its groups and figures are as its card says."""

import importlib.util
import json
from pathlib import Path

import pytest
import torch
from torch.nn import functional as F

import model_zoo
from model_zoo import nets
from model_zoo.entries import entry
from tests.conftest import WEIGHTS
from train.__main__ import main
from train.data import cifar10, imagenet
from train.engine.warm_start import PACKAGE
from train.entry import model_card
from train.tools.imagenet import measure

NAME = "imagenet-efficientnet-lite0"
CARD = json.loads((WEIGHTS / NAME / "card.json").read_text(encoding="utf-8"))


def test_the_command_in_its_card_gives_the_entry_that_ships(tmp_path: Path) -> None:
    if importlib.util.find_spec(PACKAGE) is None:
        pytest.skip(f"the Python package {PACKAGE} is not installed")
    words = CARD["environment"]["command"].split()
    assert words[:4] == ["python", "-m", "train", "publish"]
    assert main(["publish", "--package", PACKAGE, "--out", str(tmp_path / NAME)]) == 0
    made = entry.read_card(tmp_path / NAME)
    assert made["sha256"] == CARD["sha256"]
    same = ("name", "title", "net", "classes", "groups", "preprocessing", "data", "origin", "recipe")
    assert {key: made[key] for key in same} == {key: CARD[key] for key in same}
    assert (tmp_path / NAME / entry.WEIGHTS).stat().st_size < 10_000_000


def test_its_card_in_words_says_what_is_published_and_what_is_measured() -> None:
    text = (WEIGHTS / NAME / entry.README).read_text(encoding="utf-8")
    assert text == model_card.readme(CARD)
    published, found = CARD["metrics"]["published"], CARD["metrics"]["cifar10"]
    assert f"not measured here: top-1 accuracy **{published['accuracy']:.1%}**" in text and published["source"] in text
    assert f"measured here: right on **{found['accuracy']:.2%}** of 10,000 test pictures of CIFAR-10" in text
    assert found["pictures"] == sum(map(sum, found["confusion_matrix"])) == 10_000
    assert "license: apache-2.0" in text and CARD["origin"]["file_sha256"] in text


@pytest.mark.parametrize(
    ("label", "group"),
    [
        ("lion", "animal"),
        ("puffer", "animal"),  # the last of the animals
        ("abacus", imagenet.OTHER),  # the first thing after them
        ("container ship", "vehicle"),
        ("unicycle", "vehicle"),
        ("castle", "building"),
        ("violin", "instrument"),
        ("drumstick", "instrument"),
        ("bow", "weapon"),
        ("bow tie", "clothing"),
        ("football helmet", "clothing"),
        ("teapot", "household"),
        ("backpack", "container"),
        ("laptop", "device"),
        ("hammer", "tool"),
        ("soccer ball", "sport"),
        ("pizza", "food"),
        ("plate", "household"),
        ("hay", "plant or fungus"),
        ("daisy", "plant or fungus"),
        ("volcano", "place"),
        ("scuba diver", "person"),
        ("toilet tissue", "household"),  # the last class
    ],
)
def test_classes_stand_in_the_right_group(label: str, group: str) -> None:
    model = model_zoo.load(NAME)
    assert model.groups[model.classes.index(label)] == group


def test_no_class_is_in_two_groups_or_counts_as_two_kinds() -> None:
    for table in (imagenet.GROUPS, imagenet.CIFAR10_OF):
        every = [number for text in table.values() for number in imagenet.numbers(text)]
        assert len(set(every)) == len(every) and set(every) <= set(range(imagenet.CLASSES))
    assert tuple(imagenet.CIFAR10_OF) == cifar10.CIFAR10_CLASSES
    named = {kind: [CARD["classes"][n] for n in imagenet.numbers(text)] for kind, text in imagenet.CIFAR10_OF.items()}
    assert named["cat"] == ["tabby", "tiger cat", "Persian cat", "Siamese cat", "Egyptian cat"]
    assert named["airplane"] == ["airliner", "warplane"] and "container ship" in named["ship"]
    assert {named["dog"][0], named["dog"][-1]} == {"Chihuahua", "Mexican hairless"}


def test_test_pictures_are_answered_as_the_card_says(cifar10_folder: Path) -> None:
    found = measure(model_zoo.load(NAME), cifar10.cifar10(cifar10_folder, "test"), 60)
    assert found["pictures"] == 60
    assert found["accuracy"] == pytest.approx(CARD["metrics"]["cifar10"]["accuracy"], abs=0.2)  # 3 standard errors


def test_its_padding_is_that_of_tensorflow() -> None:
    """Of an even size SAME adds k - 2 rows and columns where two are skipped, the odd one below and on the right."""
    net = nets.build("efficientnet_lite0", {"classes": 5, "tensorflow_padding": True}).eval()
    x = torch.rand(1, 3, 64, 64, generator=torch.Generator().manual_seed(0))
    by_name = {step.name: step for step in model_zoo.walk(net, x)}
    inputs = {"stem": x, "blocks.3.depthwise": by_name["blocks.3.expand.relu"].output}
    for name, given in inputs.items():
        conv = net.get_submodule(f"{name}.conv")
        assert isinstance(conv, torch.nn.Conv2d)
        more = conv.kernel_size[0] - 2
        padded = F.pad(given, (more // 2, more - more // 2) * 2)
        expected = F.conv2d(padded, conv.weight, stride=2, groups=conv.groups)
        assert torch.allclose(by_name[f"{name}.conv"].output, expected, atol=1e-6)
        assert by_name[f"{name}.conv"].shape[2] == given.shape[2] // 2
