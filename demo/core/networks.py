"""The networks as the page names and describes them; what is missing is said in a sentence."""

import logging
from contextlib import suppress
from html import escape
from typing import Any

from PIL import Image

import model_zoo
from demo.errors import UserError
from model_zoo import Model
from train.service.queue import started

log = logging.getLogger(__name__)
NO_PICTURE = "Give it a picture first: upload one, paste one, use the camera, or pick an example."


def network(name: str) -> Model:
    """The network of that name.

    Raises:
        UserError: there is none, or it is damaged; the message lists the known ones.
    """
    try:
        return model_zoo.load(name)
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
    model = network(name)
    if name == model.card["name"]:
        return model.title
    begun = started(name)
    return f"{model.title}, trained here {begun:%d %b %H:%M:%S}" if begun else f"{model.title} [{name}]"


def choices() -> list[tuple[str, str]]:
    """(title, name) of every usable network."""
    return [(title(name), name) for name in model_zoo.names()]


def facts(name: str) -> str:
    """What to know about a network before using it, as HTML."""
    model = network(name)
    weights = sum(parameter.numel() for parameter in model.net.parameters())
    test = model.card["metrics"].get("test")
    right = f"{test['accuracy']:.1%} of {test['pictures']:,} test pictures right, " if test else ""
    if test and "average_precision" in test and type(test.get("roc_auc")) is float:  # of photos
        right = f"ROC AUC {test['roc_auc']:.3f}, {right}"
    return (
        f'<p class="quiet">{_trained(model.card)} {right}{weights / 1e6:.2f} million weights, '
        f"{len(model.classes)} classes: {escape(', '.join(model.classes))}.{_limits(model.card['data'])}</p>"
    )


def lines() -> dict[str, str]:
    """By the name of every usable network, a line about it: what it knows, how often it is right, and its size."""
    found = {}
    for name in model_zoo.names():
        with suppress(UserError):
            found[name] = _line(network(name))
    return found


def _line(model: Model) -> str:
    classes, test = model.classes, model.card["metrics"].get("test")
    known = ", ".join(classes) if len(classes) <= 3 else f"{len(classes)} classes: {', '.join(classes[:3])} …"
    right = f"{test['accuracy']:.1%} right" if test else ""
    weights = sum(parameter.numel() for parameter in model.net.parameters())
    return " · ".join(filter(None, (known, right, f"{weights / 1e6:.2f} million weights")))


def _limits(data: dict[str, Any]) -> str:
    """What the network was trained on, and for what that is not enough, where its card says so."""
    name, limits = data.get("name"), data.get("limits")
    if not isinstance(name, str) or not isinstance(limits, str):
        return ""
    return f" Learned from: {escape(name)}. <strong>Limits:</strong> {escape(limits)}."


def _trained(card: dict[str, Any]) -> str:
    """How it was trained, in a sentence; values of a stranger's card are looked at only for being there."""
    recipe = card["recipe"]
    # What teachers answer is learned as it is.
    taught = bool(card.get("teachers")) and recipe.get("teaching") == 1
    means = {
        "flip": "mirrored pictures",
        "shift": "shifted pictures",
        "dropout": "dropout",
        "weight_decay": "weight decay",
        "label_smoothing": "label smoothing",
    }
    used = [words for name, words in means.items() if recipe.get(name) and not (taught and name == "label_smoothing")]
    if not used:
        return "Trained on the pictures as they are, with nothing against over-fitting:"
    taught_by = "Learned what trained networks answer. " if taught else ""
    return f"{taught_by}Kept from over-fitting by {', '.join(used)}:"
