"""Components of the Data tab; see the package for how they are made."""

from typing import Any

import gradio as gr

from demo.core.components import _text
from demo.server.modules import emitting, mounting_script


class SampleGrid(gr.HTML):
    """Labelled pictures, a page at a time.

    Value: what `demo.tabs.data.sheets.page` returns; or {"message": text}; or {}.
    Events: `open` with the address's `query`, once, when it comes into sight (only where `addressed`); `turn` with
    `set`, `split`, `label`, `page` and what stands in the value's `context`; `pick` with those and `row`.

    Args:
        addressed: keep what is shown in the page's address.
    """

    def __init__(self, addressed: bool, **kwargs: Any) -> None:
        super().__init__(
            {},
            html_template=_text("samples.html"),
            css_template=_text("samples.css"),
            js_on_load=mounting_script(_text("samples.js")),
            apply_default_css=False,
            addressed=addressed,
            **kwargs,
        )

    def api_info(self) -> dict[str, Any]:
        return {"type": "object"}


class Panel(gr.HTML):
    """HTML about the page's picture or network; its event `ask` comes when it is in sight and no longer true.

    Its event `pick` comes with the data of a button in it that was chosen. `RENEWED` is what the page runs when its
    picture or its network ("WHAT") has changed.

    Args:
        follows: "picture", "model" or both.
    """

    RENEWED = emitting("renewed", "WHAT")

    def __init__(self, follows: list[str], **kwargs: Any) -> None:
        super().__init__(
            js_on_load=mounting_script(_text("panel.js")), apply_default_css=False, follows=follows, **kwargs
        )
