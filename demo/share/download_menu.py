"""The component behind the menus with which a view is taken home."""

from typing import Any

import gradio as gr

from demo.server.modules import emitting, mounting


class TakeHome(gr.HTML):
    """What every `<take-home view="...">` in the page's HTML does; its event is `sheet` with the place of a value.

    Value: what `demo.share.worksheet.worksheet.worksheet` returns, with the event's `ticket`; or {}. `FAILED` runs when
    there is none.
    """

    FAILED = emitting("no-sheet")

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            {},
            html_template="<span hidden></span>",
            js_on_load=mounting("share/download_menu.js", "sheet"),
            apply_default_css=False,
            visible="hidden",
            **kwargs,
        )

    def api_info(self) -> dict[str, Any]:
        return {"type": "object"}
