"""Own components of the tabs that compare: over the epochs of a training, and in two lanes."""

from typing import Any

import gradio as gr

from demo.core.components import template


class EpochView(gr.HTML):
    """A channel, its kernels and the answer by epoch, with a slider that also moves a cursor on the learning curves.

    Value: what `demo.tabs.curves.epochs.over_time` returns, and the `ticket` of the question that it answers; {} at
    first. It asks for its value with `want` (the page's `query`, a `ticket`) when it comes into sight or the page is
    about another picture or network; `pick` comes with a step, a channel and a `ticket`; `elsewhere` when the Explore
    tab is opened after a pick.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **template("epochs", "asking", "values", "epoch-cursor"), **kwargs)

    def api_info(self) -> dict[str, Any]:
        return {"type": "object"}


class Lanes(gr.HTML):
    """Two passes through networks side by side, and their difference.

    Value: what `demo.tabs.compare.tab.compared` returns, with `about`, the part of the address that it answers, and the
    `ticket` of the question if the widget asked it; {} at first. Its events are those of `EpochView`; a `pick` without
    a ticket is for the address alone.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(
            *args, **template("lanes", "asking", "values", "tiles", "lane-values", "lane-answers"), **kwargs
        )

    def api_info(self) -> dict[str, Any]:
        return {"type": "object"}
