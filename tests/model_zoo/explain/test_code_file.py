"""The whole network as a file: run in a process of its own, it answers as the network does."""

import re
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import save_file
from torch import Tensor, nn
from torch.nn import functional as F

import model_zoo
from model_zoo import Model, nets
from model_zoo.entries import quantize
from model_zoo.explain import code
from model_zoo.model import logits
from tests.conftest import SHIPPED, SHIPPED_BY_TIME
from tests.model_zoo.conftest import card

pytestmark = pytest.mark.slow


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    """A picture whose pixels are stored lying on their side, larger than it is used, with soft edges."""
    y, x = np.mgrid[0:700, 0:900]
    pixels = np.stack([x / 900, y / 700, np.sin(x / 40) ** 2], axis=-1) * 255
    path, mark = tmp_path / "picture.png", Image.Exif()
    mark[0x0112] = 6
    whole = Image.fromarray(pixels.astype(np.uint8))
    whole.putalpha(Image.fromarray(((x + y) % 256).astype(np.uint8)))
    whole.save(path, exif=mark)
    return path


def run(model: Model, picture: Path, folder: Path) -> None:
    """What the downloaded file says of a picture, without this project in sight, is what the network says."""
    code.bundle(model, folder / "taken.zip")
    home = folder / "taken"
    with zipfile.ZipFile(folder / "taken.zip") as archive:
        assert set(archive.namelist()) == {"network.py", "model.safetensors", "README.txt"}
        archive.extractall(home)
    # -I: neither this folder nor PYTHONPATH is looked into; numpy and torch are those of the environment.
    command = [sys.executable, "-I", "network.py", str(picture)]
    done = subprocess.run(command, cwd=home, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    lines = [line.split("  ", 1) for line in done.stdout.splitlines()]
    wanted = model.predict(Image.open(picture))[:5]
    assert [name for _, name in lines] == [name for name, _ in wanted]
    assert [float(text) for text, _ in lines] == pytest.approx([share for _, share in wanted], abs=1e-6)


@pytest.mark.parametrize("name", SHIPPED_BY_TIME)
def test_the_file_of_a_shipped_network_answers_as_it_does(name: str, picture: Path, tmp_path: Path) -> None:
    run(model_zoo.load(name), picture, tmp_path)


def test_the_file_of_an_earlier_epoch_answers_as_it_does(picture: Path, tmp_path: Path) -> None:
    run(model_zoo.load(SHIPPED[0], epoch=1), picture, tmp_path)


class Inner(nn.Module):
    """A block with weights of its own, which belong to no layer."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.kernel = nn.Parameter(torch.randn(width, width, 3, 3) / 6)
        self.gain = nn.Parameter(torch.rand(width, 1, 1))
        self.register_buffer("shift", torch.rand(1))

    def forward(self, x: Tensor) -> Tensor:
        y = F.conv2d(x, self.kernel, padding=1) * self.gain
        y += self.shift
        return F.relu(y, inplace=True) + x


class Functional(nn.Module):
    def __init__(self, classes: int = 10) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 3, stride=2)
        self.inner = nn.ModuleList([Inner(8), Inner(8)])
        self.norm = nn.GroupNorm(2, 8)
        self.act = nn.Sequential(nn.Hardtanh(-2.0, 2.0, inplace=True))
        self.fc = nn.Linear(32, classes)
        self.unused = nn.Linear(3, 3)

    def forward(self, x: Tensor) -> Tensor:
        assert x.shape[1] == 3
        x = F.pad(self.conv(x), (0, 1, 0, 1), mode="replicate")
        skip = x
        for inner in self.inner:
            x = self.norm(inner(x))
        x = torch.cat([x + skip, F.avg_pool2d(skip, 3, 1, 1)], dim=1)
        first, second = x.chunk(2, dim=1)
        x = first - 2 * second.clamp(min=-1.0)
        a = self.act(F.max_pool2d(x, 2)).mean(dim=(2, 3))
        b = F.adaptive_avg_pool2d(x, (1, 2)).reshape(x.size(0), -1)
        c = torch.flatten(x[:, :, 0, 1:2], 1) * torch.tensor([0.5])
        x = F.dropout(torch.cat((a, b, c), 1), 0.5, self.training)
        return F.linear(x, self.fc.weight, self.fc.bias) / 2 ** (x.ndim - 1)


def stored(net: nn.Module, folder: Path) -> Model:
    """A network as an entry that is shipped with nothing but its weights and its card."""
    save_file(quantize.pack(net.state_dict()), folder / code.WEIGHTS)
    net.load_state_dict(quantize.unpack(quantize.pack(net.state_dict())))
    net.requires_grad_(False).eval()
    return Model("functional", net, card(), [], folder)


def test_the_file_of_a_network_of_functions_answers_as_it_does(picture: Path, tmp_path: Path) -> None:
    torch.manual_seed(0)
    model = stored(Functional(), tmp_path)
    text = code.source(model)
    assert re.search(r"^        x = torch\.cat\(\[\w, \w\], dim=1\)", text, re.M)
    assert "self.inner_0_kernel = nn.Parameter(torch.empty((8, 8, 3, 3)))" in text
    assert "assert" not in text
    run(model, picture, tmp_path)


@pytest.mark.parametrize("name", [name for name in nets.names() if name not in ("talk_cnn", "resnet9")])
def test_every_architecture_can_be_written(name: str, tmp_path: Path) -> None:
    torch.manual_seed(0)
    model = stored(nets.build(name, {"classes": 10}), tmp_path)
    scope = {"__name__": "network", "__file__": str(tmp_path / code.FILE)}
    exec(compile(code.source(model), code.FILE, "exec"), scope)
    x = torch.randn(2, 3, 32, 32)
    with torch.inference_mode():
        torch.testing.assert_close(scope["load_network"]()(x), logits(model.net, x), rtol=1e-4, atol=1e-5)


def test_what_torch_alone_has_not_is_refused_in_words(tmp_path: Path) -> None:
    class Foreign(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.norm = nn.BatchNorm2d(3)

        def forward(self, x: Tensor) -> Tensor:
            return F.linear(self.norm(x).flatten(1), torch.ones(10, 3072))

    with pytest.raises(ValueError, match="too long to be written as code"):
        code.source(stored(Foreign(), tmp_path))
