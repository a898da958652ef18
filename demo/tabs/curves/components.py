"""The component of the Curves tab that shows a channel over the epochs of a training."""

from typing import Any

import gradio as gr

from demo.core.components import widget


class EpochView(gr.HTML):
    """A channel, its kernels and the answer by epoch, with a slider that also moves a cursor on the learning curves.

    Value: what `demo.tabs.curves.epochs.over_time` returns, and the `ticket` of the question that it answers; {} at
    first. It asks for its value with `want` (the page's `query`, a `ticket`) when it comes into sight or the page is
    about another picture or network; `pick` comes with a step, a channel and a `ticket`; `elsewhere` when the Explore
    tab is opened after a pick.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**widget("tabs/curves/epochs", "want", "pick", "elsewhere"), **kwargs)

    def api_info(self) -> dict[str, Any]:
        return {"type": "object"}
