"""The places and events of networks of one's own."""

from dataclasses import dataclass
from typing import Any

import gradio as gr

from demo.core.handlers import SILENT_EVENT, tell_when_unanswered
from demo.core.outputs import named, outputs
from demo.tabs.adding import handlers
from demo.tabs.adding.components import AddNetwork, OwnNetworks
from demo.tabs.adding.handlers import Chosen, Removed
from demo.tabs.adding.places import MOST_WAITING

NAME = "adding"
# One is read, some wait for their turn and know it, and one more is refused in words.
ADDING: dict[str, Any] = {"concurrency_id": NAME, "concurrency_limit": MOST_WAITING + 2}


@dataclass(frozen=True)
class PageParts:
    """What of the page depends on which networks there are, and the picture that a new one is tried on."""

    model: gr.Radio
    compared: gr.CheckboxGroup  # whose curves are drawn
    other: gr.Radio  # the second one of a comparison
    picture: gr.Image


def list_layout() -> OwnNetworks:
    """What stands below the list of networks."""
    return OwnNetworks(handlers.own(), elem_id="own-networks")


def layout() -> AddNetwork:
    """The form, which is out of sight until it is wanted."""
    return AddNetwork(elem_id=NAME)


def wire(form: AddNetwork, own: OwnNetworks, page: PageParts, refresh_event: dict[str, Any]) -> None:
    """The events.

    Args:
        form, own: what the layouts returned.
        page: what of it depends on them.
        refresh_event: the event by which the page shows the answer of another network.
    """
    tell_when_unanswered(form.begin(handlers.open_form, None, form, **SILENT_EVENT), NAME)
    # Any number at once: the handler lets one at a time work, tells the others so, and refuses what is too much.
    adding = form.take(handlers.add, page.picture, form, trigger_mode="multiple", **ADDING, **SILENT_EVENT)
    tell_when_unanswered(adding, NAME)
    lists = [page.model, page.compared]
    chosen = outputs(Chosen, model=page.model, compared=page.compared, other=page.other)
    form.use(named(handlers.use), lists, chosen, **SILENT_EVENT).success(**refresh_event)
    removed = outputs(Removed, own=own, lists=chosen)
    gone = own.remove(named(handlers.remove), lists, removed, **SILENT_EVENT)
    tell_when_unanswered(gone, "own-networks")
    gone.success(**refresh_event)
