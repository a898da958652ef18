"""Strange pictures that are made: from nothing, or out of pictures that the network knows.

They choose the score of a network. What is reported (reported.py) is of other kinds, so that the choice cannot have
been made for them. Pictures are uint8 (N, 3, S, S); the same seed gives the same ones.
"""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from train.data.cifar10 import Images

FAR, NEAR, ALTERED = "far", "near", "altered"
ALL, WHOLE, GROUND = "all", "whole things", "ground"
Make = Callable[[Images, torch.Generator], Tensor]


@dataclass(frozen=True)
class Kind:
    """One kind of strange pictures."""

    name: str
    group: str  # FAR: nothing that it knows; NEAR: parts of what it knows; ALTERED: what it knows, badly seen
    make: Make  # out of known pictures, of which there come as many
    words: str  # what they are
    of: str = ALL  # networks that it is for: ALL, or those for WHOLE things, or for GROUND from above


def noise(known: Images, chance: torch.Generator) -> Tensor:
    """Every value by itself, around a random colour, of a random spread."""
    n, _, s, _ = known.pictures.shape
    middle, spread = _random(chance, n, 3, 1, 1) * 255, 10 + 80 * _random(chance, n, 1, 1, 1)
    return _bytes(middle + spread * torch.randn(n, 3, s, s, generator=chance))


def clouds(known: Images, chance: torch.Generator) -> Tensor:
    """Noise whose amplitude falls with a random power, 0.5 to 2, of the spatial frequency, as in many textures."""
    n, _, s, _ = known.pictures.shape
    waves = torch.fft.fft2(torch.randn(n, 3, s, s, generator=chance))
    along = torch.fft.fftfreq(s)
    distance = (along[:, None] ** 2 + along**2).sqrt().clamp(min=1 / s)
    values = torch.fft.ifft2(waves / distance ** (0.5 + 1.5 * _random(chance, n, 1, 1, 1))).real
    values = values / values.std((2, 3), keepdim=True).clamp(min=1e-6)
    grey = _random(chance, n, 1, 1, 1)  # how far the three colours go together
    values = grey * values.mean(1, keepdim=True) * 3**0.5 + (1 - grey) * values
    return _bytes(_random(chance, n, 3, 1, 1) * 255 + (20 + 50 * _random(chance, n, 1, 1, 1)) * values)


def gratings(known: Images, chance: torch.Generator) -> Tensor:
    """Stripes or checks of two colours, of any direction, 2 to 16 to a side, with soft or hard edges."""
    n, _, s, _ = known.pictures.shape
    y, x = torch.meshgrid(torch.arange(s) / s, torch.arange(s) / s, indexing="ij")
    turn, count = _random(chance, n, 1, 1) * torch.pi, 2 + 14 * _random(chance, n, 1, 1)
    across, along = x * turn.cos() + y * turn.sin(), y * turn.cos() - x * turn.sin()
    wave = (2 * torch.pi * count * across).sin()
    checks = wave * (2 * torch.pi * count * along).sin()
    wave = torch.where(_random(chance, n, 1, 1) < 0.5, wave, checks)
    share = ((1 + 20 * _random(chance, n, 1, 1) ** 2) * wave).tanh()[:, None] / 2 + 0.5
    first, second = _random(chance, n, 3, 1, 1) * 255, _random(chance, n, 3, 1, 1) * 255
    return _bytes(share * first + (1 - share) * second)


def shapes(known: Images, chance: torch.Generator) -> Tensor:
    """One to six discs and boxes of plain colours on a plain colour."""
    n, _, s, _ = known.pictures.shape
    y, x = torch.meshgrid(torch.arange(s) / s, torch.arange(s) / s, indexing="ij")
    picture = (_random(chance, n, 3, 1, 1) * 255).expand(n, 3, s, s).clone()
    for number in range(6):
        dx, dy = (x - _random(chance, n, 1, 1)).abs(), (y - _random(chance, n, 1, 1)).abs()
        wide, high = 0.05 + 0.35 * _random(chance, n, 1, 1), 0.05 + 0.35 * _random(chance, n, 1, 1)
        inside = torch.where(_random(chance, n, 1, 1) < 0.5, dx.hypot(dy) < wide, (dx < wide) & (dy < high))
        there = _random(chance, n, 1, 1) < (1 if number == 0 else 0.5)
        picture = torch.where((inside & there)[:, None], _random(chance, n, 3, 1, 1) * 255, picture)
    return _bytes(picture)


def mixture(known: Images, chance: torch.Generator) -> Tensor:
    """The mean of two pictures of different classes."""
    return _bytes((known.pictures.float() + known.pictures[_others(known.labels, chance)].float()) / 2)


def collage(known: Images, chance: torch.Generator) -> Tensor:
    """The left half of one picture beside the right half of one of another class."""
    half = known.pictures.shape[3] // 2
    others = known.pictures[_others(known.labels, chance)]
    return torch.cat((known.pictures[..., :half], others[..., half:]), 3)


