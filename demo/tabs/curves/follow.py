"""The Curves tab follows trainings: whoever writes a run folder, its curves appear and grow by themselves."""

import zlib
from collections.abc import Callable
from typing import Any

import gradio as gr

from demo.core.networks import choices
from demo.errors import UserError
from demo.tabs.curves.curves import curves

EVERY = 4.0  # seconds between two looks at the run folders


def renewed(compare: Callable[[list[str]], tuple[Any, ...]], clock: Any, names: Any) -> tuple[Any, ...]:
    """What is new in the run folders.

    Args:
        compare: the handler that draws some networks.
        clock: the value of the clock that asks, which says what the page shows.
        names: the networks that are compared, as a browser sent them.

    Returns:
        The list of networks, the three values of `compare`, and the clock; parts that are not new are left out.
    """
    same = gr.skip()
    try:
        offered = choices()
        known = {name for _, name in offered}
        chosen = [name for name in names if isinstance(name, str) and name in known] if isinstance(names, list) else []
        now = {"offered": _sum(offered), "drawn": _sum(curves(chosen))}
        seen = clock.get("seen") if isinstance(clock, dict) else None
        # At the first look the curves have just been drawn with the tab; the list may be as old as the page.
        seen = seen if isinstance(seen, dict) else {"drawn": now["drawn"]}
        drawings = compare(chosen) if seen.get("drawn") != now["drawn"] else (same,) * 3
    except (UserError, gr.Error):  # a run folder is being written at this moment; the next look finds it whole
        return same, same, same, same, {"every": EVERY}
    if seen.get("offered") == now["offered"]:
        offer = same
    else:
        offer = gr.CheckboxGroup(offered) if chosen == names else gr.CheckboxGroup(offered, value=chosen)
    return offer, *drawings, {"every": EVERY, "seen": now}


def _sum(values: Any) -> int:
    return zlib.crc32(repr(values).encode())
