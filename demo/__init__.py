"""The page: the only folder that imports gradio.

import demo
demo.show(net, classes=["cat", "dog"], size=64)     # the page on a network of one's own, see demo/showing.py
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from demo.showing import show

__all__ = ["show"]


def __getattr__(name: str) -> Any:
    """`show` at its first use (PEP 562), so that importing one of the rooms loads no other."""
    if name != "show":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from demo.showing import show

    return show
