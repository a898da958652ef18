"""The Answer tab: its layout and events."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import gradio as gr
from PIL import Image

from demo.core.handlers import user_errors
from demo.server.scheduler import alone, scheduled
from demo.share import downloads
from demo.tabs.predict import stability

try:  # on Hugging Face's ZeroGPU hardware; elsewhere the package is absent or does nothing
    from spaces import GPU  # pyright: ignore[reportMissingImports] (only Spaces have it)
except ImportError:

    def GPU(duration: int) -> Callable[[Callable], Callable]:
        return lambda function: function


@dataclass(frozen=True)
class Tab:
    """The components of the tab."""

    probabilities: gr.HTML
    seen: gr.HTML
    shake: gr.Button
    stability: gr.HTML


def layout() -> Tab:
    """The contents of the tab."""
    html: dict[str, Any] = {"apply_default_css": False, "js_on_load": None}
    with gr.Row():
        with gr.Column(scale=1, min_width=300):
            seen = gr.HTML(elem_id="seen", **html)
        with gr.Column(scale=1, min_width=300):
            probabilities = gr.HTML(elem_id="probabilities", **html)
    shake = gr.Button(
        "How stable is this answer? Ask again for 200 slightly changed copies", size="md", elem_id="shake"
    )
    shaken = gr.HTML(elem_id="stability", **html)
    downloads.below("answer probabilities seen stability")
    return Tab(probabilities, seen, shake, shaken)


def wire(tab: Tab, model: gr.Radio, picture: gr.Image) -> Any:
    """The event of the tab, which another answer cancels."""
    return tab.shake.click(
        shake_picture, [model, picture], tab.stability, api_visibility="private", **alone("stability")
    )


@scheduled  # outermost: what is bound to a GPU may run in another process, which knows of no turns
@GPU(duration=10)  # seconds, of a visitor's daily allowance
@user_errors
def shake_picture(model: str, picture: Image.Image | None) -> str:
    """How often the answer stays the same for disturbed copies."""
    return stability.report(model, picture)
