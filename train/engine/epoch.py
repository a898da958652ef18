"""One pass over the training pictures, and one look at the validation pictures."""

import math
import threading
import time
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from model_zoo.entries import entry
from train.data.cifar10 import Images
from train.engine import device, distributed, metrics, optim, warm_start
from train.engine.distributed import Setting
from train.engine.ema import Average
from train.engine.guard import TrainingError
from train.engine.progress import Progress
from train.engine.task import TrainingTask
from train.recipe_types import Recipe


@dataclass(frozen=True)
class Context:
    """Everything about a training that does not change while it runs."""

    recipe: Recipe
    task: TrainingTask
    train: Images
    validation: Images | None
    setting: Setting
    stopped: threading.Event
    progress: Progress


def epoch_row(
    context: Context,
    shared: nn.Module,
    net: nn.Module,
    average: Average | None,
    optimisers: list[torch.optim.Optimizer],
    epoch: int,
) -> dict[str, float]:
    """One pass over the training pictures and one look at the validation pictures: a row of the history."""
    recipe, task, train, world = context.recipe, context.task, context.train, context.setting.world
    began = time.perf_counter()
    order = order_of(context, epoch)
    batch = task.batches(train, context.setting.seed, epoch, world, context.setting.on)
    loss_sum, right = torch.zeros(2, device=context.setting.on, dtype=torch.float64)
    answers = torch.zeros(len(train), len(task.classes), device=context.setting.on) if task.further else None
    shared.train()
    if epoch <= recipe.freeze_epochs:
        warm_start.train_mode(net, frozen=True)
    elif recipe.fixed_norms:
        warm_start.keep_statistics(net)
    with context.progress.running(epoch) as progress:
        for step, index in enumerate(order):
            if context.stopped.is_set():
                raise KeyboardInterrupt
            before = (epoch - 1 + step / len(order)) / recipe.epochs
            rate = optim.set_rates(recipe, optimisers, before, (epoch - 1 + (step + 1) / len(order)) / recipe.epochs)
            inputs, targets = batch(index)
            with device.autocast(context.setting.on, recipe.bfloat16):
                outputs = shared(inputs)
            outputs = outputs.float()
            loss = task.loss(outputs, targets, inputs, len(index), world)
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
        figures |= task.figures(world.total(answers).cpu(), train.labels.cpu())
    return _row(context, average.net if average else net, epoch, rate, figures, began)


def order_of(context: Context, epoch: int) -> list[Tensor]:
    """The batches of an epoch as numbers of pictures, the same for every process; sets the seed of the epoch.

    Every picture comes once. All randomness of the epoch follows from its number and the training's seed.
    """
    torch.manual_seed((context.setting.seed + 1) * 1_000_003 + epoch)
    order = torch.randperm(len(context.train)).to(context.setting.on)
    return distributed.batches(order, context.recipe.batch_size, context.task.least * context.setting.world.size)


def _classes(targets: Tensor) -> Tensor:
    """Class numbers, also where the targets are probabilities."""
    return targets if targets.dim() == 1 else targets.argmax(1)


def untrained_row(context: Context, net: nn.Module) -> dict[str, float]:
    """Epoch 0: what the start weights score; the training side on about as many pictures as validation has."""
    began = time.perf_counter()
    count = len(context.validation or ()) or 5000
    return _row(context, net, 0, 0.0, _score(context, net, context.task.sample(context.train, count)), began)


def _row(
    context: Context, net: nn.Module, epoch: int, rate: float, figures: dict[str, float], began: float
) -> dict[str, float]:
    held = dict.fromkeys(figures, math.nan) if context.validation is None else _score(context, net, context.validation)
    row = {"epoch": epoch, "learning_rate": rate, "seconds": time.perf_counter() - began}
    row |= {f"train_{name}": value for name, value in figures.items()}
    row |= {f"val_{name}": value for name, value in held.items()}
    further = [f"{side}_{name}" for name in context.task.further for side in ("train", "val")]
    return {name: row[name] for name in (*entry.HISTORY_COLUMNS, *further)}


def _score(context: Context, net: nn.Module, images: Images) -> dict[str, float]:
    """Mean loss in nats and accuracy; each process looks at its share, so that every picture counts once."""
    world, index = context.setting.world, context.setting.world.share(torch.arange(len(images)))
    with device.autocast(context.setting.on, context.recipe.bfloat16):
        own = images if world.size == 1 else images.take(index)
        outputs = metrics.logits(net, own, context.recipe.mean, context.recipe.std)
    if world.size > 1:
        everywhere = torch.zeros(len(images), outputs.shape[1], device=context.setting.on)
        everywhere[index.to(context.setting.on)] = outputs.to(context.setting.on)
        outputs = world.total(everywhere).cpu()
    targets = (images.labels if images.targets is None else images.targets).cpu()
    loss = F.cross_entropy(outputs, targets, reduction="sum").double().item() / len(images)
    right = int((outputs.argmax(1) == _classes(targets)).sum())
    return {"loss": loss, "accuracy": right / len(images)} | context.task.figures(outputs, images.labels.cpu())


def _check_finite(loss: Tensor, epoch: int) -> None:
    if not torch.isfinite(loss):
        raise TrainingError(
            f"The loss is no longer finite in epoch {epoch}: the steps are too large. Try a smaller --learning-rate "
            "or more --warm-up. The folder keeps the last good epoch."
        )
