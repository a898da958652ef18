"""What is ordered of a small training, and about how long it takes; without PyTorch."""

import math
from dataclasses import dataclass

from model_zoo.common import layers
from model_zoo.common.layers import LayerError, Network

MOST_EPOCHS = 50
LEAST_RATE, MOST_RATE = 1e-5, 0.3
MOST_SEED = 9999
MOST_VARIANTS = 2
BATCH = 32
WITHOUT_GRADIENTS = 1 / 3  # of what a picture takes that is learned from


@dataclass(frozen=True)
class About:
    """What must be known of a set of pictures before any is there."""

    name: str
    channels: int
    side: int
    classes: int
    train: int
    held: int


@dataclass(frozen=True)
class Plan:
    """A training of one or two networks with the same pictures, order and seed."""

    variants: tuple[str, ...]  # as model_zoo/common/layers.py describes them
    epochs: int
    rate: float  # the step size at its highest
    seed: int
    seconds: float  # after which it ends with what it has

    def networks(self, about: About) -> tuple[Network, ...]:
        """Each, counted.

        Raises:
            LayerError: one cannot be.
        """
        return tuple(
            layers.count(layers.parse(each), about.channels, about.side, about.classes) for each in self.variants
        )


def check(plan: Plan, about: About) -> tuple[Network, ...]:
    """The networks of a plan.

    Raises:
        LayerError: what of it cannot be, in a sentence.
    """
    if not 1 <= len(plan.variants) <= MOST_VARIANTS:
        raise LayerError(f"One network or {MOST_VARIANTS} can be trained at once.")
    for called, value, least, most in (
        ("number of passes", plan.epochs, 1, MOST_EPOCHS),
        ("seed", plan.seed, 0, MOST_SEED),
    ):
        if not least <= value <= most:
            raise LayerError(f"The {called} must be from {least:,} to {most:,}, not {value:,}.")
    if not (math.isfinite(plan.rate) and LEAST_RATE <= plan.rate <= MOST_RATE):
        raise LayerError(f"The step size must be from {LEAST_RATE:g} to {MOST_RATE:g}.")
    return plan.networks(about)


def work(plan: Plan, about: About, networks: tuple[Network, ...]) -> float:
    """Seconds of one core that the training takes, about, on the machine to which the counts were fitted."""
    pictures = plan.epochs * (about.train + WITHOUT_GRADIENTS * about.held)
    return pictures * sum(each.work for each in networks) / 1e9
