"""From a collection of pictures to a network: a body chosen, a head cross-validated and fitted."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

import model_zoo
from model_zoo import Model
from train.data.cifar10 import DataError
from train.tools.own.body import Body
from train.tools.own.head import Head, Pause, no_pause
from train.tools.own.pictures import Collection, OwnPicture
from train.tools.own.remarks import remarks
from train.tools.own.scenes import scenes
from train.tools.own.validation import Validation, folds, head_of, validate

MOST_BODIES = 3
USUAL = 0.03  # strength of the penalty before any validation: that which most collections choose
QUICK = 200  # pictures by which bodies are compared, at most

Say = Callable[[str], None]


@dataclass(frozen=True)
class Comparison:
    """How a body did in the quick comparison."""

    body: Body
    accuracy: float | None  # cross-validated, 0..1; None where nothing could be held out
    loss: float | None  # mean cross-entropy in nats, by which the choice is made
    pictures: int  # that were held out


@dataclass(frozen=True, eq=False)
class Taught:
    """A network for own classes, and all that is known of how good it is."""

    collection: Collection
    scenes: tuple[int, ...]  # of each picture
    body: Body
    features: Tensor  # float32 (N, width) of the pictures
    validation: Validation
    head: Head
    compared: tuple[Comparison, ...]  # with which other bodies, the chosen one among them
    seconds: float  # that all of it took
    chosen_anew: tuple[int, int] | None  # of several bodies: pictures that were right, of how many
    seed: int = 0  # of the folds, and of the pictures that compared bodies

    @property
    def remarks(self) -> list[str]:
        """Sentences about few, unbalanced or near-identical pictures."""
        return remarks(self.collection, self.scenes)


def quick_head(collection: Collection, body: Body, strength: float = USUAL) -> Head:
    """The head for pictures as they are now, without validation: what a page shows after each picture.

    Only pictures that are new pass through the body. `answer` says what the head makes of a picture.

    Args:
        strength: of the penalty; that of the last validation where there was one.

    Raises:
        DataError: as `teach`.
    """
    collection.check()
    features = body.features(collection.pictures)
    return head_of(features, collection.labels, len(collection.classes), strength, body.has_bias)


def answer(body: Body, head: Head, picture: OwnPicture) -> Tensor:
    """The probability of each class, float64 (classes,)."""
    return head(body.features([picture]))[0].double().softmax(0)


def bodies() -> list[Body]:
    """The entries of the zoo that are tried where nobody names one, at most `MOST_BODIES`.

    One of each set of pictures that entries were trained on: of its entries that with the most classes, and of these
    the most accurate in the test; those of the most classes first. Who has told many things apart has features for
    more.
    """
    best: dict[str, Model] = {}
    for model in map(model_zoo.load, model_zoo.names()):
        about = str(model.card["data"].get("name"))
        if "own" not in model.card and (about not in best or _rank(model) > _rank(best[about])):
            best[about] = model
    found = []
    for model in sorted(best.values(), key=_rank, reverse=True):
        try:
            found.append(Body.of(model))
        except DataError:  # of another kind, such as one whose last layer is a convolution
            continue
    if not found:
        raise DataError("There is no entry whose features own classes could be learned on.")
    return found[:MOST_BODIES]


def _rank(model: Model) -> tuple[int, float]:
    return len(model.classes), model.card["metrics"].get("test", {}).get("accuracy", 0.0)


def teach(
    collection: Collection,
    candidates: Sequence[Body],
    say: Say = lambda _: None,
    seed: int = 0,
    pause: Pause = no_pause,
) -> Taught:
    """Choose a body, cross-validate a head on it, and fit the head to all pictures.

    Args:
        candidates: one to `MOST_BODIES` bodies; of several that of the least cross-validated loss on at most `QUICK`
            pictures is taken.
        say: gets a line now and then, of how far it is.
        seed: of folds, and of the pictures that compare bodies.
        pause: called several times a second, so that others have their turn; what it raises ends the work.

    Raises:
        DataError: the collection has fewer than two classes, or a class without a picture; or there are more bodies.
    """
    started = time.perf_counter()
    collection.check()
    if not 0 < len(candidates) <= MOST_BODIES:
        raise DataError(f"Name one to {MOST_BODIES} bodies to choose from, not {len(candidates)}.")
    found = scenes(collection.pictures)
    compared, anew = compare(collection, found, candidates, say, seed, pause) if len(candidates) > 1 else ([], None)
    body = min(compared, key=_order).body if compared else candidates[0]
    features = body.features(collection.pictures, pause)
    classes = len(collection.classes)
    validation = validate(features, collection.labels, found, classes, body.has_bias, seed=seed, pause=pause)
    head = head_of(features, collection.labels, classes, validation.strength, body.has_bias)
    seconds = time.perf_counter() - started
    return Taught(collection, tuple(found), body, features, validation, head, tuple(compared), seconds, anew, seed)


def compare(
    collection: Collection,
    found: Sequence[int],
    candidates: Sequence[Body],
    say: Say,
    seed: int = 0,
    pause: Pause = no_pause,
) -> tuple[list[Comparison], tuple[int, int] | None]:
    """Every body cross-validated on the same pictures, at most `QUICK`, whole scenes of them.

    Returns:
        How each did: the best of these figures is too good, as the best of several always is, and so is what `teach`
        tells of the body that was chosen by them; and what `chosen_anew` says of the choice, which is not.
    """
    some = _quick(found, seed)
    part = collection.take(some)
    scenes_ = [found[i] for i in some]
    results, validations = [], []
    for body in candidates:
        features = body.features(part.pictures, pause)
        got = validate(features, part.labels, scenes_, len(part.classes), body.has_bias, seed=seed, pause=pause)
        results.append(Comparison(body, got.accuracy, got.loss, len(got.index)))
        validations.append(got)
        if got.accuracy is not None:
            say(f"{body.name} at {body.size} pixels: {got.accuracy:.1%} of {len(got.index)} held-out pictures right")
    return results, chosen_anew(validations, folds(part.labels, scenes_, seed))


def chosen_anew(validations: Sequence[Validation], fold: Sequence[int]) -> tuple[int, int] | None:
    """How often the choice of a body is right on pictures that had no say in it.

    For each part that is held out, the body is taken whose loss on the other parts is the least, and its answers count.
    This costs nothing beside the validations of all bodies. The heads that answered the other parts had learned from
    this one, which leaves a trace of it in the choice; without it every head would be fitted once more for each part.

    Args:
        validations: of each body, of the same pictures in the same parts.
        fold: the part of each picture.

    Returns:
        The number of pictures that were right, and of all that were held out; None where none were.
    """
    first = validations[0]
    if not first.index:
        return None
    part, right = torch.tensor([fold[i] for i in first.index]), 0
    for held in part.unique():
        inside = part == held
        losses = [cross_entropy(each.logits[~inside], each.labels[~inside]).item() for each in validations]
        best = validations[losses.index(min(losses))]
        right += int((best.answers == best.labels)[inside].sum())
    return right, len(first.index)


def _order(one: Comparison) -> float:
    return float("inf") if one.loss is None else one.loss


def _quick(found: Sequence[int], seed: int) -> list[int]:
    """Numbers of at most `QUICK` pictures, in order; of every scene but the last all or none."""
    if len(found) <= QUICK:
        return list(range(len(found)))
    order = np.random.default_rng(seed).permutation(max(found) + 1).tolist()
    place = {scene: at for at, scene in enumerate(order)}
    return sorted(sorted(range(len(found)), key=lambda i: place[found[i]])[:QUICK])
