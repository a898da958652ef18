"""The training loop.

An epoch is the unit of safety: after each one the checkpoint and the entry are on the disk, so an interruption loses
at most the running epoch, and `resume` goes on to exactly the weights that an uninterrupted run gives. For that, all
randomness of an epoch (order, augmentation, dropout) comes from the seed and the epoch's number alone.
"""

import math
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from tqdm import tqdm

from model_zoo import entry, nets, storage
from train import card as cards
from train import checkpoint, device, evaluate, safety
from train.data import Images, augment, normalise
from train.recipes import Recipe
from train.safety import TrainingError


@dataclass
class Run:
    """Where a training stands after its last finished epoch."""

    history: list[dict[str, float]]
    best: dict[str, Tensor]  # full-precision weights of the best epoch, on the CPU

    @property
    def best_epoch(self) -> int:
        """The epoch with the highest validation accuracy, the earliest of several."""
        return int(max(self.history, key=lambda row: row["val_accuracy"])["epoch"])


def fit(
    recipe: Recipe,
    train: Images,
    validation: Images,
    test: Callable[[], Images],
    out: Path,
    facts: dict[str, Any],
    seed: int = 0,
    on: torch.device | None = None,
    resume: bool = False,
) -> dict[str, Any]:
    """Train a network and leave it in `out` as a zoo entry.

    Args:
        recipe: what to do.
        train, validation: the pictures to learn from, and to choose the best epoch by.
        test: gives the test pictures; called once, after the last epoch.
        out: the run folder.
        facts: what goes into the card's `environment` and `data` beside what is measured here.
        seed: of the start weights and of everything random in the epochs.
        on: the device; None for the best at hand.
        resume: go on from the folder's checkpoint.

    Returns:
        The card.

    Raises:
        TrainingError: the folder holds a training already, there is nothing to resume, the loss is no longer finite,
            or the disk is full.
        KeyboardInterrupt: stopped by Ctrl-C or SIGTERM; the folder holds the last finished epoch.
    """
    on = on or device.choose()
    safety.check_folder(out, resume)
    torch.manual_seed(seed)
    net = nets.build(recipe.net, {"dropout": recipe.dropout})
    if recipe.he_start:
        he_start(net)
    net.to(device=on, memory_format=torch.channels_last)
    optimiser = torch.optim.AdamW(
        net.parameters(), lr=recipe.learning_rate, weight_decay=recipe.weight_decay, fused=True
    )
    identity = {"recipe": asdict(recipe), "seed": seed, "pictures": len(train)}
    train, validation = train.to(on), validation.to(on)

    def card_of(run: Run) -> dict[str, Any]:
        return cards.build(recipe, seed, run.history, run.best_epoch, facts | {"device": device.describe(on)})

    def save(run: Run) -> None:
        checkpoint.write(out, net, optimiser, run.best, identity | {"history": run.history})
        card = card_of(run)
        entry.write(out, run.best, card, run.history, cards.readme(card))

    with safety.stop_between_batches() as stopped, safety.disk_errors(out):
        if resume:
            run = _resume(out, net, optimiser, identity)
        else:
            run = Run([_untrained_row(recipe, net, train, validation)], _copy(net))
            save(run)
        for epoch in range(len(run.history), recipe.epochs + 1):
            row = _epoch(recipe, net, optimiser, train, validation, seed, epoch, stopped)
            run.history.append(row)
            if run.best_epoch == epoch:
                run.best = _copy(net)
            save(run)
            _say(f"epoch {epoch}: {_summary(row)}")
        card = _finish(recipe, run, test(), card_of(run), out)
    (out / checkpoint.CHECKPOINT).unlink(missing_ok=True)
    return card


def he_start(net: nn.Module) -> None:
    """Normal start weights with variance 2 / fan-in (He et al. 2015, equation 10), zero biases."""
    for module in net.modules():
        if isinstance(module, nn.Conv2d | nn.Linear):
            nn.init.kaiming_normal_(module.weight, nonlinearity="relu")
            nn.init.zeros_(module.bias)


def learning_rate(recipe: Recipe, progress: float) -> float:
    """The step size after the share `progress` (0..1) of all steps: linear warm-up, then cosine decay to zero."""
    if progress < recipe.warm_up:
        return recipe.learning_rate * progress / recipe.warm_up
    if not recipe.decay:
        return recipe.learning_rate
    done = (progress - recipe.warm_up) / (1 - recipe.warm_up)
    return recipe.learning_rate * 0.5 * (1 + math.cos(math.pi * done))


