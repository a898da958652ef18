"""What the Build tab does with the rest of the page: it gets a token, and its networks go into the page's lists."""

import itertools
from dataclasses import dataclass
from typing import Any

import gradio as gr

from demo.core.handlers import user_errors
from demo.core.networks import choices, offered_names
from demo.core.payloads import payload, text
from demo.visitors.visitors import VISITORS

_serials = itertools.count(1)


@dataclass(frozen=True)
class Chosen:
    """The lists of networks, as they are after a training."""

    model: Any
    compared: Any
    other: Any


@user_errors
def ask(event: gr.EventData, request: gr.Request) -> dict[str, Any]:
    """The token of a page."""
    was = text(payload(event), "token")
    return {"token": VISITORS.open(was, request.session_hash), "was": was, "serial": next(_serials)}


@user_errors
def lists(compared: Any, event: gr.EventData, request: gr.Request) -> Chosen:
    """The lists with the networks that were made; the Curves tab draws these."""
    given, known = payload(event).get("made"), offered_names(request.session_hash)
    made = [name for name in given if name in known] if isinstance(given, list) else []
    drawn = made or (compared if isinstance(compared, list) else [])
    offered = choices(request.session_hash)
    return Chosen(gr.Radio(offered), gr.CheckboxGroup(offered, value=drawn), gr.Radio(offered))
