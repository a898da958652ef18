"""Whether a map of the places that speak for a class can be trusted: three checks.

- Another class: a map that looks the same for every class says where things are, not why it is this class.
- A network that has learned nothing: a map that looks the same for it shows the picture, not what was learned
  (J. Adebayo et al., "Sanity Checks for Saliency Maps", NeurIPS 2018).
- Removing what the map marks: the class's probability should fall faster than when the same is done at random
  (V. Petsiuk, A. Das, K. Saenko, "RISE", BMVC 2018, the deletion metric; here squares are removed, by blurring them).
"""

import copy
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from model_zoo.explain.attribution import Progress, covered, enlarged, pictures_at_once
from model_zoo.graph.step import answer_of

CELLS = 8  # along each side of the picture: what is removed are squares of this grid
STAGES = 16  # of the removal, from nothing to everything
ORDERS = 8  # random ones, to compare with


def shuffled(net: nn.Module, seed: int = 0) -> nn.Module:
    """A copy of a network that has learned nothing: the same numbers, each weight's in random order.

    Unlike freshly drawn weights these keep the sizes that the values inside of a trained network have. The same seed
    gives the same copy; the random numbers of other code are left alone.
    """
    other = copy.deepcopy(net)
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for weight in other.parameters():
            order = torch.randperm(weight.numel(), generator=generator).to(weight.device)
            weight.copy_(weight.flatten()[order].view_as(weight))
    return other.eval()


def likeness(first: Tensor, second: Tensor) -> float | None:
    """Pearson's correlation of two maps of one size: 1 for the same pattern, 0 for none, -1 for the opposite.

    None where one of them is the same everywhere.
    """
    pair = torch.stack([first.flatten(), second.flatten()]).double()
    pair = pair - pair.mean(dim=1, keepdim=True)
    length = pair.norm(dim=1)
    if float(length.min()) <= 1e-12 * max(1.0, float(pair.abs().max())):
        return None
    return float((pair[0] @ pair[1]) / (length[0] * length[1]))


@dataclass(frozen=True, eq=False)
class Deletion:
    """A class's probability while a picture is removed square by square."""

    shares: list[float]  # of the picture that is removed, 0 to 1
    probability: list[float]  # what the map marks most first
    random: list[list[float]]  # the same for each random order

    @property
    def area(self) -> float:
        """Under the curve of the map, 0..1; small if what it marks first is what the class needs."""
        return _area(self.shares, self.probability)

    @property
    def random_areas(self) -> list[float]:
        """The same for each random order."""
        return [_area(self.shares, curve) for curve in self.random]

    @property
    def chance(self) -> float:
        """Mean of `random_areas`."""
        return sum(self.random_areas) / len(self.random)

    @property
    def slower_orders(self) -> int:
        """How many random orders have a larger area than the map: chance would give any number alike."""
        return sum(area > self.area for area in self.random_areas)


def deletion(
    net: nn.Module, x: Tensor, target: int, values: Tensor, *, seed: int = 0, progress: Progress | None = None
) -> Deletion:
    """Remove a picture square by square, what a map marks most first, and again in random orders.

    The picture is laid out in 8 x 8 squares; a removed one shows the blurred picture (`attribution.covered`). Squares
    that the map values equally follow each other at random.

    Args:
        net: a network in eval mode whose output are scores of classes.
        x: the input, float (1, 3, H, W).
        target: number of the class.
        values: the map, (rows, columns); places of large values are removed first.
        seed: of all random orders.
        progress: is called after each batch.
    """
    x = x[:1].detach()
    height, width = x.shape[2:]
    rows, columns = min(CELLS, height), min(CELLS, width)
    generator = torch.Generator().manual_seed(seed)
    orders = [torch.randperm(rows * columns, generator=generator) for _ in range(ORDERS)]
    weight = F.adaptive_avg_pool2d(enlarged(values.double(), height, width)[None], (rows, columns)).flatten()
    mixed = torch.randperm(rows * columns, generator=generator)
    orders.insert(0, mixed[weight[mixed].argsort(descending=True, stable=True)])

    counts = [round(stage * rows * columns / STAGES) for stage in range(STAGES + 1)]
    masks = torch.stack([_removed(order[:count], rows, columns) for order in orders for count in counts])
    blurred, found = covered(x), []
    with torch.inference_mode():
        batch = pictures_at_once(net, x)
        for at in range(0, len(masks), batch):
            # Enlarged here, so that memory is needed for one batch at a time.
            mask = F.interpolate(masks[at : at + batch], (height, width), mode="nearest").to(x.device)
            pictures = x * (1 - mask) + blurred * mask
            scores = answer_of(net(pictures), len(pictures))
            found.append(scores.double().softmax(dim=1)[:, target].cpu())
            if progress:
                progress(min(at + batch, len(masks)), len(masks))
    curves = torch.cat(found).view(len(orders), len(counts)).tolist()
    return Deletion([count / (rows * columns) for count in counts], curves[0], curves[1:])


def _removed(cells: Tensor, rows: int, columns: int) -> Tensor:
    """1 where a square is removed: float32 (1, rows, columns)."""
    mask = torch.zeros(rows * columns)
    mask[cells] = 1
    return mask.view(1, rows, columns)


def _area(shares: list[float], curve: list[float]) -> float:
    """By the trapezoidal rule."""
    points = zip(shares, shares[1:], curve, curve[1:], strict=False)
    return sum((right - left) * (a + b) / 2 for left, right, a, b in points)
