"""Weights from a file of one's own: safetensors, or what `torch.save(net.state_dict(), ...)` wrote.

Of the latter only tensors and plain containers are read (`torch.load(weights_only=True)`): nothing in it is run.
"""

import pickle
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load as load_tensors
from torch import Tensor

from model_zoo.adopting.errors import AdoptError

MOST_BYTES = 1_000_000_000
DEEPEST = 8  # of what training programs put in one another
PICKLED = (".pth", ".pt", ".bin", ".ckpt", ".tar")
# Where training programs put the weights among other things; the first that is there counts.
NESTED = (
    "state_dict_ema",
    "model_ema",
    "state_dict",
    "model_state_dict",
    "model",
    "net",
    "network",
    "params",
    "weights",
)
WRAPPERS = ("module.", "_orig_mod.", "model.", "net.")  # of DataParallel, of torch.compile, of many a training program


def read(path: Path, most_bytes: int = MOST_BYTES) -> dict[str, Tensor]:
    """The weights in a file by their names, float32 where they are no whole numbers.

    Raises:
        AdoptError: it cannot be read, is too large, or holds something else than weights; in a sentence.
    """
    try:
        size = path.stat().st_size
    except OSError as error:
        raise AdoptError(f"{path} cannot be read: {error.strerror or error}.") from error
    if size > most_bytes:
        raise AdoptError(f"{path.name} has {size / 1e6:.0f} MB; at most {most_bytes / 1e6:.0f} MB are taken.")
    if path.suffix == ".safetensors":
        found: Any = _safetensors(path)
    elif path.suffix in PICKLED:
        found = _pickled(path, most_bytes)
    else:
        raise AdoptError(f"Weights are taken from a .safetensors or {', '.join(PICKLED)} file; {path.name} is none.")
    return bare(state_in(found, path.name), path.name)


def _safetensors(path: Path) -> dict[str, Tensor]:
    try:
        return load_tensors(path.read_bytes())
    except (SafetensorError, ValueError, KeyError, OSError) as error:
        raise AdoptError(f"{path.name} is no safetensors file, or it is damaged.") from error


def _pickled(path: Path, most_bytes: int) -> Any:
    if zipfile.is_zipfile(path):
        try:
            with zipfile.ZipFile(path) as archive:
                inside = sum(entry.file_size for entry in archive.infolist())
        except (zipfile.BadZipFile, OSError, ValueError) as error:
            raise AdoptError(f"{path.name} is damaged.") from error
        if inside > most_bytes:
            raise AdoptError(
                f"{path.name} holds {inside / 1e6:.0f} MB when unpacked; at most {most_bytes / 1e6:.0f} MB."
            )
    try:
        return torch.load(path, map_location="cpu", weights_only=True)
    except (
        pickle.UnpicklingError,
        RuntimeError,
        ValueError,
        EOFError,
        OSError,
        AttributeError,
        TypeError,
        KeyError,
    ) as error:
        raise AdoptError(
            f"{path.name} holds more than weights, or is damaged: only tensors are read, and no program. Save them "
            "with torch.save(net.state_dict(), path), or with safetensors.torch.save_file(net.state_dict(), path)."
        ) from error


def state_in(found: Any, name: str) -> dict[str, Tensor]:
    """The weights among what a training program saved.

    Raises:
        AdoptError: there are none.
    """
    for _ in range(DEEPEST):
        if not isinstance(found, Mapping):
            break
        tensors = {str(key): value for key, value in found.items() if isinstance(value, Tensor)}
        nested = next((key for key in NESTED if isinstance(found.get(key), Mapping) and found[key]), None)
        if nested is None:
            if tensors:
                return tensors
            break
        found = found[nested]  # which in a stranger's file may be the same one again
    raise AdoptError(f"{name} holds no weights by name, as net.state_dict() gives them.")


def bare(state: dict[str, Tensor], name: str) -> dict[str, Tensor]:
    """Without the first parts that wrappers put before every name; real numbers as float32.

    Raises:
        AdoptError: some are not finite, or they are more than a file of `MOST_BYTES` holds.
    """
    # A tensor may repeat one number without end and take hardly any room in its file.
    if sum(value.numel() * value.element_size() for value in state.values()) > MOST_BYTES:
        raise AdoptError(f"{name} holds tensors of more than {MOST_BYTES / 1e6:.0f} MB.")
    wrapped = True
    while wrapped:
        wrapped = False
        for prefix in WRAPPERS[:2]:
            if any(key.startswith(prefix) for key in state):
                state = {key.removeprefix(prefix): value for key, value in state.items()}
                wrapped = True
    for key, value in state.items():
        if value.is_floating_point() and not torch.isfinite(value).all():
            raise AdoptError(f"{name}: the weights {key} hold values that are not finite.")
    return {key: value.float() if value.is_floating_point() else value for key, value in state.items()}


def fitting(state: dict[str, Tensor], wanted: Mapping[str, Tensor], name: str) -> dict[str, Tensor]:
    """The weights that a network has, in its order; further wrappers before all names are taken off.

    Raises:
        AdoptError: one is missing or has another shape.
    """
    for prefix in ("", *WRAPPERS[2:]):
        found = {key.removeprefix(prefix): value for key, value in state.items() if key.startswith(prefix)}
        if len(found.keys() & wanted.keys()) > len(wanted) // 2:
            break
    else:
        some = ", ".join(sorted(state)[:3])
        raise AdoptError(
            f"{name} holds weights of another architecture: it names {some}, this one {next(iter(wanted), '')}."
        )
    counters = {
        key: torch.tensor(0) for key in wanted if key.endswith("num_batches_tracked")
    }  # which only training uses
    found = counters | found
    missing = [key for key in wanted if key not in found]
    if missing:
        raise AdoptError(f"{name} lacks {len(missing)} weights of this architecture, such as {missing[0]}.")
    for key, tensor in wanted.items():
        if tuple(found[key].shape) != tuple(tensor.shape):
            raise AdoptError(
                f"{name} does not fit this architecture: {key} has the shape {tuple(found[key].shape)} there, "
                f"{tuple(tensor.shape)} here."
            )
    return {key: found[key].to(tensor.dtype) for key, tensor in wanted.items()}
