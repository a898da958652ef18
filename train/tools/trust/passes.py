"""The readings of many pictures, kept on the disk: an evaluation that was interrupted goes on where it was."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load as load_tensors
from safetensors.torch import save as save_tensors
from torch import Tensor
from tqdm import tqdm

from model_zoo import INPUT, Model, walk
from model_zoo.entries import entry
from model_zoo.trust.readings import Readings, Taps, joined, picture_statistics, read, taps
from train.data.cifar10 import Images, normalise

BATCH_PIXELS = 2**17  # in a batch, at the network's size: 128 pictures of 32 x 32, whose maps take 100 MB


@dataclass(frozen=True)
class Reader:
    """One network's readings."""

    model: Model
    places: Taps
    cache: Path | None  # None: nothing is kept

    def of(self, images: Images | Tensor, name: str) -> Readings:
        """Of pictures uint8 (N, 3, size, size); `name` is what the bar and the file are called."""
        pictures = images if isinstance(images, Tensor) else images.pictures
        found = self._passed(pictures, name) if self.cache is None else self._cached(pictures, name, self.cache)
        return Readings(found.logits, found.features, {INPUT: self._of_input(pictures)} | found.depths)

    def _cached(self, pictures: Tensor, name: str, cache: Path) -> Readings:
        path = cache / f"{name.replace(' ', '-')}-{self._key(pictures)}.safetensors"
        found = _kept(path)
        if found is None:
            data = save_tensors(_arrays(self._passed(pictures, name)))
            cache.mkdir(parents=True, exist_ok=True)
            entry.write_files({path: data})
            found = _read(data)  # laid out as it will be the next time, so that sums come out the same
        return found

    def _of_input(self, pictures: Tensor) -> Tensor:
        """What needs no pass is worked out anew each time."""
        parts = self._inputs(pictures)
        return torch.cat([picture_statistics(x) for x in parts])

    def _inputs(self, pictures: Tensor) -> Iterator[Tensor]:
        values, batch = self.model.card["preprocessing"], max(1, BATCH_PIXELS // self.model.size**2)
        for at in range(0, len(pictures), batch):
            yield normalise(pictures[at : at + batch], values["mean"], values["std"])

    def _passed(self, pictures: Tensor, name: str) -> Readings:
        parts, places = [], replace(self.places, depths=self._maps)
        with tqdm(total=len(pictures), desc=name, unit=" pictures", disable=None) as bar:
            for x in self._inputs(pictures):
                parts.append(read(x, walk(self.model.net, x), places))
                bar.update(len(x))
        return joined(parts)

    @property
    def _maps(self) -> tuple[str, ...]:
        return tuple(name for name in self.places.depths if name != INPUT)

    def _key(self, pictures: Tensor) -> str:
        about = [self.model.card["sha256"], self.places.features, *self._maps, list(pictures.shape)]
        digest = hashlib.sha256(json.dumps(about).encode())
        for at in range(0, len(pictures), 1000):
            digest.update(pictures[at : at + 1000].contiguous().numpy().data)
        return digest.hexdigest()[:16]


def reader(model: Model, cache: Path | None) -> Reader:
    """For an entry, which keeps its readings in a folder of its own in `cache`; with None it keeps none."""
    size = model.size
    places = taps(walk(model.net, torch.zeros(1, 3, size, size)))
    own = f"{model.name.replace('/', '-')}-{model.card['sha256'][:12]}"
    return Reader(model, places, None if cache is None else cache / own)


def _arrays(found: Readings) -> dict[str, Tensor]:
    depths = {f"depth {step}": each.contiguous() for step, each in found.depths.items()}
    return {"logits": found.logits.contiguous(), "features": found.features.contiguous()} | depths


def _kept(path: Path) -> Readings | None:
    """What stands there; None where there is nothing that can be read."""
    try:
        return _read(path.read_bytes())
    except (OSError, SafetensorError):
        return None


def _read(data: bytes) -> Readings:
    arrays = load_tensors(data)
    logits, features = arrays.pop("logits"), arrays.pop("features")
    return Readings(logits, features, {name.removeprefix("depth "): each for name, each in arrays.items()})
