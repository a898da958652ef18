"""The Curves tab follows trainings: whoever writes a run folder, its curves appear and grow by themselves."""

import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import gradio as gr

from demo.core.networks import choices
from demo.core.outputs import skipped
from demo.errors import UserError
from demo.tabs.curves.curves import curves

EVERY = 4.0  # seconds between two looks at the run folders


@dataclass(frozen=True)
class Drawn:
    """Learning curves as HTML, and the paths of their files; None where no network is chosen."""

    charts: Any
    table: Any
    figure: Any


@dataclass(frozen=True)
class Renewed:
    """What is new in the Curves tab."""

    compared: Any  # the list of networks
    drawn: Drawn
    clock: dict[str, Any]


def renewed(compare: Callable[[list[str]], Drawn], clock: Any, names: Any, session: str | None = None) -> Renewed:
    """What is new in the run folders; parts that are not new stay as they are.

    Args:
        compare: the handler that draws some networks.
        clock: the value of the clock that asks, which says what the page shows.
        names: the networks that are compared, as a browser sent them.
        session: of the page, whose visitor may have networks of their own.
    """
    unchanged = skipped(Drawn)
    try:
        offered = choices(session)
        known = {name for _, name in offered}
        chosen = [name for name in names if isinstance(name, str) and name in known] if isinstance(names, list) else []
        now = {"offered": _sum(offered), "drawn": _sum(curves(chosen))}
        seen = clock.get("seen") if isinstance(clock, dict) else None
        # At the first look the curves have just been drawn with the tab; the list may be as old as the page.
        seen = seen if isinstance(seen, dict) else {"drawn": now["drawn"]}
        drawn = compare(chosen) if seen.get("drawn") != now["drawn"] else unchanged
    except (UserError, gr.Error):  # a run folder is being written at this moment; the next look finds it whole
        return Renewed(gr.skip(), unchanged, {"every": EVERY})
    if seen.get("offered") == now["offered"]:
        offer = gr.skip()
    else:
        offer = gr.CheckboxGroup(offered) if chosen == names else gr.CheckboxGroup(offered, value=chosen)
    return Renewed(offer, drawn, {"every": EVERY, "seen": now})


def _sum(values: Any) -> int:
    return zlib.crc32(repr(values).encode())
