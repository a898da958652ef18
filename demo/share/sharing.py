"""Share this view: the link to it and its QR code, and what becomes of a link that somebody opens."""

from contextlib import suppress
from html import escape
from typing import Any

import gradio as gr

from demo.core.crop import Crop
from demo.core.handlers import SILENT_EVENT, user_errors
from demo.core.outputs import named
from demo.core.payloads import payload, text
from demo.core.shown_picture import CroppedPicture, ShownPicture
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


def wire(
    share: ShareView, tabs: list[gr.Tab], shown: list[Any], origin: PictureOrigin, refresh_event: dict[str, Any]
) -> None:
    """The events.

    Args:
        share: what `layout` returned.
        tabs: the areas of the page in their order, and then all tabs.
        shown: outputs of an event that shows another picture, see `ShownPicture`.
        origin: the one of them that says which picture it is.
        refresh_event: the event by which the page shows the answer for another picture.
    """
    coding = share.code(coded, None, share, trigger_mode="multiple", **SILENT_EVENT)
    coding.failure(None, js=ShareView.UNCODED, trigger_mode="multiple", **PRIVATE)
    share.hiding(None, None, tabs, js=ShareView.TABS, **PRIVATE)
    # Two steps, because somebody may choose another picture while the set is listed: then the second is not asked for.
    origin.want(listed, None, None, **SILENT_EVENT, **FETCHING).then(
        None, js=PictureOrigin.LISTED, trigger_mode="multiple", **PRIVATE
    )
    origin.listed(named(fetched), None, shown, **SILENT_EVENT, **FETCHING).success(**refresh_event)


def tell_when_restored(event: Any) -> None:
    """Lets the browser know that the page shows what its address asks for, or that it cannot be shown."""
    for follow in (event.then, event.failure):
        follow(None, js=PictureOrigin.RESTORED, trigger_mode="multiple", **PRIVATE)


@user_errors
def coded(event: gr.EventData) -> dict[str, str]:
    """The QR code of a link and what to know before it is shown; or why there is none."""
    link = payload(event).get("link")
    if not isinstance(link, str):
        raise UserError("The page sent a link that cannot be understood. Please reload it.")
    try:
        return {"link": link, "src": links.code(link), "refusal": links.warning(link)}
    except UserError as error:
        return {"link": link, "refusal": str(error)}


@user_errors
def listed(event: gr.EventData) -> None:
    """Lists the set of a link's picture, so that `fetched` takes no time; what is wrong with it, `fetched` says."""
    with suppress(UserError):
        picture_id.find(payload(event).get("picture"))


@user_errors
def fetched(event: gr.EventData) -> ShownPicture:
    """The picture of a link whose set has been listed; the picture that is there stays where there is none."""
    data = payload(event)
    try:
        picture, words = picture_id.find(data.get("picture"))
    except UserError as error:
        stays = picture_id.tag(text(data, "shown"), f"The picture of this link is not here: {escape(str(error))}")
        return ShownPicture(gr.skip(), stays)
    crop = Crop.parse(data.get("crop"))
    shown = CroppedPicture(picture, crop) if crop else picture
    return ShownPicture(shown, picture_id.tag(text(data, "picture"), words))
