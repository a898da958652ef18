"""The training loop.

An epoch is the unit of safety: after each one the checkpoint and the entry are on the disk, so an interruption loses
at most the running epoch, and `resume` goes on to exactly the weights that an uninterrupted run gives. For that, all
randomness of an epoch (order, augmentation, dropout) comes from the seed and the epoch's number alone.
"""

import math
import platform
import threading
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from model_zoo import nets
from model_zoo.entries import entry, quantize
from model_zoo.entries.best_epoch import best_row
from train.data.cifar10 import Images
from train.engine import checkpoint, depthwise, device, distributed, guard, init, metrics, optim, warm_start
from train.engine.distributed import Setting, World
from train.engine.ema import Average
from train.engine.epoch import Context, epoch_row, untrained_row
from train.engine.progress import Progress
from train.engine.task import Source
from train.engine.tensorboard import SHOWN, TensorBoardLog
from train.entry import card as cards
from train.entry import model_card
from train.entry.run_folder import CHECKPOINT
from train.recipe_types import Recipe, net_arguments, values

__all__ = ["Output", "Run", "Setting", "fit"]


@dataclass(frozen=True)
class Output:
    """What a training leaves, and what was there before."""

    command: str = ""  # that gives these weights from the start, for the card
    resume: bool = False  # go on from the folder's checkpoint
    snapshots: frozenset[int] = frozenset()  # epochs after which the weights are kept, 0 being the untrained network
    tensorboard: bool = False  # write the run for TensorBoard, too


@dataclass
class Run:
    """Where a training stands after its last finished epoch."""

    history: list[dict[str, float]]
    best: dict[str, Tensor]  # full-precision weights of the best epoch, on the CPU
    snapshots: dict[str, str] = field(default_factory=dict)  # epoch -> sha256 of the weights kept after it
    start: dict[str, Any] | None = None  # for the card: whose weights it began with, and what of them did not fit

    @property
    def epoch(self) -> int:
        """The last finished one."""
        return len(self.history) - 1

    @property
    def best_epoch(self) -> int:
        """The epoch that counts, by `best_row`."""
        return int(best_row(self.history)["epoch"])

    def has_ended(self, recipe: Recipe) -> bool:
        """Whether all epochs are done, or the recipe's patience is at its end."""
        waited = self.epoch - self.best_epoch
        return self.epoch >= recipe.epochs or 0 < recipe.patience <= waited


def fit(recipe: Recipe, source: Source, out: Path, setting: Setting, output: Output = Output()) -> dict[str, Any]:
    """Train a network and leave it in `out` as a zoo entry.

    Returns:
        The card.

    Raises:
        TrainingError: the folder holds a training already or one is running there, there is nothing to resume, the
            loss is no longer finite, or the disk is full.
        KeyboardInterrupt: stopped by Ctrl-C or SIGTERM; the folder holds the last finished epoch.
    """
    training = _Training(recipe, source, out, setting, output)
    is_main = setting.world.is_main
    with (
        guard.only_run(out, output.resume, is_main),
        guard.stop_between_batches() as stopped,
        guard.disk_errors(out),
        closing(Progress(out, recipe.epochs, len(source.train), is_main)) as progress,
    ):
        context = training.context(stopped, progress)
        setting.world.wait()
        run = training.resumed(progress) if output.resume else training.begun(context)
        log = _tensorboard(out, context, training.net, run) if output.tensorboard and is_main else None
        training.train(run, context, log)
        card = training.card(run)
        if is_main:
            test = source.test() if source.test else None
            card = _finish(context, run, test, card, out)
            if log and test is not None:
                log.finish(card["metrics"]["test"], source.task.classes)
            (out / CHECKPOINT).unlink(missing_ok=True)
        setting.world.wait()
    return card


