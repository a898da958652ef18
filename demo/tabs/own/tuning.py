"""Fine-tuning on order: a network that was made is trained further, its body as well, by a process of its own.

The pictures reach that process by a pipe (`train.service.tuning`). One training runs at a time on a server, at low
priority, on all cores but one, and for `limit()` seconds at most; what it has reached by then counts. The network is
replaced only if more of the pictures held out are right, at no higher loss. As many are not enough: the frozen one has
learned from all pictures in the end, those held out as well, and may tell which pictures it knows.
"""

import shutil
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from demo.core.networks import network, title
from demo.errors import UserError
from demo.private import networks as private
from demo.private.networks import NOT_YOURS
from demo.server.paths import cores, work_folder
from demo.server.scheduler import LONG
from demo.visitors.orders import TRAININGS, Order, Rate, seconds_allowed
from demo.visitors.visitors import Made, Visitor
from model_zoo import BrokenEntry, Model
from model_zoo.common.lru_cache import LRUCache
from model_zoo.entries import entry
from train.service import own
from train.service.tuning import Tuning

SWITCH = "CONVSCOPE_FINE_TUNE_SECONDS"  # that a fine-tuning may take; 0: there is none
USUAL_SECONDS = 120.0
MOST_EPOCHS = 8
MOST_HELD = 0.4  # of the pictures: what is held out to see whether it helps is not learned from
BEGINNING = 8.0  # seconds until a process trains, and after it has
PER_FORWARD = 3.5  # as long as one picture takes to pass, it takes so many times to learn from it, about
WITHOUT_GRADIENTS = 1 / 3  # of what a picture takes to learn from
SPARE = 0.9  # of the time that is planned for
EVERY = 0.4  # seconds between two looks at a training
FILES = (entry.CARD, entry.WEIGHTS, entry.HISTORY, entry.README)

CHANGED = (
    "Your classes or their pictures have changed since this network was made. Make the network again, and then "
    "fine-tune that one."
)
OFF = "Fine-tuning is switched off on this server."
NO_EPOCH = "The time that this server gives was over before the first pass. Your network stays as it is."
FEW_SCENES = (
    "There are so few scenes of a class, or one of so many pictures, that too much would have to be held out to see "
    "whether it helps. Give it pictures of other scenes."
)
LIBRARY = "The architecture that it learned on comes from another library and cannot be trained further here."

KIND = "tuning"  # in the queue
_rates: LRUCache[Rate] = LRUCache(256)  # of a picture that is learned from, by the body's key


@dataclass(frozen=True)
class Plan:
    """How much is trained."""

    epochs: int
    train: int  # pictures
    held: int  # pictures that are held out
    seconds: float  # about

    @property
    def units(self) -> float:
        """What is to be done, in pictures that are learned from once."""
        return self.epochs * (self.train + WITHOUT_GRADIENTS * self.held) + self.held


def limit() -> float:
    """Seconds that a fine-tuning may take on this server; 0 where it, or all training by visitors, is switched off."""
    return seconds_allowed(SWITCH, USUAL_SECONDS)


def offer(found: own.Taught, is_judged: bool) -> dict[str, Any]:
    """What the page says before anybody orders it, as JSON: `why` not, or about how many `seconds` it takes.

    Args:
        is_judged: whether the network has what tells if it knows a picture's like; a better one would not have it.
    """
    if not limit():
        return {"why": OFF}
    if found.body.model.card["net"].get("library"):
        return {"why": LIBRARY}
    try:
        plan = _plan(found)
    except own.DataError as error:
        return {"why": str(error)}
    if plan.held > MOST_HELD * (plan.held + plan.train):
        return {"why": FEW_SCENES}
    held = {"held": plan.held, "epochs": plan.epochs, "is_judged": is_judged}
    return {"why": "", "seconds": round(plan.seconds), "limit": round(limit())} | held


def order(visitor: Visitor, name: object) -> None:
    """Order that a visitor's network be trained further, with the pictures that taught it.

    Raises:
        UserError: it is switched off, this is not the network made last, the pictures have changed, this visitor has
            ordered one, or too many orders wait.
    """
    if not limit():
        raise UserError(OFF)
    made = visitor.made
    if made and made.why:
        raise UserError(made.why)
    if made is None or made.name != name or made.name not in private.mine(visitor.session):
        raise UserError(NOT_YOURS if made is None else CHANGED)
    _unchanged(visitor, made)
    TRAININGS.add(Order(visitor, lambda job: _tuned(job, made), made.seconds, KIND))


def _unchanged(visitor: Visitor, made: Made) -> own.Collection:
    collection, _, _ = visitor.collection()
    if collection.key != made.key:
        raise UserError(CHANGED)
    return collection


def _plan(found: own.Taught) -> Plan:
    held = int(own.held_out(found).sum())
    train, rate = len(found.collection) - held, _rate(found.body).seconds
    an_epoch = rate * (train + WITHOUT_GRADIENTS * held)
    left = SPARE * limit() - BEGINNING - rate * held
    epochs = max(1, min(MOST_EPOCHS, int(left / an_epoch)))
    return Plan(epochs, train, held, min(limit(), BEGINNING + epochs * an_epoch + rate * held))


