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
from train.averaging import Average
from train.board import SHOWN, Board
from train.data import Images
from train.distributed import World
from train.kinds import Cifar10, Kind
from train.progress import Progress
from train.recipes import Recipe
from train.safety import TrainingError


@dataclass
class Run:
    """Where a training stands after its last finished epoch."""

    history: list[dict[str, float]]
    best: dict[str, Tensor]  # full-precision weights of the best epoch, on the CPU
    snapshots: dict[str, str]  # epoch -> sha256 of the weights kept after it
    score: str = "val_accuracy"  # the history's column by which the epoch is chosen

    @property
    def epoch(self) -> int:
        """The last finished one."""
        return len(self.history) - 1

    @property
    def best_epoch(self) -> int:
        """The epoch with the highest score, the earliest of several; without validation the last."""
        if math.isnan(self.history[-1][self.score]):
            return self.epoch
        return int(max(self.history, key=lambda row: row[self.score])["epoch"])

    def has_ended(self, recipe: Recipe) -> bool:
        """Whether all epochs are done, or the recipe's patience is at its end."""
        waited = self.epoch - self.best_epoch
        return self.epoch >= recipe.epochs or 0 < recipe.patience <= waited


@dataclass(frozen=True)
class Task:
    """Everything about a training that does not change while it runs."""

    recipe: Recipe
    kind: Kind
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
    test: Callable[[], Images] | None,
    out: Path,
    facts: dict[str, Any],
    seed: int = 0,
    on: torch.device | None = None,
    resume: bool = False,
    snapshots: frozenset[int] = frozenset(),
    world: World = World(),  # noqa: B008 (frozen)
    board: bool = False,
    kind: Kind | None = None,
) -> dict[str, Any]:
    """Train a network and leave it in `out` as a zoo entry.

    Args:
        recipe: what to do.
        train, validation: the pictures to learn from, and to choose the best epoch by; None: the last one counts.
        test: gives the test pictures; called once, after the last epoch. None to leave them for later.
        out: the run folder.
        facts: what goes into the card's `environment` and `data` beside what is measured here.
        seed: of the start weights and of everything random in the epochs.
        on: the device; None for the best at hand.
        resume: go on from the folder's checkpoint.
        snapshots: epochs after which the weights are kept, 0 being the untrained network.
        world: the processes that share this training; all call this with the same arguments.
        board: write the run for TensorBoard, too.
        kind: what the pictures are; CIFAR-10 if None.

    Returns:
        The card.

    Raises:
        TrainingError: the folder holds a training already or one is running there, there is nothing to resume, the
            loss is no longer finite, or the disk is full.
        KeyboardInterrupt: stopped by Ctrl-C or SIGTERM; the folder holds the last finished epoch.
    """
    on, kind = on or device.choose(), kind or Cifar10(recipe)
    net = start.build(recipe, train, seed, kind.classes).to(device=on, memory_format=torch.channels_last)
    optimisers = optim.build(recipe, net)
    average = Average(net, recipe.averaging) if recipe.averaging else None
    used = average.net if average else net  # whose weights are looked at, and kept
    identity = {"recipe": asdict(recipe), "seed": seed, "pictures": len(train)}

    def card_of(run: Run) -> dict[str, Any]:
        more = {"device": device.describe(on), "processes": world.size}
        card = cards.build(recipe, seed, run.history, run.best_epoch, facts | more, kind)
        return card | {"snapshots": run.snapshots}

    def save(run: Run) -> None:
        if not world.is_main:
            return
        if run.epoch in snapshots or (run.has_ended(recipe) and recipe.epochs in snapshots):
            run.snapshots[str(run.epoch)] = entry.write_snapshot(out, run.epoch, start.copy_of(used))
        known = {"history": run.history, "snapshots": run.snapshots}
        checkpoint.write(out, net, optimisers, run.best, identity | known, average and average.net)
        card = card_of(run)
        entry.write(out, run.best, card, run.history, cards.readme(card))

    with (
        safety.only_run(out, resume, world.is_main),
        safety.stop_between_batches() as stopped,
        safety.disk_errors(out),
        closing(Progress(out, recipe.epochs, len(train), world.is_main)) as progress,
    ):
        if isinstance(kind, Cifar10):  # photos may be more than fits
            train, validation = train.to(on), validation and validation.to(on)
        task = Task(recipe, kind, train, validation, seed, on, world, stopped, progress)
        world.wait()
        if resume:
            run = Run(*checkpoint.resume(out, net, optimisers, identity, average and average.net), kind.score)
            progress.say(f"resumed after epoch {run.epoch}")
        else:
            run = Run([_untrained_row(task, net)], start.copy_of(net), {}, kind.score)
            save(run)
        log = _board(out, task, net, run) if board and world.is_main else None
        shared = distributed.wrapped(net, world)
        while not run.has_ended(recipe):
            row = _epoch(task, shared, net, average, optimisers, run.epoch + 1)
            run.history.append(row)
            if run.best_epoch == run.epoch:
                run.best = start.copy_of(used)
            save(run)
            if log:
                log.epoch(row)
            progress.say(f"epoch {run.epoch}: {_summary(row)}")
        card = card_of(run)
        if world.is_main:
            card = _finish(task, run, test and test(), card, out)
            if log and test:
                log.finish(card["metrics"]["test"], kind.classes)
            (out / checkpoint.CHECKPOINT).unlink(missing_ok=True)
        world.wait()
    return card


