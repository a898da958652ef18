"""Components of lesson links; see the package for how they are made."""

from typing import Any

import gradio as gr

from demo.core.components import widget
from demo.server.modules import calling, emitting, mounting


class ShareView(gr.HTML):
    """The link to the view that the page shows, to copy and as a QR code; and what the opened link did to the page.

    Value: `to_json`: a sentence about what of the opened link is not there; or `link` and `src`, the picture of its QR
    code, or `refusal`, why there is none, or why others could not open it; or {}.
    Events: `code` with the `link`; `hiding` when other tabs are to be in sight: `TABS` is what the page runs then, its
    outputs being the tabs. `UNCODED` is what the page runs when `code` has failed.

    Args:
        keys: of the address, which a link takes along.
        parts: what a link can take out of sight: `name`, `words`, `selectors` ("" for a tab).
    """

    TABS = calling("share/sharing.js", "tabUpdates")
    UNCODED = emitting("uncoded")

    def __init__(self, value: Any = None, *, keys: list[str], parts: list[dict[str, str]], **kwargs: Any) -> None:
        super().__init__(
            value or {},
            **widget("share/sharing", "code", "hiding", with_maps=False),
            keys=keys,
            parts=parts,
            **kwargs,
        )

    def api_info(self) -> dict[str, Any]:
        return {"type": "object"}


class PictureOrigin(gr.HTML):
    """A sentence about the page's picture, and the picture's name in the address.

    Value: what `demo.pictures.picture_id.tag` returns; any other HTML, or "", says that the picture is somebody's own.
    Its event `want` comes with the name, `picture`, of one that takes a while, and that of the one `shown` until then.
    `LISTED` is what the page runs when that one is at hand: then event `listed` comes with the same, if it is still
    wanted. `RESTORED` is what the page runs when it has shown what its address asks for, or failed to.
    """

    LISTED = emitting("listed")
    RESTORED = emitting("restored")

    def __init__(self, value: str = "", **kwargs: Any) -> None:
        script = mounting("share/picture_id.js", "want", "listed")
        super().__init__(value, js_on_load=script, apply_default_css=False, **kwargs)
