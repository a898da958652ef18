"""The training loop of small networks: both of a pair take the same batch, one after the other.

All randomness comes from the seed: the start weights, the order of each pass, and what dropout leaves out. So one of a
pair learns exactly as it would alone, and as the code does that the page shows.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from model_zoo.nets.small_cnn import SmallCNN
from train.data.cifar10 import Images
from train.engine import metrics
from train.tools.small.plan import BATCH, Plan
from train.tools.small.sets import SmallSet

POINTS = 120  # of a curve while an epoch runs, in the whole training
AT_ONCE = 250  # pictures that are answered together


@dataclass(eq=False)
class Variant:
    """One of the networks that learn, and what is known of how it does."""

    text: str
    net: nn.Module
    optimiser: torch.optim.Optimizer
    schedule: torch.optim.lr_scheduler.LRScheduler
    chance: Tensor  # state of the random numbers that it takes next
    history: list[dict[str, float]] = field(default_factory=list)  # as in an entry's history.csv
    points: list[tuple[float, float]] = field(default_factory=list)  # passes so far, mean loss since the point before
    states: dict[int, dict[str, Tensor]] = field(default_factory=dict)  # weights by epoch
    seconds: float = 0.0
    loss: float = 0.0  # of the running epoch, summed over pictures
    right: int = 0
    recent: float = 0.0  # loss since the last point, summed over steps
    steps: int = 0  # since then


@dataclass(eq=False)
class Training:
    """The whole of it. `run` trains until the end, or until `stopped` or the plan's seconds say so."""

    plan: Plan
    data: SmallSet
    stopped: threading.Event
    tell: Callable[["Training"], None]  # called several times a second
    is_cut: bool = False  # it ended before its plan did
    at: float = 0.0  # passes so far
    variants: list[Variant] = field(default_factory=list)

    @property
    def batches(self) -> int:
        """In a pass."""
        return max(1, len(self.data.train) // self.size)

    @property
    def size(self) -> int:
        """Of a batch."""
        return min(BATCH, len(self.data.train))

    def run(self) -> list[Variant]:
        """Train; the variants with all that is known of them."""
        began = time.perf_counter()
        self.variants = [self._begun(text) for text in self.plan.variants]
        for one in self.variants:
            self._row(one, 0, self._score(one, self.data.train.take(slice(len(self.data.held)))))
        self.tell(self)
        for epoch in range(1, self.plan.epochs + 1):
            torch.manual_seed(self.plan.seed + epoch)
            order = torch.randperm(len(self.data.train))
            for one in self.variants:
                one.chance, one.loss, one.right = torch.get_rng_state(), 0.0, 0
            done = self._epoch(epoch, order, began)
            if done:
                for one in self.variants:
                    seen = done * self.size
                    self._row(one, epoch, (one.loss / seen, one.right / seen))
                self.tell(self)
            if self.is_cut:
                break
        return self.variants

    def _begun(self, text: str) -> Variant:
        plan, about = self.plan, self.data.about
        torch.manual_seed(plan.seed)
        net = SmallCNN(text, about.classes, about.channels, about.side)
        optimiser = torch.optim.AdamW(net.parameters(), lr=plan.rate)
        schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, plan.rate, total_steps=plan.epochs * self.batches)
        return Variant(text, net, optimiser, schedule, torch.get_rng_state())

    def _epoch(self, epoch: int, order: Tensor, began: float) -> int:
        """One pass, or part of it; the number of batches."""
        every = max(1, self.plan.epochs * self.batches // POINTS)
        for one in self.variants:
            one.net.train()
        for step in range(self.batches):
            index = order[step * self.size : (step + 1) * self.size]
            labels = self.data.train.labels[index]
            x = self._input(self.data.train.pictures[index])
            for one in self.variants:
                _learn(one, x, labels)
            self.at = epoch - 1 + (step + 1) / self.batches
            if (step + 1) % every == 0:
                for one in self.variants:
                    one.points.append((self.at, one.recent / one.steps))
                    one.recent, one.steps = 0.0, 0
                self.tell(self)
            is_last = epoch == self.plan.epochs and step + 1 == self.batches
            if not is_last and (self.stopped.is_set() or time.perf_counter() - began > self.plan.seconds):
                self.is_cut = True
                return step + 1
        return self.batches

    def _row(self, one: Variant, epoch: int, learned: tuple[float, float]) -> None:
        held = self._score(one, self.data.held)
        rate = one.optimiser.param_groups[0]["lr"] if epoch else 0.0
        one.history.append(
            {"epoch": epoch, "learning_rate": rate}
            | {"train_loss": learned[0], "val_loss": held[0], "train_accuracy": learned[1], "val_accuracy": held[1]}
            | {"seconds": one.seconds - sum(row["seconds"] for row in one.history)}
        )
        one.states[epoch] = {name: value.detach().clone() for name, value in one.net.state_dict().items()}

    def _score(self, one: Variant, images: Images) -> tuple[float, float]:
        return metrics.loss_and_accuracy(self.answers(one, images), images.labels)

    @torch.inference_mode()
    def answers(self, one: Variant, images: Images) -> Tensor:
        """Logits (N, classes)."""
        one.net.eval()
        parts = images.pictures.split(AT_ONCE)
        return torch.cat([one.net(self._input(part)) for part in parts])

    def _input(self, pictures: Tensor) -> Tensor:
        mean, std = (torch.tensor(value).view(1, -1, 1, 1) for value in (self.data.mean, self.data.std))
        return (pictures.float() / 255 - mean) / std


def _learn(one: Variant, x: Tensor, labels: Tensor) -> None:
    """One step of one network, with the random numbers that it would have alone."""
    began = time.perf_counter()
    torch.set_rng_state(one.chance)
    logits = one.net(x)
    loss = F.cross_entropy(logits, labels)
    one.optimiser.zero_grad()
    loss.backward()
    one.optimiser.step()
    one.schedule.step()
    one.chance = torch.get_rng_state()
    value = loss.item()
    one.loss += value * len(labels)
    one.right += int((logits.argmax(1) == labels).sum())
    one.recent, one.steps = one.recent + value, one.steps + 1
    one.seconds += time.perf_counter() - began