def _epoch(
    task: Task,
    shared: nn.Module,
    net: nn.Module,
    average: Average | None,
    optimisers: list[torch.optim.Optimizer],
    epoch: int,
) -> dict[str, float]:
    """One pass over the training pictures and one look at the validation pictures: a row of the history."""
    recipe, kind, train, world = task.recipe, task.kind, task.train, task.world
    torch.manual_seed((task.seed + 1) * 1_000_003 + epoch)
    began = time.perf_counter()
    order = torch.randperm(len(train)).to(task.on).split(recipe.batch_size)
    batch = kind.batches(train, task.seed, epoch, world, task.on)
    loss_sum, right = torch.zeros(2, device=task.on, dtype=torch.float64)
    answers = torch.zeros(len(train), len(kind.classes), device=task.on) if kind.further else None
    shared.train()
    with task.progress.running(epoch) as progress:
        for step, index in enumerate(order):
            if task.stopped.is_set():
                raise KeyboardInterrupt
            before = (epoch - 1 + step / len(order)) / recipe.epochs
            rate = optim.set_rates(recipe, optimisers, before, (epoch - 1 + (step + 1) / len(order)) / recipe.epochs)
            inputs, targets = batch(index)
            with device.autocast(task.on):
                outputs = shared(inputs)
            outputs = outputs.float()
            loss = kind.loss(outputs, targets, len(index), world)
            loss.backward()
            for optimiser in optimisers:
                optimiser.step()
                optimiser.zero_grad()
            if average:
                average.update(net, (epoch - 1) * len(order) + step)
            # The history holds the plain loss, so that it can be compared with the validation loss.
            outputs = outputs.detach()
            loss_sum += F.cross_entropy(outputs, targets, reduction="sum")
            right += (outputs.argmax(1) == _classes(targets)).sum()
            if answers is not None:
                answers[world.share(index)] = outputs
            progress.step(len(index), loss_sum * world.size, right * world.size, step)
            if step % 10 == 0:
                _check_finite(loss, epoch)
    world.total(loss_sum)
    world.total(right)
    _check_finite(loss_sum, epoch)
    for each in (net, average and average.net):
        if each:
            world.average_statistics(each)
    figures = {"loss": loss_sum.item() / len(train), "accuracy": int(right) / len(train)}
    if answers is not None:
        figures |= kind.figures(world.total(answers).cpu(), train.labels.cpu())
    return _row(task, average.net if average else net, epoch, rate, figures, began)


def _classes(targets: Tensor) -> Tensor:
    """Class numbers, also where the targets are probabilities."""
    return targets if targets.dim() == 1 else targets.argmax(1)


def _board(out: Path, task: Task, net: nn.Module, run: Run) -> Board:
    recipe, board = task.recipe, Board(out)
    inputs, _ = task.kind.batches(task.train, task.seed, 1, World(), task.on)(torch.arange(min(SHOWN, len(task.train))))
    mean, std = (torch.tensor(value, device=task.on).view(1, 3, 1, 1) for value in (recipe.mean, recipe.std))
    pictures = ((inputs * std + mean) * 255).round().clamp(0, 255).byte()
    board.begin(net, pictures, inputs[:1])
    for row in run.history:
        board.epoch(row)
    return board


