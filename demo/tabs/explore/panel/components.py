"""The panel's row of tabs."""

from typing import Any

import gradio as gr

from demo.core.components import widget


class PanelTabs(gr.HTML):
    """The tabs of the panel, which show and hide its segments in the browser alone; it has no value and no events."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**widget("tabs/explore/panel/panel", with_maps=False), padding=False, **kwargs)
