"""The components that show how one value came about."""

from typing import Any

import gradio as gr

from demo.core.components import JsonHTML, widget
from demo.server.modules import mounting


class Inspector(JsonHTML):
    """The calculation of the chosen value, and of those it was made of; its event is `explain` with a place.

    Value: what `demo.tabs.explore.inspector.inspector.inspect` returns; or {}.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**widget("tabs/explore/inspector/inspector", "explain"), **kwargs)


class EffectiveField(gr.HTML):
    """Hands the effective field of a value on to the `ChannelView`, which shows it.

    Value: what `demo.tabs.explore.channel.effective_field.influence` returns, with the event's `ticket`; or {}.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            {},
            html_template="<span hidden></span>",
            js_on_load=mounting("tabs/explore/channel/effective_field.js"),
            apply_default_css=False,
            visible="hidden",
            **kwargs,
        )

    def api_info(self) -> dict[str, Any]:
        return {"type": "object"}


class Player(JsonHTML):
    """The window of a step on its way over the maps before it; its event is `film` with a step and a channel.

    Value: what `demo.tabs.explore.inspector.inspector.film` returns; or {}.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**widget("tabs/explore/inspector/player", "film"), **kwargs)
