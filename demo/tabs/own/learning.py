"""What a network knows of the pictures so far: worked out in pieces, so that an answer never waits for long."""

import threading
import time
from typing import Any

from demo.errors import UserError
from demo.server.scheduler import LONG
from demo.visitors.pictures import kept
from demo.visitors.visitors import Visitor
from train.service import own

PIECE = 0.5  # seconds of pictures that pass through a body in one question
TOGETHER = 2  # pictures that pass before the clock is looked at
FEWEST = 2  # pictures of each of two classes from which there is an answer
BEST = "best"  # in place of a body's name: that of the least loss in a quick cross-validation
NO_BODY = "There is no such network to learn on. Please reload the page."

_lock = threading.Lock()
_bodies: tuple[own.Body, ...] = ()


def bodies() -> tuple[own.Body, ...]:
    """The networks whose features can be learned on, the usual one first; made at the first question."""
    global _bodies
    with _lock:
        if not _bodies:
            _bodies = tuple(own.bodies())
        return _bodies


def body(name: object) -> own.Body:
    """The body of that name; of `BEST` the usual one, until one is chosen.

    Raises:
        UserError: there is none.
    """
    found = (each for each in bodies() if each.name == name or name == BEST)
    if (chosen := next(found, None)) is None:
        raise UserError(NO_BODY)
    return chosen


def look(visitor: Visitor, name: object) -> dict[str, Any]:
    """What the pictures so far come to: JSON.

    Returns:
        `learned` of `of` pictures have passed through the body by now; `answer`: class number and share of each class,
        the likeliest first, for the page's picture, where there is one; `remarks`: sentences about the pictures, once
        all have passed; `needs`: why there is no answer.
    """
    with LONG.one():
        chosen = body(name)
        collection, labels, _ = visitor.collection()
        missing = _pass(chosen, collection)
        known = _without(collection, missing)
        found: dict[str, Any] = {"learned": len(known), "of": len(collection), "needs": _needs(collection)}
        head = None if found["needs"] else _head(visitor, chosen, known, labels)
        if head and visitor.page:
            found["answer"] = _shares(head[1], labels, own.answer(chosen, head[0], visitor.page.picture).tolist())
        if not missing and len(collection):
            found["remarks"] = own.remarks(collection, own.scenes(collection.pictures))
        return found


def frame(visitor: Visitor, name: object, data: bytes) -> dict[str, Any]:
    """What the network so far answers for a frame of the camera, which is not kept: JSON.

    Raises:
        UserError: it is no picture.
    """
    picture = kept(data, "frame").picture
    with LONG.one():
        chosen, head = body(name), visitor.head
        if head is None or head[0][0] != chosen.key:
            return {}
        model, (made, inside) = chosen.model, head[1]
        shares = made(chosen.of_inputs(model.prepare(picture.load(model.size))))[0].double().softmax(0).tolist()
        return {"answer": _shares(inside, inside, shares)}


def _pass(chosen: own.Body, collection: own.Collection) -> set[str]:
    """Lets pictures pass through the body for a while; the keys of those that are still to come."""
    missing, since = chosen.missing(collection.pictures), time.monotonic()
    while missing and time.monotonic() - since < PIECE:
        chosen.features(missing[:TOGETHER])
        missing = missing[TOGETHER:]
        LONG.yield_slot()
    return {picture.key for picture in missing}


def _without(collection: own.Collection, missing: set[str]) -> own.Collection:
    return collection.take(i for i, picture in enumerate(collection.pictures) if picture.key not in missing)


def _needs(collection: own.Collection) -> str:
    if sum(count >= FEWEST for count in collection.counts) >= 2:
        return ""
    return f"As soon as two classes have {FEWEST} pictures each, the answer of the network so far stands here."


def _head(
    visitor: Visitor, chosen: own.Body, known: own.Collection, labels: list[int]
) -> tuple[own.Head, list[int]] | None:
    """The head for the pictures that have passed, and the numbers of its classes; None while they are of one class."""
    inside = [label for label, count in enumerate(known.counts) if count]
    if len(inside) < 2:
        return None
    numbers = [labels[label] for label in inside]
    some = own.Collection(
        tuple(known.classes[label] for label in inside), known.pictures, tuple(map(inside.index, known.labels))
    )
    pairs = zip(some.pictures, some.labels, strict=True)
    key = chosen.key, tuple(numbers), tuple(sorted((picture.key, label) for picture, label in pairs))
    if visitor.head is None or visitor.head[0] != key:
        visitor.head = key, (own.quick_head(some, chosen), numbers)
    return visitor.head[1]


def _shares(inside: list[int], labels: list[int], shares: list[float]) -> list[dict[str, Any]]:
    """Number and share of each class, the likeliest first; `inside`: the numbers of the classes of the shares."""
    found = [{"class": number, "share": share} for number, share in zip(inside, shares, strict=True)]
    return sorted(found, key=lambda each: (-each["share"], labels.index(each["class"])))
