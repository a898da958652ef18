"""Networks on order: the pictures pass through a body, a head is validated and fitted, and the network is kept."""

from collections.abc import Callable
from typing import Any

from demo.core.networks import network
from demo.errors import UserError
from demo.server.scheduler import LONG
from demo.tabs.own import learning
from demo.tabs.own.outcome import outcome, stored
from demo.tabs.own.tuning import offer
from demo.visitors.orders import Order, Orders, Rate
from demo.visitors.visitors import Made, Visitor
from train.service import own

FIRST_GUESS = 0.15  # seconds a picture, before the first network was made
TOO_FEW = "Two classes with a picture each are the least."

JOBS = Orders("Your network is being made already.", "networks to be made")
_rate = Rate(FIRST_GUESS)  # of a picture


def order(visitor: Visitor, body: str, title: str) -> None:
    """Order a network of the pictures as they are when its turn comes.

    Raises:
        UserError: this visitor has ordered one, there are too few classes, or too many orders wait.
    """
    collection, _, _ = visitor.collection()
    if len(collection.classes) < 2:
        raise UserError(TOO_FEW)
    if body != learning.BEST:
        learning.body(body)
    JOBS.add(Order(visitor, lambda job: _made(job, body, title), 1 + _rate.seconds * len(collection)))


def _made(job: Order, body: str, title: str) -> dict[str, Any]:
    """Teach and keep the network of an order; the JSON of `outcome`."""

    def pause() -> None:
        job.check()
        LONG.yield_slot()

    with LONG.one():
        pause()
        collection, labels, numbers = job.visitor.collection()
        if len(collection.classes) < 2:
            raise UserError(TOO_FEW)
        candidates = learning.bodies() if body == learning.BEST else (learning.body(body),)
        _show(job, candidates, collection, pause)
        job.said = "Validating: each part of the pictures is held out in turn"
        found = own.teach(collection, candidates, lambda line: _say(job, line), pause=pause)
        job.said = "Writing the network"
        name = stored(found, title, job.visitor.session)
        offered = offer(found, network(name).trust is not None)
        job.visitor.made = Made(name, found.body, collection.key, offered["why"], offered.get("seconds", 0.0))
        shown = outcome(found, name, labels, numbers) | {"tuning": offered}
    _rate.took(job.took, len(collection))
    return shown


def _show(job: Order, candidates: tuple[own.Body, ...], collection: own.Collection, pause: Callable[[], None]) -> None:
    """The pictures pass through a single body, with words on how far that is; of several, `teach` chooses which do."""
    if len(candidates) > 1:
        job.said = "Comparing three networks to learn on, each with part of the pictures held out in turn"
        return
    one = next(iter(candidates))
    missing = one.missing(collection.pictures)
    while missing:
        job.said = f"Looking at the pictures: {len(collection) - len(missing):,} of {len(collection):,}"
        one.features(missing[: learning.TOGETHER])
        missing = missing[learning.TOGETHER :]
        pause()


def _say(job: Order, line: str) -> None:
    job.said = line
