"""What the Train tab shows of a training, as HTML: sentences, numbers and curves, and two answers side by side."""

import math
import time
from html import escape
from typing import Any

from PIL import Image

import model_zoo
from demo.core.networks import network, title
from demo.errors import UserError
from demo.render.history_chart import LINES, Rows, loss_and_accuracy
from demo.render.html import bars, number
from demo.render.svg_chart import COLOURS
from model_zoo import Model
from model_zoo.entries.entry import read_history
from train.service.queue import (
    ARCHIVE_BYTES,
    FAILED,
    FINISHED,
    STOPPED,
    STOPPING,
    Progress,
    Scene,
    Training,
    downloaded,
    has_pictures,
    recipes,
)

LINGERS = 60  # seconds for which one's own result stays when somebody else's training runs
TRAIL = 200  # points within epochs that are drawn at most
NOTHING = (
    "Nothing is being trained. Press the button, and a network with random weights starts to learn; everybody who "
    "opens this tab can watch. The values filled in first take some minutes on two cores."
)
NO_DATA = (
    "CIFAR-10, the 60,000 pictures to learn from, is not on this server yet. It is downloaded first (170 MB, from "
    "www.cs.toronto.edu), and kept."
)
HOW = (
    "Training (dashed): mean over the pictures of the epoch seen so far, so it starts anew with every epoch. "
    "Validation (solid): pictures that it does not learn from, after every epoch."
)


def shown(scene: Scene) -> Training | None:
    """The training to show: one's own until a while after its end, else the one that runs, else the last one."""
    mine = scene.mine if scene.mine and scene.mine.folder else None
    if mine and (not mine.ended or not scene.running or time.monotonic() - mine.ended_at < LINGERS):
        return mine
    return scene.running or scene.last


def history(training: Training | None) -> Rows:
    """The rows of its history.csv; none while there is no such file."""
    if training is None or training.folder is None:
        return []
    try:
        return read_history(training.folder)
    except model_zoo.BrokenEntry:
        return []


# ------------------------------------------------------------------------------------------------------- sentences


def sentences(scene: Scene, rows: Rows, ready: bool) -> list[str]:
    """How things stand for one visitor.

    Args:
        rows: the history of the training that is shown.
        ready: whether CIFAR-10 is there.
    """
    found, own = [], scene.mine
    if own:
        found.append(_waits(scene) if scene.place else _own(own, rows if shown(scene) == own else history(own)))
    if scene.running and scene.running != own:
        found.append(f"Somebody else's training is running: {_where(scene.running, history(scene.running))}.")
        if not scene.place:
            found[-1] += f" One that you start now waits as number {scene.waiting + 1} in the queue."
    if not scene.running and (own is None or (own.ended and own.folder is None)):
        found.append(_other(scene.last, rows) if scene.last else NOTHING)
    if not ready and not scene.running:
        found.append(NO_DATA)
    return found


def paragraphs(texts: list[str]) -> str:
    return "".join(f"<p>{escape(text)}</p>" for text in texts)


def _waits(scene: Scene) -> str:
    if scene.place == 1:
        return "Your training is the next one in the queue. It starts by itself."
    return f"Your training is number {scene.place} in the queue. It starts by itself."


def _own(training: Training, rows: Rows) -> str:
    if training.ended:
        return _outcome("Your training", training, rows)
    if training.state == STOPPING:
        return "Stopping after the running step."
    return f"Your training is running: {_where(training, rows)}."


def _other(training: Training, rows: Rows) -> str:
    return _outcome("The last training", training, rows)


def _where(training: Training, rows: Rows) -> str:
    """How far it is, in words that change no more often than once an epoch."""
    epochs = training.order.epochs
    if not rows and not has_pictures(training.data):
        return "CIFAR-10 is being downloaded"
    if training.progress is None and len(rows) < 2:
        return "PyTorch and the pictures are being loaded" if not rows else "it begins"
    if len(rows) > epochs:
        return (
            f"all {epochs} epochs are done, and it is tested on pictures that it has never seen; then what tells which "
            "pictures it knows is fitted"
        )
    return f"epoch {max(training.progress.epoch if training.progress else 1, len(rows))} of {epochs}"


def _outcome(whose: str, training: Training, rows: Rows) -> str:
    if training.state == FAILED:
        return f"{whose} failed: {training.reason} {_kept(training, rows)}".strip()
    if training.state == STOPPED and training.folder is None:
        return "You have left the queue."
    if training.state == STOPPED:
        done = len(rows) - 1
        if done < 1:
            return f"{whose} was stopped before the first epoch was done."
        return f"{whose} was stopped after {done} epoch{'s' if done > 1 else ''}. {_kept(training, rows)}"
    if not rows:
        return f"{whose} has finished. Its folder has been removed since."
    test, first = network(_name(training)).card["metrics"].get("test"), rows[0]
    if test is None:
        raise UserError("The last file is being written at this moment.")
    before = first["val_accuracy"] if math.isfinite(first["val_accuracy"]) else first["train_accuracy"]
    return (
        f"{whose} has finished: the network names {test['accuracy']:.1%} of {test['pictures']:,} test pictures right, "
        f"which it had never seen; before training it was {before:.1%} of other pictures. {_kept(training, rows)}"
    )


def _name(training: Training) -> str:
    """The name of its network; "", which no network has, before it has begun."""
    return training.folder.name if training.folder else ""


def _kept(training: Training, rows: Rows) -> str:
    if len(rows) < 2:
        return ""
    if network(_name(training)).card["metrics"].get("best_epoch") == 0:
        return (
            "No epoch was better on the validation pictures than the random weights, so those were kept. More pictures "
            "or epochs help."
        )
    return f"The network is in the list of networks, and so in every tab, as “{title(_name(training))}”."


