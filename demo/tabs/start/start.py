"""What the start shows: two pictures, a network's answers to them, and one of its first filters at work."""

from functools import lru_cache
from typing import Any

import numpy as np
from PIL import Image, ImageOps

import model_zoo
from demo.errors import UserError
from demo.pictures import examples
from demo.pictures.decode import open_image
from demo.render.html import data_url, jpeg_url, pack
from model_zoo import Model, Step, walk

KNOWN, UNKNOWN = (
    "Drawing of a ship",
    "Lion",
)  # titles of examples: one that a network has a word for, one that it has not
SIDE = 320  # of the pictures as they are shown, in pixels
NOT_HERE = "The introduction cannot be shown: its pictures are missing here."


@lru_cache(maxsize=2)
def contents(name: str) -> dict[str, Any]:
    """The start with the network of that name.

    Returns:
        `title` of the network and its `classes`; `known` and `unknown`, each with the picture's `title`, `picture` and
        `pixels` (data: URLs; what the network gets) and the network's probabilities `answer`; `unknown` is None where
        the picture is missing. `filter`: its `step` and `channel`, its `kernel` by colour, row and column, and its
        `maps`, the one map of it as `demo.render.html.pack` makes it, to be coloured up to `limit`.

    Raises:
        UserError: the pictures are missing, or the network cannot be shown so.
    """
    model, paths = model_zoo.load(name), examples.examples()
    if KNOWN not in paths:
        raise UserError(NOT_HERE)
    known = open_image(paths[KNOWN])
    return {
        "title": model.title,
        "classes": list(model.classes),
        "known": _picture(model, KNOWN, known),
        "unknown": _picture(model, UNKNOWN, open_image(paths[UNKNOWN])) if UNKNOWN in paths else None,
        "filter": _filter(model, known),
    }


def _picture(model: Model, title: str, picture: Image.Image) -> dict[str, Any]:
    return {
        "title": title,
        "picture": jpeg_url(ImageOps.fit(picture, (SIDE, SIDE)), quality=60),
        "pixels": data_url(model.picture(model.prepare(picture))),
        "answer": dict(model.predict(picture)),
    }


def _filter(model: Model, picture: Image.Image) -> dict[str, Any]:
    first = walk(model.net, model.prepare(picture))[0]
    weight = dict(model.net.named_parameters()).get(f"{first.name}.weight")
    if weight is None or weight.shape[1:] != (3, 3, 3):
        raise UserError(NOT_HERE)
    channel = edge_channel(first)
    values = first.output[0, channel].numpy()
    return {
        "step": first.name,
        "channel": channel,
        "kernel": weight[channel].tolist(),
        "maps": pack(values[None]),
        "limit": float(np.quantile(abs(values[1:-1, 1:-1]), 0.99)),
    }


def edge_channel(step: Step) -> int:
    """The channel of a step's output whose map shows edges most clearly: near 0 in most places, far from it in few."""
    inside = np.abs(step.output[0].numpy()[:, 1:-1, 1:-1]).reshape(step.output.shape[1], -1)  # the rim sees the padding
    return int((np.quantile(inside, 0.95, axis=1) / np.median(inside, axis=1)).argmax())
