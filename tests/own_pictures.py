"""Real pictures of two kinds that no data set is needed for: parts of the page's own patterns, in other light."""

import io
from pathlib import Path

import numpy as np
from PIL import Image

from demo.pictures import patterns

KINDS = {"stripes": patterns.diagonal_stripes, "discs": patterns.circle}


def pictures(kind: str, count: int, seed: int = 0) -> list[Image.Image]:
    """So many squares of a pattern, each another part, turned by quarters, lighter or darker."""
    chance, whole = np.random.default_rng(seed), KINDS[kind]().convert("RGB")
    found = []
    for _ in range(count):
        side = int(chance.integers(120, 220))
        left, top = chance.integers(0, 256 - side, 2).tolist()
        part = np.rot90(np.asarray(whole.crop((left, top, left + side, top + side))), int(chance.integers(4)))
        light = part * chance.uniform(0.6, 1.3) + chance.uniform(-30, 30)
        found.append(Image.fromarray(light.clip(0, 255).astype(np.uint8)))
    return found


def png(picture: Image.Image) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")
    return buffer.getvalue()


def files(folder: Path, kind: str, count: int) -> list[Path]:
    """The pictures as files of a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"{kind} no. {at}.png" for at in range(count)]
    for path, picture in zip(paths, pictures(kind, count), strict=True):
        path.write_bytes(png(picture))
    return paths
