"""A zoo entry with random weights, made once, and copies of it to break."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from model_zoo import nets
from model_zoo.entries import entry

CLASSES = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"]


def card() -> dict[str, Any]:
    """Everything of a card but what `entry.write` fills in."""
    return {
        "name": "random",
        "title": "Random weights",
        "net": {"file": "talk_cnn", "arguments": {}},
        "classes": CLASSES,
        "preprocessing": {
            "size": 32,
            "crop": "largest centred square",
            "mean": [0.49, 0.48, 0.45],
            "std": [0.25, 0.24, 0.26],
            "interpolation": "bicubic",
        },
        "data": {},
        "recipe": {},
        "environment": {},
        "metrics": {},
    }


def history() -> list[dict[str, float]]:
    return [dict.fromkeys(entry.HISTORY_COLUMNS, 0.5) | {"epoch": epoch} for epoch in range(3)]


def random_picture(width: int, height: int, mode: str = "RGB") -> Image.Image:
    pixels = np.random.default_rng(0).integers(0, 256, (height, width, 3), dtype=np.uint8)
    return Image.fromarray(pixels).convert(mode)


def change_card(folder: Path, change: Callable[[dict[str, Any]], Any]) -> None:
    """Let `change` edit the parsed card in place, and write the card back."""
    values = json.loads((folder / entry.CARD).read_text())
    change(values)
    (folder / entry.CARD).write_text(json.dumps(values))


@pytest.fixture(scope="session")
def talk_cnn() -> torch.nn.Module:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return nets.build("talk_cnn", {}).eval()


@pytest.fixture(scope="session")
def original(tmp_path_factory: pytest.TempPathFactory, talk_cnn: torch.nn.Module) -> Path:
    """An entry that nobody may change."""
    folder = tmp_path_factory.mktemp("zoo") / "random"
    entry.write(folder, talk_cnn.state_dict(), card(), history(), "# Random weights\n")
    return folder


@pytest.fixture
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty run folder."""
    monkeypatch.setenv("CONVSCOPE_RUNS", str(tmp_path / "runs"))
    (tmp_path / "runs").mkdir()
    return tmp_path / "runs"


@pytest.fixture
def folder(runs: Path, original: Path) -> Path:
    """The entry "random" in the run folder, to be changed at will."""
    return Path(shutil.copytree(original, runs / "random"))
