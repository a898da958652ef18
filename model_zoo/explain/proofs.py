"""Whether a network's walk and sums are true: random values of it, each calculated anew.

found = prove(net, noise(64), 20)
found.is_fully_explained, found.wrong, found.unexplained
"""

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from model_zoo.explain.field_rules import views
from model_zoo.explain.sums import UnknownOperation, adds_up, explain
from model_zoo.graph.position import is_map
from model_zoo.graph.step import Step, answer, answer_of
from model_zoo.graph.walk import walk


@dataclass(frozen=True)
class Proofs:
    """What was found."""

    steps: int
    is_exact: bool  # whether the walk's answer is the network's own, bit for bit
    right: int  # values that came out as the network has them
    wrong: tuple[str, ...]  # the others, in sentences
    unexplained: dict[str, int]  # operation -> how many steps of it have no explanation
    fields: int  # steps whose receptive fields are known

    @property
    def is_fully_explained(self) -> bool:
        return not self.unexplained and not self.wrong and self.is_exact


def noise(size: int, seed: int = 0) -> Tensor:
    """A picture of random numbers as a network gets it, float32 (1, 3, size, size)."""
    return torch.randn(1, 3, size, size, generator=torch.Generator().manual_seed(seed))


def prove(net: nn.Module, x: Tensor, proofs: int, seed: int = 0) -> Proofs:
    """Walk a network and check random values of random steps; and one value of each step, whether it is explained.

    Args:
        net: in eval mode.
        x: a picture, (1, 3, size, size).
        proofs: so many values are calculated anew.
        seed: of their choice.

    Raises:
        ValueError, RuntimeError: as `model_zoo.walk`.
    """
    steps, choose = walk(net, x), random.Random(seed)
    with torch.inference_mode():
        own = answer_of(net(x), len(x))
    unexplained = Counter(step.operation for step in steps if not _is_explained(steps, x, step, choose))
    known = [step for step in steps if step.operation not in unexplained]
    wrong: list[str] = []
    for _ in range(proofs if known else 0):
        step = choose.choice(known)
        found = explain(steps, x, step.name, *place(step, choose))
        if not adds_up(found):
            wrong.append(
                f"{step.name} ({step.operation}) {tuple(found.position[1:])}: {found.total} is not {found.value}."
            )
    right = (proofs if known else 0) - len(wrong)
    exact = torch.equal(answer(steps).output, own)
    return Proofs(len(steps), exact, right, tuple(wrong), dict(unexplained), len(views(steps, *x.shape[2:])))


def _is_explained(steps: Sequence[Step], x: Tensor, step: Step, choose: random.Random) -> bool:
    try:
        explain(steps, x, step.name, *place(step, choose))
    except (UnknownOperation, ValueError):
        return False
    return True


def place(step: Step, choose: random.Random) -> tuple[int, ...]:
    """Channel, row and column of a random value; of other shapes than maps its number."""
    index = [choose.randrange(size) for size in step.shape[1:]]
    if is_map(step.shape):
        return tuple(index)
    return (int(np.ravel_multi_index(index, step.shape[1:])) if index else 0,)
