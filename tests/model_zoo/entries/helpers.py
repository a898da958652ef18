"""Entries that are broken on purpose, and how that is told."""

import hashlib
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load as load_tensors
from safetensors.torch import save as save_tensors

import model_zoo
from model_zoo import BrokenEntry
from model_zoo.entries import entry
from tests.model_zoo.conftest import change_card


def replace_weights(folder: Path, data: bytes) -> None:
    """Put other weights into an entry and let its card vouch for them."""
    (folder / entry.WEIGHTS).write_bytes(data)
    change_card(folder, lambda values: values.update(sha256=hashlib.sha256(data).hexdigest()))


def change_weights(folder: Path, change: Callable[[dict[str, torch.Tensor]], Any]) -> None:
    tensors = load_tensors((folder / entry.WEIGHTS).read_bytes())
    change(tensors)
    replace_weights(folder, save_tensors(tensors))


def check_broken(folder: Path, file: str, reason: str, caplog: pytest.LogCaptureFixture) -> None:
    """load() says why in a sentence that names the file, and logs it; names() goes without the entry from then on."""
    caplog.clear()
    for read in (lambda: model_zoo.load(folder.name), lambda: model_zoo.load_folder(folder)):
        with pytest.raises(BrokenEntry, match=reason) as caught:
            read()
        message = str(caught.value)
        assert str(folder / file) in message
        assert message.endswith(".") and "\n" not in message
    assert folder.name not in model_zoo.names()
    assert len([line for line in caplog.messages if folder.name in line and re.search(reason, line)]) == 1
