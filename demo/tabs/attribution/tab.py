"""The Why tab: which places of the picture speak for a class, and whether the map that says so can be trusted."""

from dataclasses import replace
from typing import Any

import gradio as gr
from PIL import Image

from demo.core.handlers import user_errors
from demo.core.payloads import payload
from demo.core.request_sequencer import Outdated, RequestSequencer
from demo.core.view import METHODS
from demo.errors import UserError
from demo.server.scheduler import alone, paced, scheduled
from demo.share import downloads
from demo.tabs.attribution.attribution_map import QUICK, Question, explanation, tested
from demo.tabs.attribution.components import AttributionChecks, AttributionMap

PROGRESS = gr.Progress()  # Gradio tells by it whose request a handler serves
PRIVATE: dict[str, Any] = {"api_visibility": "private"}
LEAD = (
    "A network cannot tell why it gave an answer. These maps show which places of the picture its score for a class "
    "depends on, and the checks below show how far a map can be trusted."
)

_LATEST = RequestSequencer()


def layout() -> tuple[AttributionMap, AttributionChecks]:
    """The contents of the tab."""
    gr.HTML(f'<p class="quiet">{LEAD}</p>', apply_default_css=False, js_on_load=None)
    parts = AttributionMap(elem_id="why"), AttributionChecks(elem_id="checks")
    downloads.below("checks")
    return parts


def wire(parts: tuple[AttributionMap, AttributionChecks], model: gr.Radio, picture: gr.Image, **limit: Any) -> None:
    """The events of the tab.

    Args:
        parts: what `layout` returned.
        model, picture: what the maps are about.
        limit: concurrency of handlers that run a network for a quick answer.
    """
    shown, checked = parts
    gr.on([picture.change, model.change], None, None, shown, js=AttributionMap.CLEAR, **PRIVATE)
    asked: dict[str, Any] = {"inputs": [model, picture], "trigger_mode": "multiple"} | PRIVATE
    failed: dict[str, Any] = {"fn": None, "js": "() => ({ failed: Date.now() })", "outputs": shown} | PRIVATE
    shown.quick(explain_quickly, outputs=shown, show_progress="hidden", **asked, **limit).failure(**failed)
    shown.slow(explain, outputs=shown, show_progress="minimal", **asked, **alone("maps")).failure(**failed)
    shown.check(check, outputs=checked, show_progress="minimal", **asked, **alone("checks"))


# ------------------------------------------------------------------------------------------------------------ handlers


@user_errors
def explain_quickly(
    model: str, picture: Image.Image | None, event: gr.EventData, request: gr.Request
) -> dict[str, Any]:
    """A Grad-CAM map, whatever method was asked for: the others have a queue of their own."""
    return explanation(model, picture, replace(_noted(event, request), method=QUICK))


@user_errors
@scheduled
def explain(
    model: str,
    picture: Image.Image | None,
    event: gr.EventData,
    request: gr.Request,
    progress: gr.Progress = PROGRESS,
) -> dict[str, Any]:
    """The map that was asked for."""
    report = paced(lambda done, of: progress((done, of), desc="Covering parts", unit="passes"))
    return explanation(model, picture, _noted(event, request), report)


def _noted(event: gr.EventData, request: gr.Request) -> Question:
    """What a visitor asks, who then waits for no earlier question any more."""
    asked = question(payload(event))
    _LATEST.note(request.session_hash, asked.token)
    return asked


@user_errors
@scheduled
def check(
    model: str,
    picture: Image.Image | None,
    event: gr.EventData,
    request: gr.Request,
    progress: gr.Progress = PROGRESS,
) -> dict[str, Any]:
    """The checks of the map that was asked for, as HTML; given up when its visitor has asked for another map."""
    asked = question(payload(event))
    if picture is None:
        return {}

    def report(done: int, of: int) -> None:
        _LATEST.check(request.session_hash, asked.token)
        progress((done, of), desc="Checking", unit="passes")

    try:
        return {"html": tested(model, picture, asked, paced(report)), "token": asked.token}
    except Outdated:
        return {}


def question(data: dict[str, Any]) -> Question:
    """What a browser asked.

    Raises:
        UserError: it cannot be understood.
    """
    method, label, step, token = (data.get(key) for key in ("method", "label", "step", "token"))
    if (
        not (isinstance(method, str) and isinstance(label, str) and isinstance(step, str))
        or method not in METHODS
        or not isinstance(token, int)
        or isinstance(token, bool)
    ):
        raise UserError("The page sent a question that cannot be understood. Please reload it.")
    return Question(method, label, step, token)
