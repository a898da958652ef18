"""The component that opens the live picture."""

from typing import Any

import gradio as gr

from demo.core.components import widget


class Live(gr.HTML):
    """Two buttons that open the pane for drawing and the moving camera; it has no value and no events."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**widget("live/live", with_maps=False), **kwargs)
