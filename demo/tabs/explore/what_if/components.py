"""The components of cause and effect: the What-if bar, and the list of the channels that matter most."""

from typing import Any

import gradio as gr

from demo.core.components import widget
from demo.server.modules import emitting


class WhatIfBar(gr.HTML):
    """Changes to the network's pass, and what becomes of the answer.

    Its event is `edit` with `text`, all changes, and perhaps `add`, one more.
    Value: what `demo.tabs.explore.what_if.what_if.bar` returns; or {}.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**widget("tabs/explore/what_if/whatif", "edit"), **kwargs)

    def api_info(self) -> dict[str, Any]:
        return {"type": "object"}


class ChannelsThatMatter(gr.HTML):
    """The channels whose removal changes the answer most.

    Its events: `find` with `step` ("" for all convolutions) and `label` (a class, "" for the answer); `stop`.
    Value: what `demo.tabs.explore.what_if.what_if.listed` returns; or {}. `OVER` is the script to run when a search has
    failed.
    """

    OVER = emitting("search-over")

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**widget("tabs/explore/what_if/matter", "find", "stop"), **kwargs)

    def api_info(self) -> dict[str, Any]:
        return {"type": "object"}
