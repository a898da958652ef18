"""A zoo entry on disk: the one format, its one reader and its one writer.

    <entry>/card.json          what the network is, how it was trained, what it scores (format 1)
    <entry>/model.safetensors  its weights, packed as in storage.py
    <entry>/history.csv        one row per epoch; row 0 is the untrained network; no row where it was trained elsewhere
    <entry>/README.md          the card in words
    <entry>/probes.safetensors what single steps tell of the classes, as in probes.py; where the card names it
    <entry>/snapshots/epoch-004.safetensors    weights after an epoch, packed more tightly; as many as the card names

    <entry>/graph.onnx         the operations of a network that came as an ONNX file, without its weights

`train` writes exactly these files, so a run folder is an entry; `python -m model_zoo add` writes one with an empty
history. Everything read here may come from a stranger: nothing is unpickled, and a card can only name architectures
that ship with ConvScope, those of torchvision and timm, and a graph of ONNX operations (`architectures.py`).
"""

import csv
import hashlib
import json
import math
import os
from collections import OrderedDict
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import load as load_tensors
from safetensors.torch import save as save_tensors
from torch import Tensor, nn

from model_zoo.entries import architectures, quantize
from model_zoo.entries.entry_check import FORMAT, BrokenEntry, check_card
from model_zoo.model import SNAPSHOTS, logits, snapshots

CARD, WEIGHTS, HISTORY, README = "card.json", "model.safetensors", "history.csv", "README.md"
COUNTED = ("running_mean", "running_var", "num_batches_tracked")  # which batch norm counts along
HISTORY_COLUMNS = ("epoch", "learning_rate", "train_loss", "val_loss", "train_accuracy", "val_accuracy", "seconds")


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
    check_card(folder / CARD, card)
    return card


def learned_weights(folder: Path) -> int:
    """How many weights of an entry were learned, as the head of their file tells; what batch norm counts is left out.

    Raises:
        BrokenEntry: the weights are missing, or no file of safetensors.
    """
    path = folder / WEIGHTS
    try:
        with safe_open(path, framework="pt") as file:
            shapes = {name: file.get_slice(name).get_shape() for name in file.keys()}  # noqa: SIM118
    except OSError as error:
        raise BrokenEntry(f"{path} cannot be read: {error.strerror or error}.") from error
    except (SafetensorError, KeyError) as error:
        raise BrokenEntry(f"{path} cannot be used: {_sentence(error)}") from error
    scales = {name for name in shapes if name.endswith(quantize.SCALE) and name.removesuffix(quantize.SCALE) in shapes}
    return sum(math.prod(shape) for name, shape in shapes.items() if name not in scales and not name.endswith(COUNTED))


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
    data = read_named(path, card["sha256"] if epoch is None else snapshots(card)[epoch])
    try:
        net = architectures.build(folder, card["net"])
    except (ValueError, RuntimeError, OverflowError) as error:
        raise BrokenEntry(f"{folder / CARD} names no network that can be built: {_sentence(error)}") from error
    try:
        state = quantize.unpack(load_tensors(data))
    except (SafetensorError, ValueError) as error:
        raise BrokenEntry(f"{path} cannot be used: {_sentence(error)}") from error
    except KeyError as error:  # safetensors looks the name up in a table of torch's formats
        raise BrokenEntry(f"{path} cannot be used: it holds numbers of the unknown format {error}.") from error
    _check_state(path, net.state_dict(), state)
    net.load_state_dict(versioned(state, net), strict=True, assign=True)
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


def versioned(state: dict[str, Tensor], net: nn.Module) -> dict[str, Tensor]:
    """Weights with what torch notes beside them: the versions of the modules, which a few look at when they load."""
    found = OrderedDict(state)
    found._metadata = getattr(net.state_dict(), "_metadata", {})  # pyright: ignore[reportAttributeAccessIssue]
    return found


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
    """The rows of history.csv as numbers; a value that was not measured is NaN. No rows: it was trained elsewhere.

    Raises:
        BrokenEntry: missing, without the columns of `HISTORY_COLUMNS`, with something that is no number, or with
            epochs that are not 0, 1, 2, ... No row at all is that of a network which was trained elsewhere.
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
    if [row["epoch"] for row in rows] != list(range(len(rows))):
        raise BrokenEntry(f"{path} must have one row for every epoch from 0, the untrained network, on.")
    return rows


def write(
    folder: Path,
    state: dict[str, Tensor],
    card: dict[str, Any],
    history: list[dict[str, float]],
    readme: str,
    exact: bool = False,
    more: Mapping[str, bytes] | None = None,
) -> dict[str, Any]:
    """Write an entry; each file appears whole or not at all.

    Args:
        folder: where; made if missing.
        state: the network's state dict in full precision.
        card: everything but `format` and `sha256`, which are filled in here.
        history: rows with the columns of `HISTORY_COLUMNS` and perhaps more, the same in every row.
        readme: the model card in Markdown.
        exact: whether the weights are stored as they are, and not in half precision.
        more: further files of the entry by their names.

    Returns:
        The card as written.

    Raises:
        OSError: the folder cannot be written; older files stay whole.
    """
    folder.mkdir(parents=True, exist_ok=True)
    weights = save_tensors(_apart(state) if exact else quantize.pack(state))
    card = {"format": FORMAT} | card | {"sha256": hashlib.sha256(weights).hexdigest()}
    columns = list(history[0]) if history else list(HISTORY_COLUMNS)
    lines = [",".join(columns)] + [",".join(f"{row[name]:.6g}" for name in columns) for row in history]
    # The card comes last: it names the weights' checksum, so that a half-written entry is known as one.
    files = {folder / name: data for name, data in (more or {}).items()}
    files |= {folder / WEIGHTS: weights, folder / HISTORY: ("\n".join(lines) + "\n").encode()}
    write_files(files | _card(folder, card, readme))
    return card


def _apart(state: dict[str, Tensor]) -> dict[str, Tensor]:
    """The tensors as safetensors wants them: in one piece each, none in the memory of another."""
    used: set[int] = set()
    apart = {}
    for name, tensor in state.items():
        tensor = tensor.detach().cpu().contiguous()
        apart[name] = tensor.clone() if tensor.untyped_storage().data_ptr() in used else tensor
        used.add(tensor.untyped_storage().data_ptr())
    return apart


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


def read_named(path: Path, sha256: object, most_bytes: float = math.inf) -> bytes:
    """A file of an entry that its card names.

    Args:
        sha256: what the card says of it, whatever that is.
        most_bytes: that it may have; a larger one is not read.

    Raises:
        BrokenEntry: it is missing, too large, or another file.
    """
    data = _read(path, most_bytes)
    if hashlib.sha256(data).hexdigest() != sha256:
        raise BrokenEntry(f"{path} is not the file that its card describes (sha256 differs).")
    return data


def _read(path: Path, most_bytes: float = math.inf) -> bytes:
    try:
        if path.stat().st_size > most_bytes:
            raise BrokenEntry(f"{path} is larger than {most_bytes / 1e6:g} MB.")
        return path.read_bytes()
    except OSError as error:
        raise BrokenEntry(f"{path} cannot be read: {error.strerror or error}.") from error
