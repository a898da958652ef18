"""The pointing game, on drawn photos of a plant that one can point at by hand."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torch import Tensor, nn

from model_zoo import Model
from train.__main__ import main
from train.data.cifar10 import DataError
from train.tools import pointing

CARD = {
    "title": "Blue",
    "classes": ["not", "invasive"],
    "metrics": {},
    "preprocessing": {"size": 32, "mean": [0.0, 0.0, 0.0], "std": [1.0, 1.0, 1.0]},
}


class Blue(nn.Module):
    """Finds blue, or with a sign of -1 whatever is not blue."""

    def __init__(self, sign: float = 1) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 1, 1)
        self.head = nn.Linear(1, 2)
        with torch.no_grad():
            self.conv.weight.copy_(sign * torch.tensor([-1.0, -1.0, 1.0]).view(1, 3, 1, 1))
            self.conv.bias.fill_(0.0 if sign > 0 else 1.0)
            self.head.weight.copy_(torch.tensor([[-1.0], [1.0]]))
            self.head.bias.zero_()

    def forward(self, x: Tensor) -> Tensor:
        return self.head(self.conv(x).relu().mean((2, 3)))


def model(sign: float = 1) -> Model:
    return Model("blue", Blue(sign).eval(), CARD, [], Path())


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """Two green photos of 2 x 3 tiles of 100 pixels; of each, two tiles show a blue square, one of them a tiny one."""
    (tmp_path / "photos").mkdir()
    for name in ("a", "b"):
        plant = np.zeros((200, 300), bool)
        plant[20:60, 30:70] = True  # 16 % of the first tile
        plant[120:125, 210:215] = True  # too little to count
        plant[130:180, 110:150] = True  # 20 % of the fifth
        picture = np.where(plant[..., None], (20, 30, 220), (40, 140, 30)).astype(np.uint8)
        Image.fromarray(picture).save(tmp_path / "photos" / f"{name}.png")
        Image.fromarray(plant).save(tmp_path / "photos" / f"{name}_mask.png")
    return tmp_path


def test_windows_are_those_that_show_the_plant(photos: Path) -> None:
    windows = pointing.windows_of(photos / "photos", 100)
    assert [round(float(plant.mean()), 2) for _, plant in windows] == [0.16, 0.2] * 2
    for picture, plant in windows:
        blue = np.asarray(picture.resize((100, 100)))[..., 2] > 120
        assert picture.size == (100, 100) and (blue == plant).mean() > 0.98


@pytest.mark.parametrize("method", pointing.METHODS)
def test_a_network_that_finds_the_plant_points_at_it(photos: Path, method: str) -> None:
    result = pointing.peak_on_plant(model(), pointing.windows_of(photos / "photos", 100), 1, method)
    assert (result.windows, result.hits, result.share) == (4, 4, 1.0)
    assert result.chance == pytest.approx(0.18) and result.found_hits == result.found


def test_a_network_that_looks_elsewhere_does_not(photos: Path) -> None:
    result = pointing.peak_on_plant(model(-1), pointing.windows_of(photos / "photos", 100), 1)
    assert result.hits == 0
    last = pointing.report("blue", "grad-cam", result).splitlines()[-1]
    assert json.loads(last)["peak_on_plant"] == 0 and json.loads(last)["chance"] == 0.18


def test_the_command_line(photos: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["pointing", "cifar10-cnn", "--data", str(photos), "--tile", "100"]
    assert main(command) == 1
    assert "names no class to look for" in capsys.readouterr().err
    assert main([*command, "--class", "frog"]) == 0
    printed = capsys.readouterr().out
    assert "of 4 windows" in printed
    values = json.loads(printed.splitlines()[-1])
    assert values["windows"] == 4 and 0 <= values["peak_on_plant"] <= 1 and values["chance"] == 0.18


def test_a_photo_without_its_mask_and_windows_without_plants_are_refused(photos: Path) -> None:
    with pytest.raises(DataError, match="no window"):
        pointing.peak_on_plant(model(), [], 1)
    for mask in (photos / "photos").glob("*_mask.png"):
        mask.unlink()
    with pytest.raises(DataError, match="mask"):
        pointing.windows_of(photos / "photos")
