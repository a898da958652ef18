"""The training loop.

An epoch is the unit of safety: after each one the checkpoint and the entry are on the disk, so an interruption loses
at most the running epoch, and `resume` goes on to exactly the weights that an uninterrupted run gives. For that, all
randomness of an epoch (order, augmentation, dropout) comes from the seed and the epoch's number alone.
"""

import math
from collections.abc import Callable
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from model_zoo import nets
from model_zoo.entries import entry, quantize
from train.data.cifar10 import Images
from train.engine import checkpoint, depthwise, device, distributed, guard, metrics, optim, warm_start
from train.engine import init as start
from train.engine.distributed import World
from train.engine.ema import Average
from train.engine.epoch import Task, epoch_row, untrained_row
from train.engine.progress import Progress
from train.engine.task import Cifar10, Kind
from train.engine.tensorboard import SHOWN, Board
from train.entry import card as cards
from train.recipes import Recipe


@dataclass
class Run:
    """Where a training stands after its last finished epoch."""

    history: list[dict[str, float]]
    best: dict[str, Tensor]  # full-precision weights of the best epoch, on the CPU
    snapshots: dict[str, str]  # epoch -> sha256 of the weights kept after it
    score: str = "val_accuracy"  # the history's column by which the epoch is chosen
    start: dict[str, Any] | None = None  # for the card: whose weights it began with, and what of them did not fit

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
    net = start.build(recipe, train, seed, kind.classes)
    taken = warm_start.start_from(net, recipe.net, recipe.start_from) if recipe.start_from and not resume else None
    fixed = getattr(recipe, "fixed_depthwise", False)
    if fixed and taken:
        warm_start.check_depthwise(net, taken)
    depthwise.prepare(net, fixed)
    net = net.to(device=on, memory_format=torch.channels_last)
    optimisers = optim.build(recipe, net)
    average = Average(net, recipe.averaging) if recipe.averaging else None
    used = average.net if average else net  # whose weights are looked at, and kept
    taught_by = {name: value for name, value in kind.card().items() if name == "teachers"}
    identity = {"recipe": asdict(recipe), "seed": seed, "pictures": len(train)} | taught_by

    def card_of(run: Run) -> dict[str, Any]:
        more = {"device": device.describe(on, recipe.bfloat16), "processes": world.size}
        card = cards.build(recipe, seed, run.history, run.best_epoch, facts | more, kind)
        return card | {"snapshots": run.snapshots} | ({"start": run.start} if run.start else {})

    def save(run: Run) -> None:
        if not world.is_main:
            return
        if run.epoch in snapshots or (run.has_ended(recipe) and recipe.epochs in snapshots):
            run.snapshots[str(run.epoch)] = entry.write_snapshot(out, run.epoch, start.copy_of(used))
        known = {"history": run.history, "snapshots": run.snapshots, "start": run.start}
        checkpoint.write(out, net, optimisers, run.best, identity | known, average and average.net)
        card = card_of(run)
        entry.write(out, run.best, card, run.history, cards.readme(card))

    with (
        guard.only_run(out, resume, world.is_main),
        guard.stop_between_batches() as stopped,
        guard.disk_errors(out),
        closing(Progress(out, recipe.epochs, len(train), world.is_main)) as progress,
    ):
        if kind.in_memory:
            train, validation = train.to(on), validation and validation.to(on)
        task = Task(recipe, kind, train, validation, seed, on, world, stopped, progress)
        world.wait()
        if resume:
            best, known = checkpoint.resume(out, net, optimisers, identity, average and average.net)
            run = Run(known["history"], best, known["snapshots"], kind.score, known.get("start"))
            progress.say(f"resumed after epoch {run.epoch}")
        else:
            for line in taken.lines() if taken else ():
                progress.say(line)
            row = untrained_row(task, net)
            progress.say(f"before training: {_summary(row)}")
            run = Run([row], start.copy_of(net), {}, kind.score, taken and taken.card())
            save(run)
        log = _board(out, task, net, run) if board and world.is_main else None
        shared = None
        while not run.has_ended(recipe):
            if shared is None or run.epoch == recipe.freeze_epochs:
                if recipe.freeze_epochs:
                    warm_start.freeze(net, run.epoch < recipe.freeze_epochs)
                    depthwise.prepare(net, fixed)
                shared = distributed.wrapped(net, world)  # which looks at what learns
            row = epoch_row(task, shared, net, average, optimisers, run.epoch + 1)
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


def _board(out: Path, task: Task, net: nn.Module, run: Run) -> Board:
    recipe, board = task.recipe, Board(out)
    inputs, _ = task.kind.batches(task.train, task.seed, 1, World(), task.on)(torch.arange(min(SHOWN, len(task.train))))
    mean, std = (torch.tensor(value, device=task.on).view(1, 3, 1, 1) for value in (recipe.mean, recipe.std))
    pictures = ((inputs * std + mean) * 255).round().clamp(0, 255).byte()
    board.begin(net, pictures, inputs[:1])
    for row in run.history:
        board.epoch(row)
    return board


def _finish(task: Task, run: Run, test: Images | None, card: dict[str, Any], out: Path) -> dict[str, Any]:
    """The one look at the test pictures: the weights that count as they are stored, in float32 as in the page."""
    recipe, kind = task.recipe, task.kind
    net = nets.build(recipe.net, start.arguments(recipe, kind.classes)).to(memory_format=torch.channels_last)

    def outputs(images: Images, views: int) -> Tensor:
        return metrics.logits(net, images, recipe.mean, recipe.std, views=views)

    if test is not None:
        net.load_state_dict(run.best)
        given = outputs(test, 1)
        if kind.further:
            card["metrics"]["test_roc_auc_before_storage"] = metrics.roc_auc(given, test.labels)
        else:
            card["metrics"]["test_accuracy_before_storage"] = metrics.loss_and_accuracy(given, test.labels)[1]
    net.load_state_dict(quantize.unpack(quantize.pack(run.best)))
    card["metrics"] |= kind.measure(outputs, task.validation, test)
    told = getattr(recipe, "threshold", 0) or None
    chosen = card["metrics"].get("validation", {}).get("threshold", told)
    if chosen is not None and len(kind.classes) == 2:
        if "decision" in card:
            card["decision"] = card["decision"] | {"threshold": chosen}
        else:  # the data name no class of interest: the accuracies are those of deciding so for the second one
            card["threshold"] = chosen
    card = entry.write(out, run.best, card, run.history, cards.readme(card))
    for split in ("validation", "test"):
        if split in card["metrics"]:
            print(metrics.report(card["metrics"][split], split))
    return card


def _summary(row: dict[str, float]) -> str:
    def side(prefix: str) -> str:
        auc = f", ROC AUC {row[f'{prefix}_auc']:.4f}" if f"{prefix}_auc" in row else ""
        return f"accuracy {row[f'{prefix}_accuracy']:.2%}, loss {row[f'{prefix}_loss']:.3f}{auc}; "

    held = "" if math.isnan(row["val_loss"]) else f"validation {side('val')}"
    return f"{held}training {side('train')}{row['seconds']:.0f} s"
