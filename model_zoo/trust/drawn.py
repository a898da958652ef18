"""Strange pictures that can be drawn anew anywhere: uint8 (N, 3, S, S), the same for the same size, number and seed.

Some come with Python packages that are used anyway (photographs of scikit-learn, Gradio and Matplotlib, handwritten
digits of scikit-learn); where a package is missing, its pictures are left out.
"""

import gzip
import importlib.util
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageDraw, ImageFont
from torch import Tensor
from torch.nn import functional as F

from model_zoo.common.picture import to_rgb

PHOTOS = (  # package, file in it
    ("sklearn", "datasets/images/china.jpg"),
    ("sklearn", "datasets/images/flower.jpg"),
    ("matplotlib", "mpl-data/sample_data/grace_hopper.jpg"),
    ("gradio", "media_assets/images/cheetah1.jpg"),
    ("gradio", "media_assets/images/lion.jpg"),
    ("gradio", "media_assets/images/tower.jpg"),
)
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789"


def digits(size: int, most: int, seed: int) -> Tensor:
    """Those of scikit-learn, 8 x 8 pixels each, white on black."""
    file = _file("sklearn", "datasets/data/digits.csv.gz")
    if file is None:
        return none(size)
    with gzip.open(file, "rt") as text:
        values = torch.from_numpy(np.loadtxt(text, delimiter=",", dtype=np.float32)[:most, :64])
    pictures = (values.view(-1, 1, 8, 8) * (255 / 16)).expand(-1, 3, 8, 8)
    return as_bytes(F.interpolate(pictures, size=(size, size), mode="bicubic", align_corners=False))


def letters(size: int, most: int, seed: int, wanted: Sequence[int] | None = None) -> Tensor:
    """One to a picture, in Matplotlib's font, turned a little; only the `wanted` ones, where these are named."""
    file = _file("matplotlib", "mpl-data/fonts/ttf/DejaVuSans-Bold.ttf")
    if file is None:
        return none(size)
    chance, found, large = np.random.default_rng(seed), {}, 4 * size
    for number in range(most):
        back, front = (tuple(int(v) for v in chance.integers(256, size=3)) for _ in range(2))
        height, middle = int(large * chance.uniform(0.5, 0.9)), large / 2 + large / 8 * chance.uniform(-1, 1, size=2)
        letter, turn = LETTERS[chance.integers(len(LETTERS))], chance.uniform(-20, 20)
        if wanted is not None and number not in wanted:
            continue
        picture = Image.new("RGB", (large, large), back)
        font = ImageFont.truetype(str(file), height)
        ImageDraw.Draw(picture).text(tuple(middle), letter, front, font, anchor="mm")
        turned = picture.rotate(turn, Image.Resampling.BICUBIC, fillcolor=back)
        found[number] = np.asarray(turned.resize((size, size), Image.Resampling.BOX))
    return stacked([found[number] for number in (range(most) if wanted is None else wanted)], size)


def photo_parts(size: int, most: int, seed: int) -> Tensor:
    """Squares of a tenth to half of the shorter side, anywhere in the photographs."""
    files = [file for package, name in PHOTOS if (file := _file(package, name))]
    photos = []
    for file in files:
        with Image.open(file) as photo:
            photos.append(to_rgb(photo))
    chance, found = np.random.default_rng(seed), []
    for number in range(most if photos else 0):
        photo = photos[number % len(photos)]
        side = max(size // 4, int(min(photo.size) * chance.uniform(0.1, 0.5)))
        left, top = (int(chance.integers(length - side + 1)) for length in photo.size)
        part = photo.crop((left, top, left + side, top + side)).resize((size, size), Image.Resampling.BICUBIC)
        found.append(np.asarray(part))
    return stacked(found, size)


def plain(size: int, most: int, seed: int) -> Tensor:
    """One random colour each."""
    chance = torch.Generator().manual_seed(seed)
    return torch.randint(256, (most, 3, 1, 1), generator=chance, dtype=torch.uint8).repeat(1, 1, size, size)


KINDS: dict[str, Callable[[int, int, int], Tensor]] = {  # name in a report -> pictures of a size, how many, and a seed
    "digits": digits,
    "letters": letters,
    "parts of photographs": photo_parts,
    "plain colours": plain,
}


def again(name: str, size: int, most: int, seed: int, wanted: Sequence[int]) -> Tensor:
    """Some pictures out of `most` of a kind in `KINDS`, by their numbers; none where not so many can be drawn here."""
    if not wanted or max(wanted) >= most:
        return none(size)
    if name == "letters":  # each takes a millisecond or more
        return letters(size, most, seed, wanted)
    found = KINDS[name](size, most, seed)
    return found[list(wanted)] if len(found) == most else none(size)


def _file(package: str, name: str) -> Path | None:
    """A file of a package that is installed; the package itself is not loaded."""
    spec = importlib.util.find_spec(package)
    places = (spec.submodule_search_locations or []) if spec else []
    return next((path for place in places if (path := Path(place) / name).is_file()), None)


def stacked(found: list[np.ndarray], size: int) -> Tensor:
    """Pictures (S, S, 3) as one tensor."""
    return torch.from_numpy(np.stack(found)).permute(0, 3, 1, 2).contiguous() if found else none(size)


def none(size: int) -> Tensor:
    """No picture."""
    return torch.zeros(0, 3, size, size, dtype=torch.uint8)


def as_bytes(values: Tensor) -> Tensor:
    """Rounded, within 0..255."""
    return values.round().clamp(0, 255).to(torch.uint8)
