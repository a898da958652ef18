"""The Answer tab: its layout and events."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import gradio as gr
from PIL import Image

from demo.core.components import AnswerLine, Panel
from demo.core.handlers import ASKED, SILENT_EVENT, user_errors
from demo.core.outputs import named
from demo.core.payloads import false_alarms, payload
from demo.core.shown_picture import taken_by_button
from demo.core.view import View
from demo.server.modules import mounting
from demo.server.scheduler import LONG, alone, scheduled
from demo.share import downloads
from demo.tabs.predict import predict, stability
from demo.tabs.predict.nearest import nearest
from model_zoo.trust.judgement import FALSE_ALARMS

try:  # on Hugging Face's ZeroGPU hardware; elsewhere the package is absent or does nothing
    from spaces import GPU  # pyright: ignore[reportMissingImports] (only Spaces have it)
except ImportError:

    def GPU(duration: int) -> Callable[[Callable], Callable]:
        return lambda function: function


# It may have to wait for the list of a set of pictures.
READING: dict[str, Any] = {"concurrency_id": "nearest", "concurrency_limit": 4}
MOST_WAITING = 2  # others who wait for long work, beyond which copies are not asked


@dataclass(frozen=True)
class Tab:
    """The components of the tab."""

    probabilities: gr.HTML
    judgement: gr.HTML
    nearest: Panel
    seen: gr.HTML
    shake: gr.Button
    stability: gr.HTML


def layout() -> Tab:
    """The contents of the tab."""
    html: dict[str, Any] = {"apply_default_css": False, "js_on_load": None}
    asking: dict[str, Any] = html | {"js_on_load": mounting("tabs/predict/squares.js", "survey")}
    with gr.Row():
        with gr.Column(scale=1, min_width=300):
            seen = gr.HTML(elem_id="seen", **asking)
            nearest_pictures = Panel(["picture", "model"], elem_id="nearest")
        with gr.Column(scale=1, min_width=300):
            searching: dict[str, Any] = html | {"js_on_load": mounting("tabs/predict/find_class.js")}
            probabilities = gr.HTML(elem_id="probabilities", **searching)
        with gr.Column(scale=1, min_width=300):
            setting: dict[str, Any] = html | {"js_on_load": mounting("tabs/predict/false_alarms.js", "alarms")}
            judgement = gr.HTML(elem_id="judgement", **setting)
    shake = gr.Button(
        "How stable is this answer? Ask again for 200 slightly changed copies", size="md", elem_id="shake"
    )
    shaken = gr.HTML(elem_id="stability", **html)
    downloads.below("answer probabilities judgement nearest seen stability")
    return Tab(probabilities, judgement, nearest_pictures, seen, shake, shaken)


def wire(tab: Tab, answer: AnswerLine, state: list[Any]) -> list[Any]:
    """The events of the tab; those that another answer cancels are returned.

    Args:
        tab: what `layout` returned.
        answer: the bar's, which is looked at once more where it is called sure.
        state: address, network and picture of the page.
    """
    _, model, picture = state
    shaking = tab.shake.click(
        shake_picture, [model, picture], tab.stability, api_visibility="private", **alone("stability")
    )
    once: dict[str, Any] = {"trigger_mode": "always_last"} | SILENT_EVENT
    when = gr.Number(visible=False)
    asking: dict[str, Any] = {"js": ASKED, "trigger_mode": "multiple"} | SILENT_EVENT
    tab.nearest.ask(nearest, [model, picture, when], tab.nearest, **asking, **READING)
    return [shaking, answer.sure(steady, state, answer, **once, **alone("steady"))]


def wire_false_alarms(
    tab: Tab, state: list[Any], refreshing: dict[str, Any], renew: Callable[..., Any], **limit: Any
) -> None:
    """Another share of false alarms is set.

    Args:
        tab: what `layout` returned.
        state: address, network and picture of the page.
        refreshing: `inputs`, `outputs` and `cancels` of the event by which the page shows another answer.
        renew: works out what it shows, of (view, picture, when it was asked, request).
        limit: concurrency of handlers that run a network.
    """
    asking: dict[str, Any] = {"trigger_mode": "multiple", "js": ASKED} | refreshing | SILENT_EVENT | limit
    tab.judgement.alarms(alarms_handler(renew), **asking)


def alarms_handler(renew: Callable[..., Any]) -> Callable[..., Any]:
    """The handler of the judgement's `alarms`; `renew` as for `wire_false_alarms`."""

    @user_errors
    def set_alarms(
        query: str,
        model: str,
        picture: Image.Image | None,
        asked: float | None,
        event: gr.EventData,
        request: gr.Request,
    ) -> Any:
        """The page with the share of false alarms that its reader has set."""
        share = false_alarms(payload(event).get("false_alarms"))
        view = replace(View.of_page(query, model), false_alarms=None if share == FALSE_ALARMS else share)
        return renew(view, picture, asked, request)

    return set_alarms


def wire_pictures(tab: Tab, shown: list[Any], refresh_event: dict[str, Any]) -> None:
    """A picture that the tab shows becomes that of the page, whose answer `refresh_event` then shows."""
    tab.nearest.pick(named(taken_by_button), None, shown, trigger_mode="multiple", **SILENT_EVENT).success(
        **refresh_event
    )


def steady(query: str, model: str, picture: Image.Image | None) -> Any:
    """The answer's words, softer where changed copies disagree; not under load, when nobody would wait for that."""
    if picture is None or LONG.waiting > MOST_WAITING:
        return gr.skip()
    return _steady(View.of_page(query, model), picture) or gr.skip()


@scheduled  # outermost: while this waits for its turn it is no question that others give way to
@user_errors
def _steady(view: View, picture: Image.Image) -> str | None:
    return predict.steadied(view, picture)


@scheduled  # outermost: what is bound to a GPU may run in another process, which knows of no turns
@GPU(duration=10)  # seconds, of a visitor's daily allowance
@user_errors
def shake_picture(model: str, picture: Image.Image | None) -> str:
    """How often the answer stays the same for disturbed copies."""
    return stability.report(model, picture)