def _rate(body: own.Body) -> Rate:
    """What a picture takes to be learned from; before the first training, by how long one takes to pass."""

    def measured() -> Rate:
        x = torch.zeros(2, 3, body.size, body.size)
        body.of_inputs(x)
        since = time.monotonic()
        body.of_inputs(x)
        return Rate(PER_FORWARD * (time.monotonic() - since) / len(x) / _threads())

    return _rates.get(body.key, measured)


def _threads() -> int:
    return max(1, cores() - 1)


def _tuned(job: Order, made: Made) -> dict[str, Any]:
    """Train the network further and replace it if it is better; what the page shows of that, as JSON."""

    def pause() -> None:
        job.check()
        LONG.yield_slot()

    with LONG.one():
        pause()
        # As it was taught before: the features are kept, so that this takes a moment.
        found = own.teach(_unchanged(job.visitor, made), (made.body,), pause=pause)
        model, plan = network(made.name), _plan(found)
    job.seconds = plan.seconds
    with (
        tempfile.TemporaryDirectory(dir=work_folder()) as place,
        Tuning(Path(place), model.folder, plan.epochs, _threads()) as tuning,
    ):
        _send(job, tuning, found)
        in_time = _wait(job, tuning, plan, _rate(made.body))
        if words := tuning.failure():
            raise UserError(f"The training ended early: {words} Your network stays as it is.")
        with LONG.one():
            return _outcome(job, tuning, model, plan, in_time)


def _send(job: Order, tuning: Tuning, found: own.Taught) -> None:
    job.said = "The pictures are handed to the training"
    with LONG.one():
        tuning.write_start(found)
    pieces = tuning.pieces(found)
    while True:
        with LONG.one():
            piece = next(pieces, None)
        if piece is None:
            return
        tuning.send(piece)  # which may have to wait, for which nobody else shall
        job.check()


def _wait(job: Order, tuning: Tuning, plan: Plan, rate: Rate) -> bool:
    """Until it has ended, by itself or because its time is over; false for the latter."""
    job.said, since = "The training begins", time.monotonic()
    while not tuning.ended(EVERY):
        job.check()
        _tell(job, tuning, plan)
        if time.monotonic() - since > limit():
            tuning.end()
            return False
    if len(tuning.rows()) > plan.epochs:
        rate.took(max(0.0, time.monotonic() - since - BEGINNING), plan.units)
    return True


def _tell(job: Order, tuning: Tuning, plan: Plan) -> None:
    """How far it is: words, the share that is done, and what the pictures held out say so far."""
    rows, progress = tuning.rows(), tuning.progress()
    if not rows:
        return
    epoch = min(len(rows), plan.epochs)
    share = progress.share if progress else (len(rows) - 1) / plan.epochs
    before, best = (round(plan.held * accuracy) for accuracy in (rows[0][0], max(rows)[0]))
    so_far = f", {best} at best so far" if len(rows) > 1 else ""
    job.said = f"Pass {epoch} of {plan.epochs}: of {plan.held} pictures held out {before} were right before{so_far}"
    job.facts = {"share": share, "epoch": epoch, "epochs": plan.epochs, "before": before, "best": best}
    if progress:
        checks = (plan.epochs - len(rows) + 1) * plan.held * WITHOUT_GRADIENTS / max(0.1, progress.images_per_second)
        job.seconds = min(limit(), job.took + progress.seconds_left + checks + 1)


def _outcome(job: Order, tuning: Tuning, model: Model, plan: Plan, in_time: bool) -> dict[str, Any]:
    rows, session = tuning.rows(), job.visitor.session
    if len(rows) < 2:
        raise UserError(NO_EPOCH)
    try:
        better = own.tuned(tuning.out, model)
    except BrokenEntry as error:
        raise UserError(NO_EPOCH) from error
    best = better.card["metrics"]["best_epoch"] if better else 0
    is_better, name = better is not None and improved(rows[0], rows[best]), model.name
    if is_better:
        name = private.replace(model.name, lambda folder: _copy(tuning.out, folder), session)
    job.visitor.made = None
    return {
        "was": model.name,
        "name": name,
        "title": title(name),
        "is_replaced": is_better,
        "held": plan.held,
        "before": _side(rows[0], plan),
        "after": _side(rows[best or _best(rows)], plan),
        "epoch": best or _best(rows),
        "epochs": len(rows) - 1,
        "seconds": round(job.took),
        "in_time": in_time,
        "unjudged": is_better and model.trust is not None,
    }


def improved(before: tuple[float, float], after: tuple[float, float]) -> bool:
    """Whether a network is to be replaced; accuracy and loss on the pictures held out, before and after."""
    return after[0] > before[0] and after[1] <= before[1]


def _best(rows: list[tuple[float, float]]) -> int:
    """The best pass of those that trained."""
    return max(range(1, len(rows)), key=lambda at: (rows[at][0], -rows[at][1]))


def _side(row: tuple[float, float], plan: Plan) -> dict[str, Any]:
    return {"right": round(row[0] * plan.held), "loss": round(row[1], 3)}


def _copy(out: Path, folder: Path) -> None:
    for name in FILES:
        shutil.copyfile(out / name, folder / name)
