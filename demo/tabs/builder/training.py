"""Small trainings on order: what of them is refused, when their turn comes, and the networks that they leave."""

import math
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from demo.core.networks import title
from demo.errors import UserError
from demo.pictures import picture_id
from demo.pictures.examples import data_folder
from demo.private import networks as private
from demo.server.paths import cores, work_folder
from demo.server.scheduler import LONG
from demo.tabs.builder.spare import SPARE
from demo.visitors.orders import TRAININGS, Order, Rate, Stopped, seconds_allowed
from demo.visitors.requests import NOT_UNDERSTOOD, text_of, whole_number
from demo.visitors.visitors import Visitor
from model_zoo.common.layers import LayerError, Network
from model_zoo.nets.small_cnn import WORDS
from train.service import small
from train.service.queue import has_pictures

SWITCH = "CONVSCOPE_BUILD_SECONDS"  # that a training may take; 0: there is none
USUAL_SECONDS = 60.0
KIND = "small"  # in the queue
FEWEST_CIFAR = 2_000
FEWEST_OWN = 10  # pictures of own classes
BEGINNING = 300.0  # seconds at most until a process has loaded PyTorch and trains, on a busy machine
GRACE = 60.0  # seconds beyond the limit, to write what it has
EVERY = 0.25  # seconds between two looks at a training
OFF = "Training small networks is switched off on this server."
TOO_FEW = (
    f"There are too few pictures of your own: give two or more classes {FEWEST_OWN} pictures together in the tab Own "
    "classes, or take another set."
)
NO_TIME = "The time that this server gives was over before the first step. Take fewer pictures or a smaller network."
HELD_SHARE = 0.2  # of own pictures, about; which ones depends on their scenes

_work = Rate(1e-3)  # seconds that a millisecond of the counted work takes here
_beside = Rate(6.0)  # seconds that an order takes beside its training


@dataclass(frozen=True)
class Wish:
    """What was asked for, checked."""

    plan: small.Plan
    about: small.About

    @property
    def seconds(self) -> float:
        """That its training takes, about."""
        return min(self.plan.seconds, _work.seconds * self.milliseconds)

    @property
    def milliseconds(self) -> float:
        return 1000 * small.work(self.plan, self.about, self.plan.networks(self.about))


def limit() -> float:
    """Seconds that a training may take on this server; 0 where there is none."""
    return seconds_allowed(SWITCH, USUAL_SECONDS)


def offer(visitor: Visitor) -> dict[str, Any]:
    """What the page begins with, as JSON: the sets with their shapes and counts, and what training costs here."""
    seconds = limit()
    return {
        "why": "" if seconds else OFF,
        "limit": round(seconds),
        "beside": round(_beside.seconds, 1),
        "pace": _work.seconds * 1000,  # seconds here for a counted one
        "sets": [vars(_about(name, small.MOST_CIFAR, visitor)) | {"why": _lacks(name, visitor)} for name in _SETS],
        "names": _own_classes(visitor),
    }


def _own_classes(visitor: Visitor) -> list[str]:
    return list(visitor.collection()[0].classes)


def _about(name: str, pictures: int, visitor: Visitor) -> small.About:
    if name == "own":
        collection, _, _ = visitor.collection()
        held = round(HELD_SHARE * len(collection))
        return small.About(name, 3, small.OWN_SIDE, max(2, len(collection.classes)), len(collection) - held, held)
    return small.DIGITS if name == "digits" else small.cifar10_about(pictures)


def _lacks(name: str, visitor: Visitor) -> str:
    """Why a set cannot be learned from; "" where it can."""
    if name == "cifar10":
        return "" if has_pictures(data_folder()) else small.NO_CIFAR
    if name == "own":
        collection, _, _ = visitor.collection()
        return "" if len(collection.classes) > 1 and len(collection) >= FEWEST_OWN else TOO_FEW
    return ""


_SETS = ("digits", "cifar10", "own")


def order(visitor: Visitor, asked: dict[str, Any]) -> None:
    """Order a training.

    Args:
        asked: `set`, `variants` (one or two lines of layers), `epochs`, `rate`, `seed`, and `pictures` of CIFAR-10.

    Raises:
        UserError: it is switched off, something of it cannot be, this visitor has ordered one, or too many wait.
    """
    if not limit():
        raise UserError(OFF)
    wish = _wish(visitor, asked)
    TRAININGS.add(Order(visitor, lambda job: _trained(job, wish), _beside.seconds + wish.seconds, KIND))


