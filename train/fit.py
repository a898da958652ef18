"""The training loop.

An epoch is the unit of safety: after each one the checkpoint and the entry are on the disk, so an interruption loses
at most the running epoch, and `resume` goes on to exactly the weights that an uninterrupted run gives. For that, all
randomness of an epoch (order, augmentation, dropout) comes from the seed and the epoch's number alone.
"""

import math
import threading
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from model_zoo import entry, nets, storage
from train import card as cards
from train import checkpoint, device, distributed, evaluate, optim, safety, start
from train.board import SHOWN, Board
from train.data import Images, augment, normalise
from train.distributed import World
from train.progress import Progress
from train.recipes import FastRecipe, Recipe
from train.safety import TrainingError


@dataclass
class Run:
    """Where a training stands after its last finished epoch."""

    history: list[dict[str, float]]
    best: dict[str, Tensor]  # full-precision weights of the best epoch, on the CPU
    snapshots: dict[str, str]  # epoch -> sha256 of the weights kept after it

    @property
    def best_epoch(self) -> int:
        """The epoch with the highest validation accuracy, the earliest of several; without validation the last."""
        if math.isnan(self.history[-1]["val_accuracy"]):
            return len(self.history) - 1
        return int(max(self.history, key=lambda row: row["val_accuracy"])["epoch"])


@dataclass(frozen=True)
class Task:
    """Everything about a training that does not change while it runs."""

    recipe: Recipe
    train: Images
    validation: Images | None
    seed: int
    on: torch.device
    world: World
    stopped: threading.Event
    progress: Progress


def fit(
    recipe: Recipe,
    train: Images,
    validation: Images | None,
    test: Callable[[], Images],
    out: Path,
    facts: dict[str, Any],
    seed: int = 0,
    on: torch.device | None = None,
    resume: bool = False,
    snapshots: frozenset[int] = frozenset(),
    world: World = World(),  # noqa: B008 (frozen)
    board: bool = False,
) -> dict[str, Any]:
    """Train a network and leave it in `out` as a zoo entry.

    Args:
        recipe: what to do.
        train, validation: the pictures to learn from, and to choose the best epoch by; None: the last one counts.
        test: gives the test pictures; called once, after the last epoch.
        out: the run folder.
        facts: what goes into the card's `environment` and `data` beside what is measured here.
        seed: of the start weights and of everything random in the epochs.
        on: the device; None for the best at hand.
        resume: go on from the folder's checkpoint.
        snapshots: epochs after which the weights are kept, 0 being the untrained network.
        world: the processes that share this training; all call this with the same arguments.
        board: write the run for TensorBoard, too.

    Returns:
        The card.

    Raises:
        TrainingError: the folder holds a training already or one is running there, there is nothing to resume, the
            loss is no longer finite, or the disk is full.
        KeyboardInterrupt: stopped by Ctrl-C or SIGTERM; the folder holds the last finished epoch.
    """
    on = on or device.choose()
    net = start.build(recipe, train, seed).to(device=on, memory_format=torch.channels_last)
    optimisers = optim.build(recipe, net)
    identity = {"recipe": asdict(recipe), "seed": seed, "pictures": len(train)}

    def card_of(run: Run) -> dict[str, Any]:
        more = {"device": device.describe(on, recipe.bfloat16), "processes": world.size}
        card = cards.build(recipe, seed, run.history, run.best_epoch, facts | more)
        return card | {"snapshots": run.snapshots}

    def save(run: Run) -> None:
        if not world.is_main:
            return
        epoch = len(run.history) - 1
        if epoch in snapshots:
            run.snapshots[str(epoch)] = entry.write_snapshot(out, epoch, start.copy_of(net))
        known = {"history": run.history, "snapshots": run.snapshots}
        checkpoint.write(out, net, optimisers, run.best, identity | known)
        card = card_of(run)
        entry.write(out, run.best, card, run.history, cards.readme(card))

    with (
        safety.only_run(out, resume, world.is_main),
        safety.stop_between_batches() as stopped,
        safety.disk_errors(out),
        closing(Progress(out, recipe.epochs, len(train), world.is_main)) as progress,
    ):
        task = Task(recipe, train.to(on), validation and validation.to(on), seed, on, world, stopped, progress)
        world.wait()
        if resume:
            run = Run(*checkpoint.resume(out, net, optimisers, identity))
            progress.say(f"resumed after epoch {len(run.history) - 1}")
        else:
            run = Run([_untrained_row(task, net)], start.copy_of(net), {})
            save(run)
        shared = distributed.wrapped(net, world)
        log = _board(out, task, net, run) if board and world.is_main else None
        for epoch in range(len(run.history), recipe.epochs + 1):
            row = _epoch(task, shared, net, optimisers, epoch)
            run.history.append(row)
            if run.best_epoch == epoch:
                run.best = start.copy_of(net)
            save(run)
            if log:
                log.epoch(row)
            progress.say(f"epoch {epoch}: {_summary(row)}")
        card = card_of(run)
        if world.is_main:
            card = _finish(recipe, run, test(), card, out)
            if log:
                log.finish(card["metrics"]["test"], cards.CIFAR10_CLASSES)
            (out / checkpoint.CHECKPOINT).unlink(missing_ok=True)
        world.wait()
    return card


