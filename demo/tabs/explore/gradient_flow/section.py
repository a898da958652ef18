"""The section "Why skip connections?" of the Explore tab."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import gradio as gr
from PIL import Image

from demo.core.handlers import SILENT_EVENT, user_errors
from demo.server.scheduler import alone, scheduled
from demo.tabs.explore.gradient_flow import gradient_flow

TITLE = "Why skip connections? Gradients of a deep network, with and without them"


@dataclass(frozen=True)
class Parts:
    """The components that have events."""

    measure: gr.Button
    figure: gr.HTML


def layout() -> Parts:
    """The section, below the work space."""
    with gr.Column(elem_id="why-skips"):
        gr.HTML(f'<h3>{TITLE}</h3><p class="quiet">{gradient_flow.WHAT}</p>', apply_default_css=False, js_on_load=None)
        measure = gr.Button("Measure it now, a few seconds", size="md", elem_id="measure-skips")
        figure = gr.HTML(elem_id="skips", apply_default_css=False, js_on_load=None)
    return Parts(measure, figure)


def wire(parts: Parts, picture: gr.Image) -> None:
    """The events of the section; `picture` is one of those that the gradients come from."""
    waits: dict[str, Any] = SILENT_EVENT | {"show_progress": "minimal"}  # the place of those who wait
    parts.measure.click(measure_skips, picture, parts.figure, **waits, **alone("skips"))


@user_errors
@scheduled
def measure_skips(picture: Image.Image | None) -> Iterator[str]:
    """The gradients of deep networks with and without skip connections, as a figure that grows."""
    yield from gradient_flow.figures(picture)