def _epoch(
    recipe: Recipe,
    net: nn.Module,
    optimiser: torch.optim.Optimizer,
    train: Images,
    validation: Images,
    seed: int,
    epoch: int,
    stopped: threading.Event,
) -> dict[str, float]:
    """One pass over the training pictures and one look at the validation pictures: a row of the history."""
    torch.manual_seed((seed + 1) * 1_000_003 + epoch)
    start = time.perf_counter()
    order = torch.randperm(len(train)).to(train.labels.device).split(recipe.batch_size)
    loss_sum, right, seen = torch.zeros((), device=train.labels.device), 0, 0
    net.train()
    with tqdm(total=len(train), desc=f"epoch {epoch}/{recipe.epochs}", unit=" images", mininterval=0.5) as bar:
        for step, index in enumerate(order):
            if stopped.is_set():
                raise KeyboardInterrupt
            rate = learning_rate(recipe, (epoch - 1 + (step + 1) / len(order)) / recipe.epochs)
            for group in optimiser.param_groups:
                group["lr"] = rate
            pictures, labels = train.pictures[index], train.labels[index]
            if recipe.shift or recipe.flip:
                pictures = augment(pictures, recipe.shift, recipe.flip)
            with device.autocast(labels.device):
                outputs = net(normalise(pictures, recipe.mean, recipe.std))
            outputs = outputs.float()
            loss = F.cross_entropy(outputs, labels, label_smoothing=recipe.label_smoothing)
            loss.backward()
            optimiser.step()
            optimiser.zero_grad()
            # The history holds the plain loss, so that it can be compared with the validation loss.
            loss_sum += F.cross_entropy(outputs.detach(), labels, reduction="sum")
            right += (outputs.detach().argmax(1) == labels).sum()
            seen += len(labels)
            bar.update(len(labels))
            if step % 10 == 0:
                bar.set_postfix(loss=f"{loss_sum.item() / seen:.3f}", accuracy=f"{int(right) / seen:.1%}")
                _check_finite(loss, epoch)
    _check_finite(loss_sum, epoch)
    return _row(epoch, rate, loss_sum.item() / seen, int(right) / seen, recipe, net, validation, start)


def _untrained_row(recipe: Recipe, net: nn.Module, train: Images, validation: Images) -> dict[str, float]:
    """Epoch 0: what the random start weights score; the training side on as many pictures as validation has."""
    start = time.perf_counter()
    sample = train.take(slice(0, len(validation)))
    loss, accuracy = evaluate.loss_and_accuracy(_logits(recipe, net, sample), sample.labels)
    row = _row(0, 0.0, loss, accuracy, recipe, net, validation, start)
    _say(f"before training: {_summary(row)}")
    return row


def _row(
    epoch: int,
    rate: float,
    loss: float,
    accuracy: float,
    recipe: Recipe,
    net: nn.Module,
    validation: Images,
    start: float,
) -> dict[str, float]:
    val_loss, val_accuracy = evaluate.loss_and_accuracy(_logits(recipe, net, validation), validation.labels)
    values = (epoch, rate, loss, val_loss, accuracy, val_accuracy, time.perf_counter() - start)
    return dict(zip(entry.HISTORY_COLUMNS, values, strict=True))


def _logits(recipe: Recipe, net: nn.Module, images: Images) -> Tensor:
    with device.autocast(images.labels.device):
        return evaluate.logits(net, images, recipe.mean, recipe.std)


def _finish(recipe: Recipe, run: Run, test: Images, card: dict[str, Any], out: Path) -> dict[str, Any]:
    """The one look at the test pictures: the best epoch's weights as they are stored, in float32 as in the page."""
    net = nets.build(recipe.net, {"dropout": recipe.dropout})
    net.load_state_dict(run.best)
    exact = evaluate.metrics(evaluate.logits(net, test, recipe.mean, recipe.std), test.labels, cards.CIFAR10_CLASSES)
    net.load_state_dict(storage.unpack(storage.pack(run.best)))
    stored = evaluate.metrics(evaluate.logits(net, test, recipe.mean, recipe.std), test.labels, cards.CIFAR10_CLASSES)
    card["metrics"]["test"] = stored
    card["metrics"]["test_accuracy_before_storage"] = exact["accuracy"]
    card = entry.write(out, run.best, card, run.history, cards.readme(card))
    print(evaluate.report(stored))
    return card


def _resume(out: Path, net: nn.Module, optimiser: torch.optim.Optimizer, identity: dict[str, Any]) -> Run:
    try:
        groups, facts = checkpoint.read(out / checkpoint.CHECKPOINT)
    except ValueError as error:
        raise TrainingError(str(error)) from error
    wanted = checkpoint.as_stored(identity)
    for key, value in wanted.items():
        if facts.get(key) != value:
            raise TrainingError(
                f"The training in {out} was started with another {key}: {_difference(facts.get(key), value)}. "
                "Resume it with the command that started it."
            )
    checkpoint.restore(net, optimiser, groups)
    history = facts["history"]
    _say(f"resumed after epoch {len(history) - 1}")
    return Run(history, groups["best"])


def _difference(old: Any, new: Any) -> str:
    if isinstance(old, dict) and isinstance(new, dict):
        return ", ".join(f"{k} {old.get(k)} then, {v} now" for k, v in new.items() if old.get(k) != v)
    return f"{old} then, {new} now"


def _check_finite(loss: Tensor, epoch: int) -> None:
    if not torch.isfinite(loss):
        raise TrainingError(
            f"The loss is no longer finite in epoch {epoch}: the steps are too large. Try a smaller --learning-rate "
            "or more --warm-up. The folder keeps the last good epoch."
        )


def _copy(net: nn.Module) -> dict[str, Tensor]:
    return {name: tensor.detach().cpu().clone().contiguous() for name, tensor in net.state_dict().items()}


def _summary(row: dict[str, float]) -> str:
    return (
        f"validation accuracy {row['val_accuracy']:.2%}, loss {row['val_loss']:.3f}; "
        f"training accuracy {row['train_accuracy']:.2%}, loss {row['train_loss']:.3f}; {row['seconds']:.0f} s"
    )


def _say(text: str) -> None:
    tqdm.write(text)
