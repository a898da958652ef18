"""Features of many pictures, kept on the disk: a measurement that was interrupted goes on where it was."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load as load_tensors
from safetensors.torch import save as save_tensors
from torch import Tensor
from tqdm import tqdm

from model_zoo.entries import entry
from train.tools.own.body import Body
from train.tools.own.pictures import OwnPicture

CHUNK = 250  # pictures in a file


def features(body: Body, pictures: Sequence[OwnPicture], folder: Path, label: str) -> Tensor:
    """As `body.features`, with what was worked out kept in files of `CHUNK` pictures in `folder`."""
    parts = []
    with tqdm(total=len(pictures), desc=f"{label}, {body.name} at {body.size}", unit=" pictures", disable=None) as bar:
        for at in range(0, len(pictures), CHUNK):
            some = pictures[at : at + CHUNK]
            digest = hashlib.sha256(" ".join([body.key, *(picture.key for picture in some)]).encode()).hexdigest()
            path = folder / f"{digest[:32]}.safetensors"
            values = _read(path)
            if values is None:
                values = body.features(some)
                folder.mkdir(parents=True, exist_ok=True)
                entry.write_files({path: save_tensors({"features": values.contiguous()})})
            parts.append(values)
            bar.update(len(some))
    return torch.cat(parts)


def _read(path: Path) -> Tensor | None:
    try:
        return load_tensors(path.read_bytes())["features"]
    except (OSError, SafetensorError, KeyError):
        return None
