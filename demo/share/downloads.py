"""Take it home: the menus of all views, and what the server makes for them: the worksheet."""

from typing import Any

import gradio as gr
from PIL import Image

from demo.core.handlers import SILENT_EVENT, user_errors
from demo.core.inference import Inference, infer
from demo.core.payloads import payload, placed, ticket
from demo.core.view import View
from demo.errors import UserError
from demo.share.download_menu import TakeHome
from demo.share.worksheet.worksheet import worksheet
from model_zoo.explain.sums import back, explain, probability
from model_zoo.explain.sums.document import document
from model_zoo.graph.position import Position


def menu(view: str) -> str:
    """The menu of a view as HTML.

    Args:
        view: the name by which its widget offers something (`offerToTakeHome` in `static/lib/take_home.js`), or ids of
            elements of the page, with spaces between.
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
    """The worksheet of a value; or its calculation as LaTeX, where the browser asks for that."""
    data = payload(event)
    position, _ = placed(data)
    if position is None:
        raise UserError("Choose a value first: its calculation is what the worksheet is about.")
    made = infer(View.of_page(query, model), picture)
    found = {"latex": latex(made, position)} if data.get("latex") is True else worksheet(made, position)
    return found | {"ticket": ticket(data)}


def latex(made: Inference, position: Position) -> str:
    """The calculation of a value and of those that it comes from alone, a logit's probability first, as LaTeX.

    Raises:
        UserError: no such step or value, or its operation is not known.
    """
    try:
        chain = back(made.steps, made.x, explain(made.steps, made.x, *position))
    except ValueError as error:
        raise UserError(str(error)) from error
    is_logit = position.step == made.answer.name and made.is_logit(made.answer)
    return document([*([probability(made.steps, position.channel)] if is_logit else []), *chain])