# ------------------------------------------------------------------------------------------------ numbers and curves


def board_depends_on(training: Training | None, rows: Rows) -> tuple[Any, ...]:
    """Facts that are the same for as long as `board` gives the same."""
    if training is None:
        return ()
    return training.folder, training.state, training.progress, len(rows), downloaded(training.data)


def board(training: Training | None, rows: Rows) -> str:
    """How far the training is, in numbers, and its curves."""
    if training is None:
        return ""
    return f'<section class="curves training">{_bar(training, rows)}{_charts(training, rows)}</section>'


def _bar(training: Training, rows: Rows) -> str:
    if training.ended:
        return ""
    now = training.progress
    if now is None:
        if rows or has_pictures(training.data):
            return '<p class="quiet">The first numbers come in some seconds.</p>'
        there = downloaded(training.data)
        return (
            f'<progress value="{there / ARCHIVE_BYTES:.3f}" aria-label="downloaded"></progress>'
            f'<p class="number">{there / 1e6:.0f} of {ARCHIVE_BYTES / 1e6:.0f} MB are here.</p>'
        )
    share = max(now.share, (len(rows) - 1) / now.epochs)
    numbers = _numbers(now, len(rows) - 1)
    return f'<progress value="{share:.4f}" aria-label="done"></progress><p class="number">{numbers}</p>'


def _numbers(now: Progress, done: int) -> str:
    """What happens at this moment, `done` epochs being in the history."""
    pace = f"{number(now.images_per_second)} pictures per second"
    if done >= now.epochs:
        return f"All epochs are done, at {pace}."
    if done >= now.epoch:
        return f"Epoch {done} of {now.epochs} is done. {pace}, {_time(now.seconds_left)} left."
    return (
        f"Epoch {now.epoch} of {now.epochs}: {now.seen:,} of {now.pictures:,} pictures, {now.accuracy:.1%} right, loss "
        f"{number(now.loss)} nats. {pace}, {_time(now.seconds_left)} left."
    )


def _time(seconds: float) -> str:
    if seconds < 100:
        return f"about {seconds:.0f} s"
    return f"about {seconds / 60:.0f} min" if seconds < 6000 else f"about {seconds / 3600:.1f} h"


def _charts(training: Training, rows: Rows) -> str:
    drawn = sorted([*rows, *_within(training)], key=lambda row: row["epoch"])
    if not drawn:
        return ""
    order = training.order
    name = (
        f"{recipes()[order.recipe].title}, learning rate {order.learning_rate:g}, batch size {order.batch_size}, "
        f"{order.pictures:,} pictures, seed {order.seed}"
    )
    charts = loss_and_accuracy({name: drawn}, {name: COLOURS[0]}, until=order.epochs)
    return (
        f'<ul class="legend"><li>{escape(name)}</li>{LINES}<li>● best epoch</li></ul><div class="charts">{charts}</div>'
        f'<p class="quiet">{HOW}</p>'
    )


def _within(training: Training) -> Rows:
    """Moments within epochs as rows without validation."""
    trail = training.trail[:: 1 + len(training.trail) // TRAIL]
    nan = math.nan
    return [
        {"epoch": point.at, "train_loss": point.loss, "train_accuracy": point.accuracy}
        | {"val_loss": nan, "val_accuracy": nan, "learning_rate": nan}
        for point in trail
        if point.seen < point.pictures
    ]


# ------------------------------------------------------------------------------------------------ two answers


def answers_depend_on(training: Training | None, rows: Rows, picture: Image.Image | None) -> tuple[Any, ...]:
    """Facts that are the same for as long as `answers` gives the same."""
    if training is None or not rows or picture is None:
        return training is None, not rows
    sample = picture.resize((32, 32), Image.Resampling.NEAREST).tobytes()
    return training.folder, len(rows), training.ended, sample


def answers(training: Training | None, rows: Rows, picture: Image.Image | None) -> str:
    """What the untrained network and the one of this moment say of a picture.

    Raises:
        UserError: the run folder cannot be read at this moment.
    """
    if training is None or not rows:
        return ""
    if picture is None:
        return '<p class="quiet">Give it a picture to see here how its answer changes while it learns.</p>'
    entry = network(_name(training))
    last = len(rows) - 1
    best = entry.card["metrics"].get("best_epoch", last)
    now, what = _after(entry, last), f"Now, after epoch {last}"
    if training.ended or now is None:
        now, what = entry, f"After epoch {best}" if training.ended else f"The best so far, after epoch {best}"
    if training.state == FINISHED:
        what = f"Trained, after epoch {best}"
    columns = [("Before training, with random weights", _after(entry, 0)), (what, now)]
    if not last:
        columns = [("Before training, with random weights", entry)]
    shown_beside = "".join(_answer(said, model, picture) for said, model in columns if model)
    return f'<section class="two">{shown_beside}</section>'


def _after(entry: Model, epoch: int) -> Model | None:
    """The network as it was after an epoch, if the entry keeps it."""
    if epoch not in getattr(entry, "epochs", ()):
        return None
    try:
        return model_zoo.load(entry.name, epoch=epoch)
    except (KeyError, model_zoo.BrokenEntry) as error:
        raise UserError("The network is being written at this moment.") from error


def _answer(what: str, model: Model, picture: Image.Image) -> str:
    ranking = model.predict(picture)
    label, share = ranking[0]
    shares = dict(ranking)
    return (
        f'<div><h3>{what}</h3><p class="verdict"><strong>{escape(label)}</strong> '
        f'<span class="number">{share:.1%}</span></p>'
        f"{bars('Probability of each class', {each: shares[each] for each in model.classes})}</div>"
    )
