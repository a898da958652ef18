"""Cause and effect in the Explore tab: the What-if bar, and which channels an answer depends on."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import gradio as gr
from PIL import Image

from demo.core.handlers import ASKED, SILENT_EVENT, tell_when_answered, user_errors
from demo.core.inference import infer
from demo.core.networks import given, network
from demo.core.payloads import payload, picked
from demo.core.view import View
from demo.errors import UserError
from demo.server.scheduler import alone, scheduled
from demo.tabs.explore.what_if import what_if
from demo.tabs.explore.what_if.components import ChannelsThatMatter, WhatIfBar
from model_zoo.explain.ablation import most_important


@dataclass(frozen=True)
class Parts:
    """The components that have events."""

    bar: WhatIfBar
    importance: ChannelsThatMatter


def layout() -> Parts:
    """What stands above the steps."""
    return Parts(WhatIfBar(elem_id="whatif", padding=False), ChannelsThatMatter(elem_id="matter", padding=False))


def wire(parts: Parts, state: list[Any], refreshing: dict[str, Any], renew: Callable[..., Any], **limit: Any) -> None:
    """The events.

    Args:
        parts: what `layout` made.
        state: address, network and picture.
        refreshing: `inputs`, `outputs` and `cancels` of the event by which the page shows another answer.
        renew: works out what it shows, of (view, picture, when it was asked, request).
        limit: concurrency of handlers that run a network.
    """
    often: dict[str, Any] = {"trigger_mode": "multiple", "js": ASKED} | refreshing | SILENT_EVENT | limit
    tell_when_answered(parts.bar.edit(edit_handler(renew), **often))
    waits: dict[str, Any] = SILENT_EVENT | {"show_progress": "minimal"}  # the place of those who wait
    finding = parts.importance.find(find, state, parts.importance, **waits, **alone("importance"))
    finding.failure(None, js=ChannelsThatMatter.OVER, api_visibility="private")
    parts.importance.stop(None, cancels=[finding], api_visibility="private")


def edit_handler(renew: Callable[..., Any]) -> Callable[..., Any]:
    """The handler of the bar's `edit`; `renew` as for `wire`."""

    @user_errors
    def edit(
        query: str,
        model: str,
        picture: Image.Image | None,
        asked: float | None,
        event: gr.EventData,
        request: gr.Request,
    ) -> Any:
        """The answer with the changes that the bar asks for; one that is impossible is refused in a sentence."""
        return renew(edited(query, model, picture, payload(event)), picture, asked, request)

    return edit


def edited(query: str, model: str, picture: Image.Image | None, data: dict[str, Any]) -> View:
    """The page's view with the changes that the bar asks for.

    Raises:
        UserError: no picture or network, the browser sent no changes, or the added one is impossible.
    """
    given(picture)
    text = what_if.changed_text(data, network(model).black)
    view = replace(View.of_page(query, model), edits=text)
    if data.get("add") and (refused := infer(view, picture).refused):
        raise UserError(" ".join(refused))
    return view


@user_errors
@scheduled
def find(query: str, model: str, picture: Image.Image | None, event: gr.EventData) -> Iterator[dict[str, Any]]:
    """The channels that matter most for an answer, more and more of them."""
    made = infer(View.of_page(query, model), picture)
    data = payload(event)
    step, _ = picked(data)
    names, label = what_if.importance_of(made, step, data.get("label"))
    for found in most_important(made.model.net, made.prepared, names, label, made.edits):
        yield what_if.listed(made, found, label, step)
