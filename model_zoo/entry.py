"""A zoo entry on disk: the one format, its one reader and its one writer.

    <entry>/card.json          what the network is, how it was trained, what it scores (format 1)
    <entry>/model.safetensors  its weights, packed as in storage.py
    <entry>/history.csv        one row per epoch; row 0 is the untrained network
    <entry>/README.md          the card in words

`train` writes exactly these files, so a run folder is an entry. Everything read here may come from a stranger:
nothing is unpickled, and a card can only name architectures that ship with ConvScope.
"""

import csv
import hashlib
import json
import math
import os
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load as load_tensors
from safetensors.torch import save as save_tensors
from torch import Tensor, nn

from model_zoo import nets, storage

FORMAT = 1
CARD, WEIGHTS, HISTORY, README = "card.json", "model.safetensors", "history.csv", "README.md"
HISTORY_COLUMNS = ("epoch", "learning_rate", "train_loss", "val_loss", "train_accuracy", "val_accuracy", "seconds")
# Each key that a reader relies on, with its type; a card may hold more.
CARD_KEYS = {
    "name": str,
    "title": str,
    "net": dict,
    "classes": list,
    "preprocessing": dict,
    "data": dict,
    "recipe": dict,
    "environment": dict,
    "metrics": dict,
    "sha256": str,
}


class BrokenEntry(ValueError):
    """An entry that cannot be used; the message names the file and says why."""


def read_card(folder: Path) -> dict[str, Any]:
    """The parsed and checked card.json.

    Raises:
        BrokenEntry: missing, unreadable, of another format, or without a key that readers rely on.
    """
    try:
        card = json.loads(_read(folder / CARD))
    except ValueError as error:
        raise (
            error if isinstance(error, BrokenEntry) else BrokenEntry(f"{folder / CARD} is not valid JSON: {error}.")
        ) from error
    if not isinstance(card, dict):
        raise BrokenEntry(f"{folder / CARD} is not a JSON object.")
    if card.get("format") != FORMAT:
        raise BrokenEntry(f"{folder / CARD} has format {card.get('format')!r}; this version reads format {FORMAT}.")
    for key, kind in CARD_KEYS.items():
        if not isinstance(card.get(key), kind):
            raise BrokenEntry(f"{folder / CARD} has no {kind.__name__} named {key!r}.")
    if not card["classes"] or not all(isinstance(label, str) for label in card["classes"]):
        raise BrokenEntry(f"{folder / CARD} must list its classes as text.")
    _check_preprocessing(folder, card["preprocessing"])
    return card


def _check_preprocessing(folder: Path, values: dict[str, Any]) -> None:
    def numbers(key: str) -> bool:
        value = values.get(key)
        return (
            isinstance(value, list)
            and len(value) == 3
            and all(isinstance(v, int | float) and math.isfinite(v) for v in value)
        )

    size = values.get("size")
    if not isinstance(size, int) or not 1 <= size <= 1024:
        raise BrokenEntry(f"{folder / CARD}: preprocessing.size must be a whole number of pixels from 1 to 1024.")
    if not numbers("mean") or not numbers("std") or min(values["std"]) <= 0:
        raise BrokenEntry(f"{folder / CARD}: preprocessing needs mean and std, three numbers each, std above 0.")


def read_net(folder: Path, card: dict[str, Any]) -> nn.Module:
    """The entry's network with its weights, in eval mode.

    Raises:
        BrokenEntry: the weights are missing, damaged, or of another network.
    """
    path = folder / WEIGHTS
    data = _read(path)
    if hashlib.sha256(data).hexdigest() != card["sha256"]:
        raise BrokenEntry(f"{path} is not the file that its card describes (sha256 differs).")
    try:
        state = storage.unpack(load_tensors(data))
        # Built on no device first: a random start would cost more than reading the weights.
        with torch.device("meta"):
            net = nets.build(card["net"].get("file"), card["net"].get("arguments", {}))
        _check_state(path, net, state)
        net.load_state_dict(state, strict=True, assign=True)
    except (SafetensorError, ValueError) as error:
        raise error if isinstance(error, BrokenEntry) else BrokenEntry(f"{path} cannot be used: {error}") from error
    net.requires_grad_(False).eval()
    size = card["preprocessing"]["size"]
    with torch.inference_mode():
        outputs = net(torch.zeros(1, 3, size, size)).shape
    if tuple(outputs) != (1, len(card["classes"])):
        raise BrokenEntry(f"{folder}: the network gives {tuple(outputs)} values for {len(card['classes'])} classes.")
    return net


