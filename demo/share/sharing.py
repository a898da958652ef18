"""Share this view: the link to it and its QR code, and what becomes of a link that somebody opens."""

from contextlib import suppress
from html import escape
from typing import Any

import gradio as gr
from PIL import Image

from demo.core.handlers import SILENT_EVENT, user_errors
from demo.errors import UserError
from demo.pictures import picture_id
from demo.share import links
from demo.share.components import PictureOrigin, ShareView

# A set may have to be listed first.
FETCHING: dict[str, Any] = {"concurrency_id": "data", "concurrency_limit": 2}
PRIVATE: dict[str, Any] = {"api_visibility": "private"}


def layout() -> ShareView:
    """What stands beside the page's heading."""
    parts = [{"name": name, "words": part.words, "selectors": part.selectors} for name, part in links.PARTS.items()]
    return ShareView(keys=list(links.KEYS), parts=parts, elem_id="share")


def wire(share: ShareView, tabs: gr.Tabs, picture: gr.Image, truth: PictureOrigin, anew: dict[str, Any]) -> None:
    """The events.

    Args:
        tabs, picture, truth: of the page.
        anew: the event by which the page shows another picture.
    """
    coding = share.code(coded, None, share, trigger_mode="multiple", **SILENT_EVENT)
    coding.failure(None, js=ShareView.UNCODED, trigger_mode="multiple", **PRIVATE)
    share.hiding(None, None, list(tabs.children), js=ShareView.TABS, **PRIVATE)
    # Two steps, because somebody may choose another picture while the set is listed: then the second is not asked for.
    truth.want(listed, None, None, **SILENT_EVENT, **FETCHING).then(
        None, js=PictureOrigin.LISTED, trigger_mode="multiple", **PRIVATE
    )
    truth.listed(fetched, None, [picture, truth], **SILENT_EVENT, **FETCHING).success(**anew)


def tell_when_restored(event: Any) -> None:
    """Lets the browser know that the page shows what its address asks for, or that it cannot be shown."""
    for follow in (event.then, event.failure):
        follow(None, js=PictureOrigin.RESTORED, trigger_mode="multiple", **PRIVATE)


@user_errors
def coded(event: gr.EventData) -> dict[str, str]:
    """The QR code of a link, or why there is none."""
    link = event._data.get("link") if isinstance(event._data, dict) else None
    if not isinstance(link, str):
        raise UserError("The page sent a link that cannot be understood. Please reload it.")
    try:
        return {"link": link, "src": links.code(link)}
    except UserError as error:
        return {"link": link, "refusal": str(error)}


@user_errors
def listed(event: gr.EventData) -> None:
    """Lists the set of a link's picture, so that `fetched` takes no time; what is wrong with it, `fetched` says."""
    with suppress(UserError):
        picture_id.find(event._data.get("picture") if isinstance(event._data, dict) else None)


@user_errors
def fetched(event: gr.EventData) -> tuple[Image.Image | Any, str]:
    """The picture of a link whose set has been listed; the picture that is there stays where there is none."""
    data = event._data if isinstance(event._data, dict) else {}
    name, shown = data.get("picture"), data.get("shown")
    try:
        picture, words = picture_id.find(name)
    except UserError as error:
        stays = shown if isinstance(shown, str) else ""
        return gr.skip(), picture_id.tag(stays, f"The picture of this link is not here: {escape(str(error))}")
    return picture, picture_id.tag(name, words)
