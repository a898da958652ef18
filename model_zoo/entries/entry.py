"""A zoo entry on disk: the one format, its one reader and its one writer.

    <entry>/card.json          what the network is, how it was trained, what it scores (format 1)
    <entry>/model.safetensors  its weights, packed as in storage.py
    <entry>/history.csv        one row per epoch; row 0 is the untrained network
    <entry>/README.md          the card in words
    <entry>/snapshots/epoch-004.safetensors    weights after an epoch, packed more tightly; as many as the card names

`train` writes exactly these files, so a run folder is an entry. Everything read here may come from a stranger:
nothing is unpickled, and a card can only name architectures that ship with ConvScope.
"""

import csv
import hashlib
import json
import os
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load as load_tensors
from safetensors.torch import save as save_tensors
from torch import Tensor, nn

from model_zoo import nets
from model_zoo.entries import quantize
from model_zoo.model import RESAMPLING, SNAPSHOTS, logits, snapshots

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
    data = _read(folder / CARD)
    try:
        card = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise BrokenEntry(f"{folder / CARD} is not valid JSON: {error}.") from error
    if not isinstance(card, dict):
        raise BrokenEntry(f"{folder / CARD} is not a JSON object.")
    if card.get("format") != FORMAT:
        raise BrokenEntry(f"{folder / CARD} has format {card.get('format')!r}; this version reads format {FORMAT}.")
    for key, kind in CARD_KEYS.items():
        if not isinstance(card.get(key), kind):
            raise BrokenEntry(f"{folder / CARD} has no {kind.__name__} named {key!r}.")
    classes = card["classes"]
    if not all(isinstance(label, str) for label in classes) or len(set(classes)) < max(2, len(classes)):
        raise BrokenEntry(f"{folder / CARD} must list at least two classes as text, each once.")
    _check_test(folder, card["metrics"].get("test"))
    _check_preprocessing(folder, card["preprocessing"])
    _check_decision(folder, card.get("decision"), classes)
    return card


def _check_test(folder: Path, test: Any) -> None:
    if test is None:  # not measured yet
        return
    if (
        not isinstance(test, dict)
        or type(test.get("accuracy")) not in (int, float)
        or type(test.get("pictures")) is not int
    ):
        raise BrokenEntry(f"{folder / CARD}: metrics.test needs an accuracy and a number of pictures.")
    if not 0 <= test["accuracy"] <= 1 or not 0 < test["pictures"] < 10**12:
        raise BrokenEntry(f"{folder / CARD}: metrics.test.accuracy must be from 0 to 1, pictures above 0.")


def _check_preprocessing(folder: Path, values: dict[str, Any]) -> None:
    def numbers(key: str, low: float, high: float) -> bool:
        value = values.get(key)
        return (
            isinstance(value, list)
            and len(value) == 3
            and all(type(v) in (int, float) and low <= v <= high for v in value)
        )

    size = values.get("size")
    if type(size) is not int or not 1 <= size <= 1024:
        raise BrokenEntry(f"{folder / CARD}: preprocessing.size must be a whole number of pixels from 1 to 1024.")
    if not numbers("mean", -1000, 1000) or not numbers("std", 1e-6, 1000):
        raise BrokenEntry(
            f"{folder / CARD}: preprocessing needs mean and std, three numbers each, up to 1000, std at least 1e-6."
        )
    if values.get("interpolation") not in [None, *RESAMPLING]:
        raise BrokenEntry(f"{folder / CARD}: preprocessing.interpolation must be one of {', '.join(RESAMPLING)}.")


def _check_decision(folder: Path, decision: Any, classes: list[str]) -> None:
    """What it means stands in model_zoo/aerial/threshold.py."""
    if decision is None:  # no class is looked for
        return
    if not isinstance(decision, dict) or decision.get("class") not in classes:
        raise BrokenEntry(f"{folder / CARD}: decision.class must be one of the classes.")
    threshold = decision.get("threshold")
    if threshold is not None and not (type(threshold) in (int, float) and 0 <= threshold <= 1):
        raise BrokenEntry(f"{folder / CARD}: decision.threshold must be from 0 to 1.")


def snapshot_path(folder: Path, epoch: int) -> Path:
    return folder / SNAPSHOTS / f"epoch-{epoch:03}.safetensors"


def write_snapshot(folder: Path, epoch: int, state: dict[str, Tensor]) -> str:
    """Keep the weights after an epoch; returns their sha256, which the card has to name.

    Raises:
        OSError: the folder cannot be written.
    """
    path = snapshot_path(folder, epoch)
    path.parent.mkdir(parents=True, exist_ok=True)
    data = save_tensors(quantize.pack(state, compact=True))
    write_files({path: data})
    return hashlib.sha256(data).hexdigest()


