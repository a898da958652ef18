"""Components of the Data tab; see the package for how they are made."""

from typing import Any

import gradio as gr

from demo.core.components import widget


class SampleGrid(gr.HTML):
    """Labelled pictures, a page at a time.

    Value: what `demo.tabs.data.sheets.page` returns; or {"message": text}; or {}.
    Events: `open` with the address's `query`, once, when it comes into sight (only where `addressed`); `turn` with
    `set`, `split`, `label`, `page` and what stands in the value's `context`; `pick` with those and `row`.

    Args:
        addressed: keep what is shown in the page's address.
    """

    def __init__(self, addressed: bool, **kwargs: Any) -> None:
        files = widget("tabs/data/samples", "open", "turn", "pick", with_maps=False)
        super().__init__({}, addressed=addressed, **files, **kwargs)

    def api_info(self) -> dict[str, Any]:
        return {"type": "object"}
