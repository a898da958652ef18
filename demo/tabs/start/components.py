"""The start's own component."""

from typing import Any

from demo.core.components import JsonHTML, widget


class Start(JsonHTML):
    """The start, and the quiet link that shows it again.

    Value: what `demo.tabs.start.start.contents` gives. Its events: `begin`, when it wants its value, and `open`, when
    the reader leaves it for a `tab`.

    Args:
        is_quiet: whether it is shown only to those who ask for it.
    """

    def __init__(self, is_quiet: bool = False, **kwargs: Any) -> None:
        super().__init__(
            {"is_quiet": True} if is_quiet else {},
            **widget("tabs/start/start", "begin", "open", with_maps=False),
            **kwargs,
        )