def _check_state(path: Path, net: nn.Module, state: dict[str, Tensor]) -> None:
    wanted = {name: tuple(tensor.shape) for name, tensor in net.state_dict().items()}
    found = {name: tuple(tensor.shape) for name, tensor in state.items()}
    for name in wanted.keys() | found.keys():
        if wanted.get(name) != found.get(name):
            raise BrokenEntry(
                f"{path} does not fit its network: {name} is {found.get(name, 'missing')}, "
                f"the network has {wanted.get(name, 'no such weights')}."
            )
        if state[name].is_floating_point() and not torch.isfinite(state[name]).all():
            raise BrokenEntry(f"{path}: the weights {name} hold values that are not finite.")


def read_history(folder: Path) -> list[dict[str, float]]:
    """The rows of history.csv as numbers; a value that was not measured is NaN.

    Raises:
        BrokenEntry: missing, without the columns of `HISTORY_COLUMNS`, or with something that is no number.
    """
    path = folder / HISTORY
    reader = csv.DictReader(_read(path).decode("utf-8", errors="replace").splitlines())
    missing = [name for name in HISTORY_COLUMNS if name not in (reader.fieldnames or ())]
    if missing:
        raise BrokenEntry(f"{path} has no column {', '.join(missing)}.")
    try:
        return [{name: float(row[name] or "nan") for name in reader.fieldnames or ()} for row in reader]
    except (TypeError, ValueError) as error:
        raise BrokenEntry(f"{path} holds something that is not a number: {error}.") from error


def write(
    folder: Path, state: dict[str, Tensor], card: dict[str, Any], history: list[dict[str, float]], readme: str
) -> dict[str, Any]:
    """Write an entry; each file appears whole or not at all.

    Args:
        folder: where; made if missing.
        state: the network's state dict in full precision.
        card: everything but `format` and `sha256`, which are filled in here.
        history: rows with the columns of `HISTORY_COLUMNS` and perhaps more, the same in every row.
        readme: the model card in Markdown.

    Returns:
        The card as written.

    Raises:
        OSError: the folder cannot be written; older files stay whole.
    """
    folder.mkdir(parents=True, exist_ok=True)
    weights = save_tensors(storage.pack(state))
    card = {"format": FORMAT} | card | {"sha256": hashlib.sha256(weights).hexdigest()}
    columns = list(history[0]) if history else list(HISTORY_COLUMNS)
    lines = [",".join(columns)] + [",".join(f"{row[name]:.6g}" for name in columns) for row in history]
    write_bytes(folder / WEIGHTS, weights)
    write_bytes(folder / HISTORY, ("\n".join(lines) + "\n").encode())
    write_card(folder, card, readme)
    return card


def write_card(folder: Path, card: dict[str, Any], readme: str) -> None:
    """Write only card.json and README.md of an entry whose other files stand already."""
    write_bytes(folder / README, readme.encode())
    write_bytes(folder / CARD, (json.dumps(card, indent=2, ensure_ascii=False) + "\n").encode())


def write_bytes(path: Path, data: bytes) -> None:
    """Write a file under a temporary name, flush it to the disk, then rename it over the old one."""
    temporary = path.with_name(path.name + ".tmp")
    try:
        with open(temporary, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise BrokenEntry(f"{path} cannot be read: {error.strerror or error}.") from error
