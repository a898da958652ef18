"""The networks as the page names and describes them; what is missing is said in a sentence."""

import logging
from collections.abc import Callable
from contextlib import suppress
from html import escape
from typing import Any, TypeVar

from PIL import Image

import model_zoo
from demo.errors import UserError
from demo.private import networks as private
from demo.render.html import term
from model_zoo import Model
from model_zoo.common.listing import MOST, listed
from model_zoo.entries.folders import is_private
from train.service.queue import started

T = TypeVar("T")
log = logging.getLogger(__name__)
YOURS = (
    f" <strong>Yours alone:</strong> only you, and whoever gets a link to it from you, can open it here, and it is "
    f"deleted {private.KEPT_SECONDS // 3600} hours after it came."
)
NO_PICTURE = "Give it a picture first: upload one, paste one, use the camera, or pick an example."


def network(name: str) -> Model:
    """The network of that name.

    Raises:
        UserError: there is none, or it is damaged; the message lists the known ones.
    """
    return _told(name, model_zoo.load)


def card(name: str) -> dict[str, Any]:
    """The card of the network of that name, whose weights need not be read for it.

    Raises:
        UserError: as `network`.
    """
    return _told(name, model_zoo.card_of)


def _told(name: str, find: Callable[[str], T]) -> T:
    try:
        return find(name)
    except KeyError as error:
        raise UserError(error.args[0]) from error
    except model_zoo.BrokenEntry as error:
        log.warning("%s", error)
        raise UserError(
            f"The network {name} cannot be used at the moment: its files are damaged or incomplete."
        ) from error


def given(picture: Image.Image | None) -> Image.Image:
    """The picture.

    Raises:
        UserError: there is none; the message says how to give one.
    """
    if picture is None:
        raise UserError(NO_PICTURE)
    return picture


def title(name: str) -> str:
    """The network's title; one from the run folder says which run it is."""
    found = card(name)
    told = found["title"]
    if name == found["name"]:
        return told
    if is_private(name):
        return f"{told} (yours)"
    begun = started(name)
    return f"{told}, trained here {begun:%d %b %H:%M:%S}" if begun else f"{told} [{name}]"


def offered_names(session: str | None) -> list[str]:
    """The names of every usable network, and of those that belong to the visitor of a session."""
    return [*model_zoo.names(), *private.mine(session)]


def choices(session: str | None = None) -> list[tuple[str, str]]:
    """(title, name) of every usable network, and of those that belong to the visitor of a session."""
    found = []
    for name in offered_names(session):
        with suppress(UserError):  # it went while its list was being made
            found.append((title(name), name))
    return found


def facts(name: str) -> str:
    """What to know about a network before using it, as HTML."""
    model = network(name)
    weights = sum(parameter.numel() for parameter in model.net.parameters())
    test = model.card["metrics"].get("test")
    right = f"{test['accuracy']:.1%} of {test['pictures']:,} test pictures right, " if test else ""
    if test and "average_precision" in test and type(test.get("roc_auc")) is float:  # of photos
        right = f"ROC AUC {test['roc_auc']:.3f}, {right}"
    return (
        f'<p class="quiet">{_trained(model.card)} {right}{_many(weights)}, '
        f"{len(model.classes):,} classes: {escape(_listed(model))}.{_limits(model.card['data'])}"
        f"{YOURS if is_private(name) else ''}</p>"
    )


def _listed(model: Model) -> str:
    """The classes; of many the groups with how many each has, or else some of them."""
    classes, groups = model.classes, model.groups
    if len(classes) <= MOST or not groups:
        return listed(classes)
    return ", ".join(f"{name} ({groups.count(name)})" for name in _largest(model.card))


def _largest(card: dict[str, Any]) -> list[str]:
    """The groups of a network's classes, that of most classes first."""
    groups = card.get("groups") or []
    return sorted(dict.fromkeys(groups), key=groups.count, reverse=True)


def lines(session: str | None = None) -> dict[str, str]:
    """By the name of each network of `choices`, a line: what it knows, how often it is right, and its size."""
    found = {}
    for name in offered_names(session):
        with suppress(UserError):
            found[name] = _line(card(name), _told(name, model_zoo.count_weights))
    return found


def given_names(model: str, session: str | None) -> dict[str, list[str]]:
    """What visitors called things, which no language translates: `titles` of their own networks, and `classes` of the
    one on show, if it is one of these."""
    titles = []
    for name in dict.fromkeys([*private.mine(session), model]):
        with suppress(UserError):
            titles += [card(name)["title"]] if is_private(name) else []
    return {"titles": titles, "classes": list(card(model)["classes"]) if is_private(model) else []}


def _line(found: dict[str, Any], weights: int) -> str:
    classes, test = found["classes"], found["metrics"].get("test")
    first = _largest(found)[:3] or classes[:3]  # kinds of things say more than three of many
    known = ", ".join(classes) if len(classes) <= 3 else f"{len(classes):,} classes: {', '.join(first)} …"
    right = f"{test['accuracy']:.1%} right" if test else _published(found)
    return " · ".join(filter(None, (known, right, _many(weights))))


def _many(weights: int) -> str:
    return f"{weights / 1e6:.2f} million weights" if weights >= 100_000 else f"{weights:,} weights"


def _published(card: dict[str, Any]) -> str:
    """How often others say that it is right, for a network that was not tested here; "" where nobody does."""
    found = card["metrics"].get("published")
    share = found.get("accuracy") if isinstance(found, dict) else None
    return f"{share:.1%} right, as published" if type(share) is float and 0 <= share <= 1 else ""


def _limits(data: dict[str, Any]) -> str:
    """What the network was trained on, and for what that is not enough, where its card says so."""
    name, limits = data.get("name"), data.get("limits")
    if not isinstance(name, str) or not isinstance(limits, str):
        return ""
    return f" Learned from: {escape(name)}. <strong>Limits:</strong> {escape(limits)}."


def _trained(card: dict[str, Any]) -> str:
    """How it was trained, in a sentence; values of a stranger's card are looked at only for being there."""
    recipe, origin = card["recipe"], card.get("origin")
    if isinstance(origin, dict):
        named = [str(origin[key]) for key in ("kind", "architecture", "weights", "file") if origin.get(key)]
        licence = f"licence: {origin['licence']}" if origin.get("licence") else ""
        told = filter(None, (", ".join(named[:3]), licence, _published(card)))
        return f"Trained elsewhere: {escape('; '.join(told))}."
    if not recipe:
        return "Brought from elsewhere; how it was trained is not known here:"
    if "own" in card and "epochs" not in recipe:
        return "A head for own classes on another network's body, which was left as it is:"
    # What teachers answer is learned as it is.
    taught = bool(card.get("teachers")) and recipe.get("teaching") == 1
    means = {
        "flip": "mirrored pictures",
        "shift": "shifted pictures",
        "dropout": term("dropout"),
        "weight_decay": term("weight-decay"),
        "label_smoothing": term("label-smoothing"),
    }
    used = [words for name, words in means.items() if recipe.get(name) and not (taught and name == "label_smoothing")]
    if not used:
        return "Trained on the pictures as they are, with nothing against over-fitting:"
    taught_by = "Learned what trained networks answer. " if taught else ""
    return f"{taught_by}Kept from over-fitting by {', '.join(used)}:"
