"""A look at a picture that moves: from the bytes of a frame to what the page shows of it."""

from dataclasses import dataclass
from typing import Any

from PIL import Image

import model_zoo
from demo.core.inference import infer
from demo.core.view import View
from demo.errors import UserError
from demo.pictures.decode import open_image
from demo.tabs.explore import step_view
from demo.tabs.explore.what_if import what_if
from demo.tabs.predict import predict
from demo.tabs.predict.knows import knows
from model_zoo.common.picture_file import Limits
from model_zoo.entries.folders import folder_of, is_private

FRAME = Limits(pixels=640 * 640, bytes=400_000)
"""The largest frame that is decoded; the page sends squares of 128 to 320 pixels, of 2 to 200 kB."""

NO_FRAME = "The page sent no picture. Please reload it."


@dataclass(frozen=True)
class Look:
    """What the page shows of a frame: as for an upload of the same picture, but nothing that it has already."""

    answer: str  # HTML
    label: str
    whatif: dict[str, Any]
    probabilities: str | None = None  # HTML; only where the tab that is open shows it
    judgement: str | None = None
    seen: str | None = None
    strip: dict[str, Any] | None = None
    grid: dict[str, Any] | None = None
    channel: dict[str, Any] | None = None


def frame(data: bytes) -> Image.Image:
    """The picture in a frame, which stands in memory alone.

    Raises:
        UserError: there is none, or one beyond `FRAME`.
    """
    if not data:
        raise UserError(NO_FRAME)
    return open_image(data, FRAME)


def look(query: str, data: bytes) -> Look:
    """What a view shows of a frame; no value of it is chosen, and nobody will ask about it again.

    Raises:
        UserError: no such network, or no picture.
    """
    names = model_zoo.names()
    view = View.parse(query)
    known = [*names, view.model] if is_private(view.model) and folder_of(view.model) else names
    view = view.settle(known, names[0]).on(None, None)
    made = infer(view, frame(data), keep=False)
    shown: dict[str, Any] = {"answer": predict.answer(made), "label": made.ranking[0][0]}
    shown["whatif"] = what_if.without_picture(made)
    if view.tab == "explore":
        explored = step_view.show_pictures(view, made)
        shown |= {"strip": explored.strip, "grid": explored.grid, "channel": explored.channel}
    else:
        shown |= {"probabilities": predict.probabilities(made), "judgement": knows(made), "seen": predict.seen(made)}
    return Look(**shown)
