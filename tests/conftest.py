"""Shared fixtures: where the real data are, and the shipped networks."""

import os
from pathlib import Path

import pytest

os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
os.environ.setdefault("HF_HUB_OFFLINE", "1")

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="session")
def cifar10_folder() -> Path:
    """A torchvision root with CIFAR-10, from CONVSCOPE_DATA; tests that need it are skipped where it is not."""
    folder = Path(os.environ.get("CONVSCOPE_DATA") or "/nonexistent")
    if not (folder / "cifar-10-batches-py" / "test_batch").is_file():
        pytest.skip("CONVSCOPE_DATA names no folder with cifar-10-batches-py")
    return folder
