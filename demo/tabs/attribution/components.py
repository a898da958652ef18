"""The components of the Why tab."""

from typing import Any

import gradio as gr

from demo.core.components import _text, widget
from demo.server.modules import mounting


class AttributionMap(gr.HTML):
    """A map of what speaks for a class over the picture, and the choice of class, method and step.

    Value: what `demo.tabs.attribution.tab.explain` returns; or {} for nothing yet. Its events, with `method`, `label`,
    `step` and a `token` that the answer repeats, are `quick` and `slow`, which ask for a map, and `check`, for the
    checks of it. It asks by itself when it comes into sight with nothing to show; an answer to an older question is not
    shown.
    """

    CLEAR = "() => ({ cleared: Date.now() })"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__({}, **widget("tabs/attribution/attribution_map", "quick", "slow", "check"), **kwargs)

    def api_info(self) -> dict[str, Any]:
        return {"type": "object"}


class AttributionChecks(gr.HTML):
    """The checks of the map that `AttributionMap` shows. Value: `html` and the `token` of the map; or {}."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            {},
            html_template='<div class="checks" aria-live="polite"></div>',
            css_template=_text("checks.css"),
            js_on_load=mounting("tabs/attribution/checks.js"),
            apply_default_css=False,
            **kwargs,
        )

    def api_info(self) -> dict[str, Any]:
        return {"type": "object"}