class _Training:
    """The network that learns, its optimisers and the average of its weights."""

    def __init__(self, recipe: Recipe, source: Source, out: Path, setting: Setting, output: Output) -> None:
        self.recipe, self.source, self.out, self.setting, self.output = recipe, source, out, setting, output
        net = init.build(recipe, source.train, setting.seed, source.task.classes)
        begins = recipe.start_from and not output.resume
        self._taken = warm_start.start_from(net, recipe.net, recipe.start_from) if begins else None
        if recipe.fixed_depthwise and self._taken:
            warm_start.check_depthwise(net, self._taken)
        depthwise.prepare(net, recipe.fixed_depthwise)
        self.net = init.placed(net, setting.on)
        self._optimisers = optim.build(recipe, net)
        self._average = Average(net, recipe.averaging) if recipe.averaging else None
        self._environment = {
            "command": output.command,
            "date": date.today().isoformat(),
            "torch": torch.__version__,
            "python": platform.python_version(),
            "device": device.describe(setting.on, recipe.bfloat16),
            "processes": setting.world.size,
        }

    @property
    def _used(self) -> nn.Module:
        """Whose weights are looked at, and kept."""
        return self._average.net if self._average else self.net

    @property
    def _identity(self) -> dict[str, Any]:
        """What must be as it was for a training to go on."""
        teachers = list(self.source.task.subject().teachers)
        known = {"recipe": values(self.recipe), "seed": self.setting.seed, "pictures": len(self.source.train)}
        return known | ({"teachers": teachers} if teachers else {})

    def context(self, stopped: threading.Event, progress: Progress) -> Context:
        """What its epochs need to know; the pictures are where the network is, if they are to be."""
        task, train, validation = self.source.task, self.source.train, self.source.validation
        if task.in_memory:
            train, validation = train.to(self.setting.on), validation and validation.to(self.setting.on)
        return Context(self.recipe, task, train, validation, self.setting, stopped, progress)

    def begun(self, context: Context) -> Run:
        """Before the first epoch, with what the start weights score."""
        for line in self._taken.lines() if self._taken else ():
            context.progress.say(line)
        row = untrained_row(context, self.net)
        context.progress.say(f"before training: {_summary(row)}")
        run = Run([row], init.copy_of(self.net), start=self._taken.card() if self._taken else None)
        self._save(run)
        return run

    def resumed(self, progress: Progress) -> Run:
        """Where the folder's checkpoint stands."""
        best, known = checkpoint.resume(
            self.out, self.net, self._optimisers, self._identity, self._average.net if self._average else None
        )
        run = Run(known["history"], best, known["snapshots"], known.get("start"))
        progress.say(f"resumed after epoch {run.epoch}")
        return run

    def train(self, run: Run, context: Context, log: TensorBoardLog | None) -> None:
        """All epochs that are left, each saved as it ends."""
        recipe, shared = self.recipe, None
        while not run.has_ended(recipe):
            if shared is None or run.epoch == recipe.freeze_epochs:
                if recipe.freeze_epochs:
                    warm_start.freeze(self.net, run.epoch < recipe.freeze_epochs)
                    depthwise.prepare(self.net, recipe.fixed_depthwise)
                shared = distributed.wrapped(self.net, self.setting.world)  # which looks at what learns
            row = epoch_row(context, shared, self.net, self._average, self._optimisers, run.epoch + 1)
            run.history.append(row)
            if run.best_epoch == run.epoch:
                run.best = init.copy_of(self._used)
            self._save(run)
            if log:
                log.epoch(row)
            context.progress.say(f"epoch {run.epoch}: {_summary(row)}")

    def card(self, run: Run) -> dict[str, Any]:
        """The card at this moment, without test metrics."""
        subject, facts = self.source.task.subject(), self._environment | self.source.facts
        card = cards.build(self.recipe, subject, self.setting.seed, run.history, facts)
        return card | {"snapshots": run.snapshots} | ({"start": run.start} if run.start else {})

    def _save(self, run: Run) -> None:
        if not self.setting.world.is_main:
            return
        snapshots = self.output.snapshots
        if run.epoch in snapshots or (run.has_ended(self.recipe) and self.recipe.epochs in snapshots):
            run.snapshots[str(run.epoch)] = entry.write_snapshot(self.out, run.epoch, init.copy_of(self._used))
        known = {"history": run.history, "snapshots": run.snapshots, "start": run.start}
        average = self._average.net if self._average else None
        checkpoint.write(self.out, self.net, self._optimisers, run.best, self._identity | known, average)
        card = self.card(run)
        entry.write(self.out, run.best, card, run.history, model_card.readme(card))


def _tensorboard(out: Path, context: Context, net: nn.Module, run: Run) -> TensorBoardLog:
    recipe, on, log = context.recipe, context.setting.on, TensorBoardLog(out)
    batch = context.task.batches(context.train, context.setting.seed, 1, World(), on)
    inputs, _ = batch(torch.arange(min(SHOWN, len(context.train))))
    mean, std = (torch.tensor(value, device=on).view(1, 3, 1, 1) for value in (recipe.mean, recipe.std))
    pictures = ((inputs * std + mean) * 255).round().clamp(0, 255).byte()
    log.begin(net, pictures, inputs[:1])
    for row in run.history:
        log.epoch(row)
    return log


def _finish(context: Context, run: Run, test: Images | None, card: dict[str, Any], out: Path) -> dict[str, Any]:
    """The one look at the test pictures: the weights that count as they are stored, in float32 as in the page."""
    recipe, task = context.recipe, context.task
    net = nets.build(recipe.net, net_arguments(recipe, task.classes)).to(memory_format=torch.channels_last)

    def outputs(images: Images, views: int) -> Tensor:
        return metrics.logits(net, images, recipe.mean, recipe.std, views=views, label="testing")

    if test is not None:
        net.load_state_dict(run.best)
        given = outputs(test, 1)
        if task.further:
            card["metrics"]["test_roc_auc_before_storage"] = metrics.roc_auc(given, test.labels)
        else:
            card["metrics"]["test_accuracy_before_storage"] = metrics.loss_and_accuracy(given, test.labels)[1]
    net.load_state_dict(quantize.unpack(quantize.pack(run.best)))
    card["metrics"] |= task.measure(outputs, context.validation, test)
    threshold = task.threshold(card["metrics"])
    if threshold is not None and "decision" in card:
        card["decision"] = card["decision"] | {"threshold": threshold}
    elif threshold is not None:  # the data name no class of interest: the figures are of deciding for the second one
        card["threshold"] = threshold
    card = entry.write(out, run.best, card, run.history, model_card.readme(card))
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
