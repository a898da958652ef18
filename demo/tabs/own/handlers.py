"""What the Own classes tab does with the rest of the page: its picture comes in, own networks go into its lists."""

import itertools
from dataclasses import dataclass
from typing import Any

import gradio as gr
from PIL import Image

from demo.core.handlers import user_errors
from demo.core.networks import choices, offered_names
from demo.core.payloads import payload, text
from demo.errors import UserError
from demo.private.networks import NOT_YOURS
from demo.visitors.pictures import Kept
from demo.visitors.visitors import VISITORS
from train.service import own

_serials = itertools.count(1)


@dataclass(frozen=True)
class Chosen:
    """The network that the page shows and those to compare with it, with what can be chosen."""

    model: Any
    compared: Any


@user_errors
def ask(picture: Image.Image | None, event: gr.EventData, request: gr.Request) -> dict[str, Any]:
    """The token of a page, whose picture is this one now."""
    was = text(payload(event), "token")
    token = VISITORS.open(was, request.session_hash)
    # It has no file here: it is the page's, and is not among those to learn from.
    VISITORS.get(token).page = Kept(b"", own.of_image(picture, "the page's picture")) if picture else None
    return {"token": token, "was": was, "serial": next(_serials)}


@user_errors
def lists(model: Any, compared: Any, event: gr.EventData, request: gr.Request) -> Chosen:
    """The lists of networks anew; a page whose network was replaced shows the one that came in its place (`name` for
    `was`), one whose network was deleted the first of all."""
    offered, names = choices(request.session_hash), offered_names(request.session_hash)
    was, name = text(payload(event), "was"), text(payload(event), "name")
    given = [name if each == was else each for each in compared] if isinstance(compared, list) else []
    drawn = [each for each in given if each in names]
    if model in names:
        shown = gr.Radio(offered)
    else:
        shown = gr.Radio(offered, value=name if model == was and name in names else names[0])
    return Chosen(shown, gr.CheckboxGroup(offered, value=drawn or names[:1]))


@user_errors
def use(model: Any, compared: Any, event: gr.EventData, request: gr.Request) -> Chosen:
    """The whole page shows one of the visitor's networks."""
    name, offered = text(payload(event), "name"), choices(request.session_hash)
    if name not in [each for _, each in offered]:
        raise UserError(NOT_YOURS)
    drawn = compared if isinstance(compared, list) else []
    return Chosen(gr.Radio(offered, value=name), gr.CheckboxGroup(offered, value=[*drawn, *{name}.difference(drawn)]))