def _epoch(
    task: Task, shared: nn.Module, net: nn.Module, optimisers: list[torch.optim.Optimizer], epoch: int
) -> dict[str, float]:
    """One pass over the training pictures and one look at the validation pictures: a row of the history."""
    recipe, train, world = task.recipe, task.train, task.world
    torch.manual_seed((task.seed + 1) * 1_000_003 + epoch)
    began = time.perf_counter()
    order = torch.randperm(len(train)).to(task.on).split(recipe.batch_size)
    mirrored = _alternating(task, epoch) if isinstance(recipe, FastRecipe) else None
    loss_sum, right = torch.zeros(2, device=task.on, dtype=torch.float64)
    shared.train()
    with task.progress.running(epoch) as progress:
        for step, index in enumerate(order):
            if task.stopped.is_set():
                raise KeyboardInterrupt
            before = (epoch - 1 + step / len(order)) / recipe.epochs
            rate = optim.set_rates(recipe, optimisers, before, (epoch - 1 + (step + 1) / len(order)) / recipe.epochs)
            pictures, labels = train.pictures[index], train.labels[index]
            if recipe.shift or recipe.flip:
                pictures = augment(
                    pictures, recipe.shift, recipe.flip, mirrored[index] if mirrored is not None else None
                )
            # All processes drew the same batch; each computes its share.
            own, own_labels = world.share(pictures), world.share(labels)
            with device.autocast(task.on, recipe.bfloat16):
                outputs = shared(normalise(own, recipe.mean, recipe.std))
            outputs = outputs.float()
            loss = _loss(recipe, outputs, own_labels, len(index), world)
            loss.backward()
            for optimiser in optimisers:
                optimiser.step()
                optimiser.zero_grad()
            # The history holds the plain loss, so that it can be compared with the validation loss.
            loss_sum += F.cross_entropy(outputs.detach(), own_labels, reduction="sum")
            right += (outputs.detach().argmax(1) == own_labels).sum()
            progress.step(len(index), loss_sum * world.size, right * world.size, step)
            if step % 10 == 0:
                _check_finite(loss, epoch)
    world.total(loss_sum)
    world.total(right)
    _check_finite(loss_sum, epoch)
    world.average_statistics(net)
    return _row(task, net, epoch, rate, loss_sum.item() / len(train), int(right) / len(train), began)


def _board(out: Path, task: Task, net: nn.Module, run: Run) -> Board:
    recipe, board = task.recipe, Board(out)
    pictures = augment(task.train.pictures[:SHOWN], recipe.shift, recipe.flip)
    board.begin(net, pictures, normalise(pictures[:1], recipe.mean, recipe.std))
    for row in run.history:
        board.epoch(row)
    return board