def _wish(visitor: Visitor, asked: dict[str, Any]) -> Wish:
    name, variants, rate = text_of(asked, "set"), asked.get("variants"), asked.get("rate")
    epochs, seed, pictures = (whole_number(asked.get(key)) for key in ("epochs", "seed", "pictures"))
    if name not in _SETS or not isinstance(variants, list) or not all(isinstance(each, str) for each in variants):
        raise UserError(NOT_UNDERSTOOD)
    if not isinstance(rate, int | float) or isinstance(rate, bool):
        raise UserError(NOT_UNDERSTOOD)
    if name == "cifar10" and not FEWEST_CIFAR <= pictures <= small.MOST_CIFAR:
        raise UserError(f"The number of pictures must be from {FEWEST_CIFAR:,} to {small.MOST_CIFAR:,}.")
    if words := _lacks(name, visitor):
        raise UserError(words)
    wish = Wish(small.Plan(tuple(variants), epochs, float(rate), seed, limit()), _about(name, pictures, visitor))
    try:
        small.check(wish.plan, wish.about)
    except LayerError as error:
        raise UserError(str(error)) from error
    return wish


def _trained(job: Order, wish: Wish) -> dict[str, Any]:
    """Train, and keep the networks for their visitor; what the page shows of that, as JSON."""
    with tempfile.TemporaryDirectory(dir=work_folder()) as place, SPARE.taken(Path(place)) as training:
        job.said = "The pictures are handed to the training"
        data = _pictures(job, wish)
        plan = wish.plan
        try:
            small.check(plan, data.about)  # own classes may have changed since
        except LayerError as error:
            raise UserError(str(error)) from error
        for piece in training.pieces(data, plan, max(1, cores() - 1)):
            training.send(piece)
            job.check()
        if TRAININGS.is_wanted(KIND):
            SPARE.begin()
        try:
            _wait(job, training, wish)
        finally:
            if not TRAININGS.is_wanted(KIND):
                SPARE.end()
        if words := training.failure():
            raise UserError(f"The training ended early: {words}")
        return _outcome(job, training, data, wish)


def _pictures(job: Order, wish: Wish) -> small.SmallSet:
    name = wish.about.name
    with LONG.one():
        if name == "digits":
            return small.of_digits()
        if name == "cifar10":
            return small.of_cifar10(data_folder(), wish.about.train)
        return small.of_collection(job.visitor.collection()[0])


def _wait(job: Order, training: small.SmallTraining, wish: Wish) -> None:
    """Until it has ended, by itself or because somebody stopped it."""
    is_asked, began = False, math.inf
    while not training.ended(EVERY):
        found = training.curves()
        if job.visitor.is_closed or (job.is_stopped and not found):
            raise Stopped
        if job.is_stopped and not is_asked:
            is_asked = True
            training.ask_to_end()  # with what it has
        if found:
            began = min(began, job.took)
            job.said = f"Pass {min(wish.plan.epochs, int(found['at']) + 1)} of {wish.plan.epochs}"
            job.facts = {"curves": found["curves"], "at": found["at"]}
            share = found["at"] / wish.plan.epochs
            spent = sum(each["seconds"] for each in found["curves"])
            if share:
                job.seconds = job.took + min(wish.plan.seconds, spent / share) * (1 - share) + 1
        # It knows its limit itself; this is for one that hangs.
        if job.took > (began + wish.plan.seconds if began < math.inf else BEGINNING) + GRACE:
            training.end()


def _outcome(job: Order, training: small.SmallTraining, data: small.SmallSet, wish: Wish) -> dict[str, Any]:
    found, session = training.curves(), job.visitor.session
    if not found.get("is_over"):
        if job.is_stopped:
            raise Stopped
        raise UserError(NO_TIME)
    spent = sum(each["seconds"] for each in found["curves"])
    share = found["at"] / wish.plan.epochs
    if share:
        _work.took(spent, wish.milliseconds * share)
    _beside.took(max(0.0, job.took - spent), 1)
    job.facts = {"curves": found["curves"], "at": found["at"]}
    made = []
    for folder, curve, network in zip(small.FOLDERS, found["curves"], wish.plan.networks(data.about), strict=False):
        source = training.out / folder
        name = private.keep(lambda out, source=source: shutil.copytree(source, out, dirs_exist_ok=True), session)
        before, after = (round(curve["rows"][at]["val_accuracy"] * data.about.held) for at in (0, -1))
        made.append(
            {
                "name": name,
                "title": title(name),
                "step": _first_step(network, data.about),
                "right": after,
                "before": before,
                "loss": curve["rows"][-1]["val_loss"],
                "seconds": curve["seconds"],
                "weights": network.weights,
            }
        )
    return {
        "made": made,
        "held": data.about.held,
        "train": data.about.train,
        "set": data.title,
        "at": found["at"],
        "epochs": wish.plan.epochs,
        "is_cut": found["is_cut"],
        "is_stopped": job.is_stopped,
        "curves": found["curves"],
        "picture": picture_id.sample_name(*picture_id.DIGITS, 0) if data.about.name == "digits" else "",
    }


def _first_step(found: Network, about: small.About) -> str:
    """The name of the step that a reader sees first: the first layer with weights."""
    first = next((WORDS[each.kind] for each in found.layers if each.kind in "cl"), WORDS["l"])
    return f"{first}1" if about.channels == 3 else f"net.{first}1"