def _untrained_row(task: Task, net: nn.Module) -> dict[str, float]:
    """Epoch 0: what the start weights score; the training side on as many pictures as validation has."""
    began = time.perf_counter()
    count = len(task.validation or ()) or 5000
    some = slice(0, count) if isinstance(task.kind, Cifar10) else slice(None, None, max(1, len(task.train) // count))
    row = _row(task, net, 0, 0.0, _score(task, net, task.train.take(some)), began)
    task.progress.say(f"before training: {_summary(row)}")
    return row


def _row(
    task: Task, net: nn.Module, epoch: int, rate: float, figures: dict[str, float], began: float
) -> dict[str, float]:
    held = dict.fromkeys(figures, math.nan) if task.validation is None else _score(task, net, task.validation)
    row = {"epoch": epoch, "learning_rate": rate, "seconds": time.perf_counter() - began}
    row |= {f"train_{name}": value for name, value in figures.items()}
    row |= {f"val_{name}": value for name, value in held.items()}
    further = [f"{side}_{name}" for name in task.kind.further for side in ("train", "val")]
    return {name: row[name] for name in (*entry.HISTORY_COLUMNS, *further)}


def _score(task: Task, net: nn.Module, images: Images) -> dict[str, float]:
    """Mean loss in nats and accuracy; each process looks at its share, so that every picture counts once."""
    index = task.world.share(torch.arange(len(images)))
    with device.autocast(task.on):
        own = evaluate.logits(net, images.take(index), task.recipe.mean, task.recipe.std)
    outputs = own
    if task.world.size > 1:
        outputs = torch.zeros(len(images), own.shape[1], device=task.on)
        outputs[index.to(task.on)] = own.to(task.on)
        outputs = task.world.total(outputs).cpu()
    targets = (images.labels if images.targets is None else images.targets).cpu()
    loss = F.cross_entropy(outputs, targets, reduction="sum").double().item() / len(images)
    right = int((outputs.argmax(1) == _classes(targets)).sum())
    return {"loss": loss, "accuracy": right / len(images)} | task.kind.figures(outputs, images.labels.cpu())


def _finish(task: Task, run: Run, test: Images | None, card: dict[str, Any], out: Path) -> dict[str, Any]:
    """The one look at the test pictures: the weights that count as they are stored, in float32 as in the page."""
    recipe, kind = task.recipe, task.kind
    net = nets.build(recipe.net, start.arguments(recipe, kind.classes)).to(memory_format=torch.channels_last)

    def outputs(images: Images, views: int) -> Tensor:
        return evaluate.logits(net, images, recipe.mean, recipe.std, views=views)

    if test is not None:
        net.load_state_dict(run.best)
        before = evaluate.loss_and_accuracy(outputs(test, 1), test.labels)[1]
        card["metrics"]["test_accuracy_before_storage"] = before
    net.load_state_dict(storage.unpack(storage.pack(run.best)))
    card["metrics"] |= kind.measure(outputs, task.validation, test)
    card = entry.write(out, run.best, card, run.history, cards.readme(card))
    for split in ("validation", "test"):
        if split in card["metrics"]:
            print(evaluate.report(card["metrics"][split], split))
    return card


def _check_finite(loss: Tensor, epoch: int) -> None:
    if not torch.isfinite(loss):
        raise TrainingError(
            f"The loss is no longer finite in epoch {epoch}: the steps are too large. Try a smaller --learning-rate "
            "or more --warm-up. The folder keeps the last good epoch."
        )


def _summary(row: dict[str, float]) -> str:
    def side(prefix: str) -> str:
        auc = f", ROC AUC {row[f'{prefix}_auc']:.4f}" if f"{prefix}_auc" in row else ""
        return f"accuracy {row[f'{prefix}_accuracy']:.2%}, loss {row[f'{prefix}_loss']:.3f}{auc}; "

    held = "" if math.isnan(row["val_loss"]) else f"validation {side('val')}"
    return f"{held}training {side('train')}{row['seconds']:.0f} s"