def _loss(recipe: Recipe, outputs: Tensor, labels: Tensor, batch: int, world: World) -> Tensor:
    """The loss whose gradient, averaged over the processes, is that of the whole batch."""
    summed = isinstance(recipe, FastRecipe)
    if world.size == 1:
        reduction = "sum" if summed else "mean"
        return F.cross_entropy(outputs, labels, label_smoothing=recipe.label_smoothing, reduction=reduction)
    loss = F.cross_entropy(outputs, labels, label_smoothing=recipe.label_smoothing, reduction="sum") * world.size
    return loss if summed else loss / batch


def _alternating(task: Task, epoch: int) -> Tensor:
    """Which pictures are mirrored in an epoch: half of them in the first, the other half in the second, and so on."""
    chance = torch.Generator().manual_seed(task.seed)
    first = torch.rand(len(task.train), generator=chance) < 0.5
    return (first if epoch % 2 else ~first).to(task.on)


def _untrained_row(task: Task, net: nn.Module) -> dict[str, float]:
    """Epoch 0: what the random start weights score; the training side on as many pictures as validation has."""
    began = time.perf_counter()
    loss, accuracy = _score(task, net, task.train.take(slice(0, len(task.validation or ()) or 5000)))
    row = _row(task, net, 0, 0.0, loss, accuracy, began)
    task.progress.say(f"before training: {_summary(row)}")
    return row


def _row(
    task: Task, net: nn.Module, epoch: int, rate: float, loss: float, accuracy: float, began: float
) -> dict[str, float]:
    val_loss, val_accuracy = (math.nan, math.nan) if task.validation is None else _score(task, net, task.validation)
    values = (epoch, rate, loss, val_loss, accuracy, val_accuracy, time.perf_counter() - began)
    return dict(zip(entry.HISTORY_COLUMNS, values, strict=True))


def _score(task: Task, net: nn.Module, images: Images) -> tuple[float, float]:
    """Mean loss in nats and accuracy; each process looks at its share, so that every picture counts once."""
    own = images.take(task.world.share(torch.arange(len(images))))
    with device.autocast(task.on, task.recipe.bfloat16):
        outputs = evaluate.logits(net, own, task.recipe.mean, task.recipe.std)
    labels = own.labels.cpu()
    loss = F.cross_entropy(outputs, labels, reduction="sum").double()
    sums = torch.stack((loss, (outputs.argmax(1) == labels).sum().double()))
    loss, right = task.world.total(sums.to(task.on) if task.world.size > 1 else sums).tolist()
    return loss / len(images), right / len(images)


def _finish(recipe: Recipe, run: Run, test: Images, card: dict[str, Any], out: Path) -> dict[str, Any]:
    """The one look at the test pictures: the weights that count as they are stored, in float32 as in the page."""
    net = nets.build(recipe.net, recipe.net_arguments).to(memory_format=torch.channels_last)

    def measured(state: dict[str, Tensor], views: int = 1) -> dict[str, Any]:
        net.load_state_dict(state)
        outputs = evaluate.logits(net, test, recipe.mean, recipe.std, views=views)
        return evaluate.metrics(outputs, test.labels, cards.CIFAR10_CLASSES)

    stored = storage.unpack(storage.pack(run.best))
    card["metrics"]["test_accuracy_before_storage"] = measured(run.best)["accuracy"]
    card["metrics"]["test"] = measured(stored)
    if recipe.views > 1:
        card["metrics"]["test_with_views"] = {"views": recipe.views} | measured(stored, recipe.views)
    card = entry.write(out, run.best, card, run.history, cards.readme(card))
    print(evaluate.report(card["metrics"]["test"]))
    return card


def _check_finite(loss: Tensor, epoch: int) -> None:
    if not torch.isfinite(loss):
        raise TrainingError(
            f"The loss is no longer finite in epoch {epoch}: the steps are too large. Try a smaller --learning-rate "
            "or more --warm-up. The folder keeps the last good epoch."
        )


def _summary(row: dict[str, float]) -> str:
    held = (
        ""
        if math.isnan(row["val_loss"])
        else (f"validation accuracy {row['val_accuracy']:.2%}, loss {row['val_loss']:.3f}; ")
    )
    return f"{held}training accuracy {row['train_accuracy']:.2%}, loss {row['train_loss']:.3f}; {row['seconds']:.0f} s"
