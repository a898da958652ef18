"""The registry of networks: one file each, imported only when its exact name is asked for."""

import subprocess
import sys
from pathlib import Path

import pytest
import torch
from torch import nn

from model_zoo import nets
from model_zoo.entries.entry import read_card
from tests.conftest import ROOT, SHIPPED, WEIGHTS

NAMES = ["densenet121", "efficientnet_lite0", "invasive_resnet", "resnet9", "small_cnn", "talk_cnn", "whitened_cnn"]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A second folder of architectures, beside the one that ships."""
    monkeypatch.setattr(nets, "__path__", [*nets.__path__, str(tmp_path)])
    monkeypatch.setattr(nets, "_NETWORKS", dict(nets._NETWORKS))
    yield tmp_path
    for path in tmp_path.glob("*.py"):
        sys.modules.pop(f"{nets.__name__}.{path.stem}", None)


def test_the_names_are_those_that_cards_have_always_used() -> None:
    assert nets.names() == NAMES
    assert {read_card(WEIGHTS / name)["net"]["file"] for name in SHIPPED} <= set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_every_network_is_built_with_as_many_outputs_as_asked_for(name: str) -> None:
    net = nets.build(name, {"classes": 3}).eval()
    with torch.inference_mode():
        assert net(torch.zeros(2, 3, 32, 32)).shape == (2, 3)


def test_listing_networks_and_asking_for_unknown_ones_imports_none_and_no_torch() -> None:
    code = (
        "import sys; from model_zoo import nets; nets.names()\n"
        "for name in ('os', '../talk_cnn', 'talk_cnn.py', 'this', '', '__init__', 'nets.talk_cnn', None, 5, ['x']):\n"
        "    try: nets.build(name, {})\n"
        "    except ValueError as error: assert 'known are densenet121' in str(error), error\n"
        "    else: raise SystemExit(name)\n"
        "print(*(name for name in sys.modules if name.startswith('model_zoo.nets.') or name in ('torch', 'this')))"
    )
    result = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert result.stdout.split() == []


def test_a_new_architecture_is_one_file(folder: Path) -> None:
    (folder / "tiny_net.py").write_text(
        "from torch import nn\n"
        "from model_zoo.nets import register_network\n"
        "@register_network\n"
        "def tiny(classes=2, width=4):\n"
        "    return nn.Sequential(nn.Conv2d(3, width, 3), nn.Flatten(), nn.LazyLinear(classes))\n"
    )
    assert nets.names() == sorted([*NAMES, "tiny_net"])
    assert nets.build("tiny_net", {"width": 8})[0].out_channels == 8
    with pytest.raises(ValueError, match=r"The architecture tiny_net cannot be built with .*depth"):
        nets.build("tiny_net", {"depth": 8})


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "model_zoo/nets/broken_net.py registers no network named 'broken_net'"),
        ("import a_package_that_is_not_installed", "broken_net cannot be used here: No module named 'a_package"),
    ],
)
def test_a_file_that_gives_no_network_is_told_in_a_sentence(folder: Path, text: str, words: str) -> None:
    (folder / "broken_net.py").write_text(text)
    with pytest.raises(ValueError, match=words):
        nets.build("broken_net", {})


def test_two_networks_cannot_have_one_name(folder: Path) -> None:
    nets.build("talk_cnn", {})

    class Other(nn.Module):
        pass

    with pytest.raises(ValueError, match="Two networks are named 'talk_cnn'"):
        nets.register_network(name="talk_cnn")(Other)
    nets.register_network(name="other")(Other)
    assert isinstance(nets.build("other", {}), Other)


def test_what_torchvision_has_too_is_declared_with_the_arguments_at_which_it_is_the_same() -> None:
    from torchvision import models

    declared = {name: nets.network(name) for name in nets.names() if nets.network(name).torchvision}
    assert sorted(declared) == ["densenet121", "invasive_resnet"]
    for known in declared.values():
        theirs = getattr(models, known.torchvision)(num_classes=2).state_dict()
        mine = known.build(**known.torchvision_arguments).state_dict()
        assert {name: tensor.shape for name, tensor in mine.items()} == {n: t.shape for n, t in theirs.items()}
