"""What excites a channel: which pictures do so most, and which picture would.

found = Strongest(count=9)
for batch in batches: found.add(walk_to(net, batch, step))
maximize_activation(net, step, channel, size, mean, std)      # the picture that maximises it, with the way there
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from model_zoo.explain.receptive_field import receptive_fields
from model_zoo.graph.walk import walk, walk_to

STAGES = (0, 1, 2, 4, 8, 16, 32, 64)  # updates after which the picture is kept
RATE = 0.03  # of Adam, for the strengths of the waves that the picture is made of
JITTER = 1 / 16  # of the receptive field's side, the most by which the picture is moved before each update
SMOOTH = 0.5  # weight of the difference between neighbours, against the channel's value in units of its own size
NOISE = 0.01  # standard deviation of the first strengths: a nearly grey picture
# Operations behind which a channel can be 0 with a gradient of 0, and which keep their input's channels.
SILENT = frozenset(("ReLU", "ReLU6", "GELU", "SiLU", "max pool", "average pool", "dropout", "identity"))

Progress = Callable[[int, int], None]  # called with how many of how many passes are done


def as_maps(output: Tensor) -> Tensor:
    """A step's output as (N, channels, rows, columns); the entries of a vector are channels of one place."""
    return output if output.dim() == 4 else output.flatten(1)[:, :, None, None]


# ------------------------------------------------------------------------------------------------------- real pictures


class Strongest:
    """The pictures for which each channel of a step has its largest values, one place in each picture."""

    def __init__(self, count: int = 9) -> None:
        """Keep the `count` best pictures of every channel."""
        self._count = count
        self._seen = 0
        # Each (kept, channels), the largest value first: values, numbers of pictures, row * columns + column.
        self._best: tuple[Tensor, Tensor, Tensor] | None = None
        self._columns = 1

    @property
    def seen(self) -> int:
        """How many pictures were looked at."""
        return self._seen

    def add(self, output: Tensor) -> None:
        """Look at the step's output for the next pictures, (N, channels, rows, columns) or (N, entries)."""
        maps = as_maps(output)
        self._columns = maps.shape[3]
        values, places = maps.flatten(2).max(dim=2)
        pictures = torch.arange(self._seen, self._seen + len(maps))[:, None].expand_as(values)
        self._seen += len(maps)
        if self._best is not None:
            values, pictures, places = map(torch.cat, zip(self._best, (values, pictures, places), strict=True))
        order = values.argsort(dim=0, descending=True, stable=True)[: self._count]
        self._best = values.gather(0, order), pictures.gather(0, order), places.gather(0, order)

    def of(self, channel: int) -> list["Found"]:
        """The best pictures of one channel, the strongest first; those that do not excite it at all are left out.

        Raises:
            IndexError: no such channel, or no picture was looked at.
        """
        if self._best is None or not 0 <= channel < self._best[0].shape[1]:
            raise IndexError(f"There is no channel {channel}.")
        rows = zip(*(column[:, channel].tolist() for column in self._best), strict=True)
        return [Found(int(n), value, *divmod(int(place), self._columns)) for value, n, place in rows if value > 0]


@dataclass(frozen=True)
class Found:
    """A channel's largest value in one picture."""

    picture: int  # its number
    value: float
    row: int  # in the channel's map
    column: int


# ----------------------------------------------------------------------------------------------------- gradient ascent


@dataclass(frozen=True, eq=False)
class Stage:
    """The picture on its way up."""

    updates: int
    picture: Tensor  # float32 (3, side, side), 0..1
    value: float  # of the channel, in the middle of its map