def jigsaw(known: Images, chance: torch.Generator) -> Tensor:
    """The nine pieces of a picture, of three by three, in another order."""
    n, _, s, _ = known.pictures.shape
    side = s // 3
    inner = known.pictures[..., : 3 * side, : 3 * side]
    pieces = inner.reshape(n, 3, 3, side, 3, side).permute(0, 2, 4, 1, 3, 5).reshape(n, 9, 3, side, side)
    order = torch.stack([torch.randperm(9, generator=chance) for _ in range(n)])
    pieces = pieces[torch.arange(n)[:, None], order]
    whole = pieces.reshape(n, 3, 3, 3, side, side).permute(0, 3, 1, 4, 2, 5).reshape(n, 3, 3 * side, 3 * side)
    return _bytes(F.interpolate(whole.float(), size=(s, s), mode="bilinear", align_corners=False))


def pixelated(known: Images, chance: torch.Generator) -> Tensor:
    """In squares of an eighth of the side, each of its mean colour."""
    size = known.pictures.shape[-1]
    small = F.adaptive_avg_pool2d(known.pictures.float(), 8)
    return _bytes(F.interpolate(small, size=(size, size), mode="nearest"))


def negative(known: Images, chance: torch.Generator) -> Tensor:
    """Light for dark and every colour for its complement."""
    return 255 - known.pictures


def enlarged(known: Images, chance: torch.Generator) -> Tensor:
    """The middle third, three times as large."""
    size = known.pictures.shape[-1]
    margin = size // 3
    middle = known.pictures[..., margin : size - margin, margin : size - margin].float()
    return _bytes(F.interpolate(middle, size=(size, size), mode="bicubic", align_corners=False))


def slightly_enlarged(known: Images, chance: torch.Generator) -> Tensor:
    """The middle two thirds, half as large again."""
    size = known.pictures.shape[-1]
    margin = size // 6
    middle = known.pictures[..., margin : size - margin, margin : size - margin].float()
    return _bytes(F.interpolate(middle, size=(size, size), mode="bicubic", align_corners=False))


def slightly_pixelated(known: Images, chance: torch.Generator) -> Tensor:
    """With half the pixels along a side."""
    size = known.pictures.shape[-1]
    small = F.adaptive_avg_pool2d(known.pictures.float(), size // 2)
    return _bytes(F.interpolate(small, size=(size, size), mode="nearest"))


def red_for_blue(known: Images, chance: torch.Generator) -> Tensor:
    """With these two exchanged."""
    return known.pictures.flip(1)


def half_the_contrast(known: Images, chance: torch.Generator) -> Tensor:
    """Half as far from the picture's mean colour."""
    values = known.pictures.float()
    middle = values.mean((2, 3), keepdim=True)
    return _bytes((values + middle) / 2)


def one_colour_off(known: Images, chance: torch.Generator) -> Tensor:
    """Without red, green or blue."""
    keep = torch.ones(len(known), 3, dtype=torch.uint8)
    keep[torch.arange(len(known)), torch.randint(3, (len(known),), generator=chance)] = 0
    return known.pictures * keep[:, :, None, None]


CHOOSING = (
    Kind("noise", FAR, noise, "every value random, around a random colour"),
    Kind("clouds", FAR, clouds, "random textures, whose amplitude falls with the frequency"),
    Kind("gratings", FAR, gratings, "stripes and checks of two colours"),
    Kind("shapes", FAR, shapes, "discs and boxes of plain colours"),
    Kind("mixture", NEAR, mixture, "the mean of two known pictures of different classes", WHOLE),
    Kind("collage", NEAR, collage, "two halves of known pictures of different classes", WHOLE),
    Kind("jigsaw", NEAR, jigsaw, "nine pieces of a known picture in another order", WHOLE),
    Kind("pixelated", ALTERED, pixelated, "known pictures in squares of an eighth of the side"),
    Kind("negative", ALTERED, negative, "known pictures with light for dark"),
    Kind("enlarged", ALTERED, enlarged, "the middle third of known pictures, three times as large"),
    Kind("one colour off", ALTERED, one_colour_off, "known pictures without red, green or blue"),
    # A drone's camera looks straight down from one height: there, small changes of scale and colour are strange, too.
    Kind("slightly enlarged", ALTERED, slightly_enlarged, "the middle two thirds of known pictures, enlarged", GROUND),
    Kind("slightly pixelated", ALTERED, slightly_pixelated, "known pictures with half the pixels", GROUND),
    Kind("red for blue", ALTERED, red_for_blue, "known pictures with red and blue exchanged", GROUND),
    Kind("half the contrast", ALTERED, half_the_contrast, "known pictures with half the contrast", GROUND),
)


def kinds(of: str) -> tuple[Kind, ...]:
    """The kinds to choose by, for networks of WHOLE things or of GROUND.

    Of ground from above, pieces in another order are ground as before, and not strange.
    """
    return tuple(kind for kind in CHOOSING if kind.of in (ALL, of))


def made(kind: Kind, known: Images, seed: int) -> Tensor:
    """Pictures of a kind, as many as there are known ones."""
    return kind.make(known, torch.Generator().manual_seed(seed))


def _others(labels: Tensor, chance: torch.Generator) -> Tensor:
    """For every picture the number of one of another class."""
    found = torch.randint(len(labels), (len(labels),), generator=chance)
    for _ in range(100):
        same = labels[found] == labels
        if not same.any():
            break
        found[same] = torch.randint(len(labels), (int(same.sum()),), generator=chance)
    return found


def _random(chance: torch.Generator, *shape: int) -> Tensor:
    return torch.rand(*shape, generator=chance)


def _bytes(values: Tensor) -> Tensor:
    return values.round().clamp(0, 255).to(torch.uint8)
