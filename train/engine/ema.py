"""The running average of a network's weights over the steps of its training (Polyak and Juditsky 1992).

With large steps the weights wander around the place that they are after; their average lies nearer to it.
"""

import copy

import torch
from torch import nn


class Average:
    """`net` holds the average of another network's weights and statistics, each step's counting `1 - kept`.

    In the first steps it counts more, (1 + step) / (10 + step) being kept, so that the start is forgotten.
    """

    def __init__(self, net: nn.Module, kept: float) -> None:
        self.net = copy.deepcopy(net).requires_grad_(False)
        self._kept = kept

    @torch.no_grad()
    def update(self, net: nn.Module, step: int) -> None:
        """After a training step; `step` counts them from 0."""
        share = 1 - min(self._kept, (1 + step) / (10 + step))
        mine, its = (list(each.state_dict().values()) for each in (self.net, net))
        pairs = [(a, b) for a, b in zip(mine, its, strict=True) if a.is_floating_point()]
        mine_moving, its_moving = [a for a, _ in pairs], [b for _, b in pairs]
        torch._foreach_lerp_(mine_moving, its_moving, share)  # pyright: ignore[reportPrivateImportUsage] (a quick loop)
        for a, b in zip(mine, its, strict=True):
            if not a.is_floating_point():  # a count of batches
                a.copy_(b)
