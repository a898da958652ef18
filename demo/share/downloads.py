"""Take it home: the menus of all views, and what the server makes for them: the worksheet."""

from typing import Any

import gradio as gr
from PIL import Image

from demo.core import events
from demo.core.handlers import SILENT_EVENT, user_errors
from demo.core.view import View
from demo.errors import UserError
from demo.share.download_menu import TakeHome
from demo.share.worksheet.worksheet import worksheet


def menu(view: str) -> str:
    """The menu of a view as HTML.

    Args:
        view: what its widget is called in `window.convscopeHome`, or ids of elements of the page, with spaces between.
    """
    return f'<take-home view="{view}"></take-home>'


def below(view: str) -> None:
    """The menu of a view that the server writes, as a component of its own."""
    gr.HTML(menu(view), apply_default_css=False, js_on_load=None, padding=False, elem_classes="take-home")


def wire(state: list[Any], **limit: Any) -> None:
    """What the menus need once in the page.

    Args:
        state: address, network and picture.
        limit: concurrency of handlers that run a network.
    """
    home = TakeHome(elem_id="home")
    making = home.sheet(sheet, state, home, trigger_mode="multiple", **SILENT_EVENT, **limit)
    making.failure(None, js=TakeHome.FAILED, api_visibility="private")


@user_errors
def sheet(query: str, model: str, picture: Image.Image | None, event: gr.EventData) -> dict[str, Any]:
    """The worksheet of a value."""
    position, _ = events.placed(event._data)
    if position is None:
        raise UserError("Choose a value first: its calculation is what the worksheet is about.")
    view = View(**vars(View.parse(query)) | {"model": model})
    return worksheet(view, picture, position) | {"ticket": events.ticket(event._data)}
