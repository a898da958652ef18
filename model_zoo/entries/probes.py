"""The linear probes of an entry, one for each step: their file, its reader and its writer.

    <entry>/probes.safetensors    "conv1.weight" float32 (classes, features), "conv1.bias" float32 (classes,), ...

The card's `probes` holds the file's sha256, the accuracy of each step's probe, and how they were fitted. An entry
without them is whole. What they are for is said in `model_zoo/explain/lens.py`.
"""

import hashlib
import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

import torch
from safetensors import SafetensorError
from safetensors.torch import load as load_tensors
from safetensors.torch import save as save_tensors
from torch import Tensor, nn

from model_zoo.entries.entry import CARD, BrokenEntry, read_named, write_files
from model_zoo.model import Model, Probe

PROBES = "probes.safetensors"
KEY = "probes"  # in the card
MOST_BYTES = 64_000_000
log = logging.getLogger(__name__)
_read: WeakKeyDictionary[nn.Module, dict[str, Probe]] = WeakKeyDictionary()


def probes(model: Model) -> Mapping[str, Probe]:
    """The probes of an entry by the step's name, read once; none where it has none, or where they cannot be used.

    The reason is logged once. The weights of earlier epochs have none.
    """
    if model.epoch is not None:
        return {}
    if model.net not in _read:
        try:
            _read[model.net] = read(model.folder, model.card)
        except BrokenEntry as error:
            log.warning("The entry %s has no linear probes: %s", model.name, error)
            _read[model.net] = {}
    return _read[model.net]


def read(folder: Path, card: dict[str, Any]) -> dict[str, Probe]:
    """The probes that a card names; none where it names none, or where their file is not there.

    Raises:
        BrokenEntry: the file is not the one that the card describes, or holds something else than probes.
    """
    named, path = card.get(KEY), folder / PROBES
    if named is None or not path.exists():
        return {}
    accuracy = _accuracies(folder / CARD, named)
    data = read_named(path, named.get("sha256"), MOST_BYTES)
    try:
        tensors = load_tensors(data)
    except (SafetensorError, ValueError, KeyError) as error:
        raise BrokenEntry(
            f"{path} cannot be used: it is no safetensors file, or has numbers of no known kind."
        ) from error
    return {step: _probe(path, tensors, step, share, len(card["classes"])) for step, share in accuracy.items()}


def _accuracies(path: Path, named: Any) -> dict[str, float]:
    steps = named.get("steps") if isinstance(named, dict) else None
    if not isinstance(steps, dict):
        raise BrokenEntry(f"{path}: probes must name the steps.")
    found = {}
    for step, figures in steps.items():
        share = figures.get("test") if isinstance(figures, dict) else None
        if not isinstance(share, int | float) or isinstance(share, bool) or not 0 <= share <= 1:
            raise BrokenEntry(f"{path}: probes need the test accuracy of {step}, from 0 to 1.")
        found[step] = float(share)
    return found


def _probe(path: Path, tensors: dict[str, Tensor], step: str, accuracy: float, classes: int) -> Probe:
    weight, bias = tensors.get(f"{step}.weight"), tensors.get(f"{step}.bias")
    if weight is None or bias is None:
        raise BrokenEntry(f"{path} has no probe of the step {step}.")
    if weight.dtype != torch.float32 or bias.dtype != torch.float32:
        raise BrokenEntry(f"{path}: the probe of {step} is not in float32.")
    if weight.dim() != 2 or weight.shape[0] != classes or bias.shape != (classes,):
        raise BrokenEntry(f"{path}: the probe of {step} does not fit {classes} classes.")
    if not weight.isfinite().all() or not bias.isfinite().all():
        raise BrokenEntry(f"{path}: the probe of {step} holds values that are not finite.")
    return Probe(weight, bias, accuracy)


def write(
    folder: Path, card: dict[str, Any], found: Mapping[str, tuple[Tensor, Tensor]], about: dict[str, Any]
) -> dict[str, Any]:
    """Write the probes' file; the card that names them is left to `entry.write_card`, with the card in words.

    Args:
        folder: of an entry.
        card: of that entry, as it is now.
        found: weight float32 (classes, features) and bias float32 (classes,) by the step's name.
        about: what the card says of them, `steps` with the accuracies among it; the sha256 is filled in here.

    Returns:
        The card with `probes`.

    Raises:
        OSError: the folder cannot be written; older files stay whole.
    """
    tensors = {f"{step}.weight": weight.contiguous() for step, (weight, _) in found.items()}
    data = save_tensors(tensors | {f"{step}.bias": bias.contiguous() for step, (_, bias) in found.items()})
    write_files({folder / PROBES: data})
    return card | {KEY: {"sha256": hashlib.sha256(data).hexdigest()} | about}