@torch.inference_mode(False)  # the weights are kept for all callers, of which some want gradients
def read_net(folder: Path, card: dict[str, Any], epoch: int | None = None) -> nn.Module:
    """The entry's network with its weights, or with those kept after an epoch, in eval mode.

    Raises:
        BrokenEntry: the weights are missing, damaged, or of another network.
    """
    path = folder / WEIGHTS if epoch is None else snapshot_path(folder, epoch)
    data = _read(path)
    if hashlib.sha256(data).hexdigest() != (card["sha256"] if epoch is None else snapshots(card)[epoch]):
        raise BrokenEntry(f"{path} is not the file that its card describes (sha256 differs).")
    try:
        # Built on no device first: a random start would cost more than reading the weights.
        with torch.device("meta"):
            net = nets.build(card["net"].get("file"), card["net"].get("arguments", {}))
    except (ValueError, RuntimeError, OverflowError) as error:
        raise BrokenEntry(f"{folder / CARD} names no network that can be built: {_sentence(error)}") from error
    try:
        state = quantize.unpack(load_tensors(data))
    except (SafetensorError, ValueError) as error:
        raise BrokenEntry(f"{path} cannot be used: {_sentence(error)}") from error
    except KeyError as error:  # safetensors looks the name up in a table of torch's formats
        raise BrokenEntry(f"{path} cannot be used: it holds numbers of the unknown format {error}.") from error
    _check_state(path, net.state_dict(), state)
    net.load_state_dict(state, strict=True, assign=True)
    net.requires_grad_(False).eval().to(memory_format=torch.channels_last)  # a tenth faster on a CPU
    size, classes = card["preprocessing"]["size"], card["classes"]
    try:
        with torch.inference_mode():
            outputs = tuple(logits(net, torch.zeros(1, 3, size, size)).shape)
    except (RuntimeError, ValueError) as error:
        raise BrokenEntry(
            f"{folder / CARD}: the network takes no {size} x {size} pixels: {_sentence(error)}"
        ) from error
    if outputs != (1, len(classes)):
        raise BrokenEntry(f"{folder / CARD}: the network gives {outputs} values for {len(classes)} classes.")
    return net


def _sentence(error: Exception) -> str:
    """The first line of an error's message, which may come from C++ and be many lines long."""
    return (str(error).strip() or type(error).__name__).splitlines()[0].rstrip(".") + "."


def _check_state(path: Path, wanted: dict[str, Tensor], state: dict[str, Tensor]) -> None:
    for name in sorted(wanted.keys() | state.keys()):
        needed, found = (
            f"{str(tensors[name].dtype).removeprefix('torch.')} {tuple(tensors[name].shape)}"
            if name in tensors
            else "missing"
            for tensors in (wanted, state)
        )
        if needed != found:
            raise BrokenEntry(
                f"{path} does not fit its network: {name} is {found} in the file, {needed} in the network."
            )
        if state[name].is_floating_point() and not torch.isfinite(state[name]).all():
            raise BrokenEntry(f"{path}: the weights {name} hold values that are not finite.")


def read_history(folder: Path) -> list[dict[str, float]]:
    """The rows of history.csv as numbers; a value that was not measured is NaN.

    Raises:
        BrokenEntry: missing, without the columns of `HISTORY_COLUMNS`, with something that is no number, or with
            epochs that are not 0, 1, 2, ...
    """
    path = folder / HISTORY
    lines = _read(path).decode("utf-8", errors="replace").splitlines()
    try:
        reader = csv.DictReader(lines)
        missing = [name for name in HISTORY_COLUMNS if name not in (reader.fieldnames or ())]
        if missing:
            raise BrokenEntry(f"{path} has no column {', '.join(missing)}.")
        rows = [{name: float(row[name] or "nan") for name in reader.fieldnames or ()} for row in reader]
    except BrokenEntry:
        raise
    except csv.Error as error:
        raise BrokenEntry(f"{path} cannot be read as a table: {error}.") from error
    except (TypeError, ValueError) as error:
        raise BrokenEntry(f"{path} holds something that is not a number: {error}.") from error
    if not rows or [row["epoch"] for row in rows] != list(range(len(rows))):
        raise BrokenEntry(f"{path} must have one row for every epoch from 0, the untrained network, on.")
    return rows


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
    weights = save_tensors(quantize.pack(state))
    card = {"format": FORMAT} | card | {"sha256": hashlib.sha256(weights).hexdigest()}
    columns = list(history[0]) if history else list(HISTORY_COLUMNS)
    lines = [",".join(columns)] + [",".join(f"{row[name]:.6g}" for name in columns) for row in history]
    # The card comes last: it names the weights' checksum, so that a half-written entry is known as one.
    write_files(
        {folder / WEIGHTS: weights, folder / HISTORY: ("\n".join(lines) + "\n").encode()} | _card(folder, card, readme)
    )
    return card


def write_card(folder: Path, card: dict[str, Any], readme: str) -> None:
    """Write only card.json and README.md of an entry whose other files stand already."""
    write_files(_card(folder, card, readme))


def _card(folder: Path, card: dict[str, Any], readme: str) -> dict[Path, bytes]:
    text = json.dumps(card, indent=2, ensure_ascii=False) + "\n"
    return {folder / README: readme.encode(), folder / CARD: text.encode()}


def write_files(files: dict[Path, bytes]) -> None:
    """Write files under temporary names, flush them to the disk, then rename them over the old ones in that order.

    Raises:
        OSError: they cannot be written; all older files stay as they are.
    """
    temporaries = {path: path.with_name(path.name + ".tmp") for path in files}
    try:
        for path, data in files.items():
            with open(temporaries[path], "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
        for path, temporary in temporaries.items():
            os.replace(temporary, path)
    except OSError:
        for temporary in temporaries.values():
            temporary.unlink(missing_ok=True)
        raise


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise BrokenEntry(f"{path} cannot be read: {error.strerror or error}.") from error
