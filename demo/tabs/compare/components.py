"""The component of the Compare tab."""

from typing import Any

import gradio as gr

from demo.core.components import widget


class Lanes(gr.HTML):
    """Two passes through networks side by side, and their difference.

    Value: what `handlers.compared` returns, with `about`, the part of the address that it answers, and the
    `ticket` of the question if the widget asked it; {} at first. It asks for its value with `want` (the page's
    `query`, a `ticket`) when it comes into sight or the page is about another picture or network; `pick` comes with a
    step, a channel and a `ticket`, or without one for the address alone; `elsewhere` when the Explore tab is opened
    after a pick.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**widget("tabs/compare/compare", "want", "pick", "elsewhere"), **kwargs)

    def api_info(self) -> dict[str, Any]:
        return {"type": "object"}