def maximize_activation(
    net: nn.Module,
    step: str,
    channel: int,
    size: int,
    mean: Sequence[float],
    std: Sequence[float],
    *,
    seed: int = 0,
    progress: Progress | None = None,
) -> list[Stage]:
    """The picture that a channel responds to most, by gradient ascent from grey noise, with stages of the way.

    What is raised is the channel's value in the middle of its map. The picture is moved a little at random before
    each update, and differences between neighbouring pixels cost; without both the result is noise that no person can
    read. While the value is 0 and has no gradient, what the channel is made from is raised first. Source: C. Olah,
    A. Mordvintsev, L. Schubert, "Feature Visualization", Distill 2017, https://distill.pub/2017/feature-visualization.

    Args:
        net: a network in eval mode.
        step, channel: whose value; of a vector, `channel` is the entry.
        size: side of the network's input in pixels.
        mean, std: of the normalisation, a number a colour: input = (colour - mean) / std.
        seed: of the noise and the moves; the same seed gives the same picture.
        progress: is called after each update.

    Returns:
        The picture after each of `STAGES` updates.

    Raises:
        ValueError: no such step or channel; the message is a sentence.
    """
    generator = torch.Generator().manual_seed(seed)
    centre, spread = (torch.tensor(values, dtype=torch.float32).view(1, 3, 1, 1) for values in (mean, std))
    waves = (NOISE * torch.randn(1, 3, size, size // 2 + 1, 2, generator=generator)).requires_grad_()
    up = torch.optim.Adam([waves], lr=RATE, maximize=True)
    sources, side = _sources(net, (_painted(waves.detach(), size) - centre) / spread, step)
    reach = round(JITTER * side)
    stages = []
    for update in range(STAGES[-1] + 1):
        if update in STAGES:
            picture = _painted(waves.detach(), size)
            value = _value(net, (picture - centre) / spread, step, channel).detach()
            stages.append(Stage(update, picture[0], float(value)))
        if update == STAGES[-1]:
            break
        moves = torch.randint(-reach, reach + 1, (2,), generator=generator).tolist()
        with torch.enable_grad():
            picture = _painted(waves, size)
            moved = (picture.roll(moves, (2, 3)) - centre) / spread
            aim = _value(net, moved, sources[0], channel)
            for source in sources[1:]:
                if float(aim.detach()) > 0:
                    break
                aim = _value(net, moved, source, channel)
            # In units of its own size, so that one smoothness and one rate suit every channel.
            aim = aim / max(1e-3, abs(float(aim.detach()))) - SMOOTH * _roughness(picture)
            (waves.grad,) = torch.autograd.grad(aim, [waves])
        up.step()
        if progress:
            progress(update + 1, STAGES[-1])
    return stages


def _painted(waves: Tensor, size: int) -> Tensor:
    """The picture, 0..1, from the strengths of its waves; fine ones count less, as they do in photographs."""
    down, across = torch.fft.fftfreq(size)[:, None], torch.fft.rfftfreq(size)[None]
    scale = 1 / (down**2 + across**2).sqrt().clamp(min=1 / size)
    return torch.sigmoid(torch.fft.irfft2(torch.view_as_complex(waves) * scale, s=(size, size), norm="ortho"))


def _value(net: nn.Module, x: Tensor, step: str, channel: int) -> Tensor:
    """The channel's value in the middle of its map."""
    maps = as_maps(walk_to(net, x, step))
    if not 0 <= channel < maps.shape[1]:
        raise ValueError(f"{step} has channels 0 to {maps.shape[1] - 1}; there is no channel {channel}.")
    return maps[0, channel, maps.shape[2] // 2, maps.shape[3] // 2]


def _sources(net: nn.Module, x: Tensor, step: str) -> tuple[list[str], int]:
    """The step and those before it that pass a channel on, back to the one that makes it; its field's side in x."""
    steps = walk(net, x)
    named, size = {found.name: found for found in steps}, x.shape[-1]
    names = [step]
    while names[-1] in named and named[names[-1]].operation in SILENT and named[names[-1]].inputs[0] in named:
        names.append(named[names[-1]].inputs[0])
    field = receptive_fields(steps, *x.shape[2:]).get(step)
    return names, size if field is None or field.whole else min(size, max(field.size))


def _roughness(picture: Tensor) -> Tensor:
    """Mean square difference of neighbouring pixels, in units of the largest possible one."""
    down, across = picture[:, :, 1:] - picture[:, :, :-1], picture[..., 1:] - picture[..., :-1]
    return F.mse_loss(down, torch.zeros_like(down)) + F.mse_loss(across, torch.zeros_like(across))
