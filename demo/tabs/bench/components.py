"""The bench's own component."""

from typing import Any

from demo.core.components import JsonHTML
from demo.server.modules import mounting


class Bench(JsonHTML):
    """The whole bench. Its module fetches markup, style and the rest only when the tab is open.

    Events: `pictures` and `kernels`, as `demo.tabs.bench.handlers` answers them; the value is the last answer, {} for
    none.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            {},
            html_template='<div class="bench"></div>',
            js_on_load=mounting("tabs/bench/bench.js", "pictures", "kernels"),
            apply_default_css=False,
            **kwargs,
        )
