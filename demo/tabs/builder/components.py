"""The component of the Build tab."""

from typing import Any

from demo.core.components import JsonHTML
from demo.server.modules import mounting


class Builder(JsonHTML):
    """The whole tab. Its module fetches markup, style and the rest only when the tab is open.

    Value: `token`, by which route.py knows the page, `was`, the one that came with the question, and `serial`, another
    one each time; or {}. Its events: `ask` for a token, and `lists` with the names of networks that were `made`.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            {},
            html_template='<div class="builder"></div>',
            js_on_load=mounting("tabs/builder/build.js", "ask", "lists"),
            apply_default_css=False,
            **kwargs,
        )
