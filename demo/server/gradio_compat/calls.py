"""Around each call of `Blocks.process_api`, which runs an event: values, who asks, and what is counted."""

import functools
import inspect
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any

from demo.server.gradio_compat.points import holds, point, source
from demo.server.visitors import PROGRAM, Visitor

if TYPE_CHECKING:
    import gradio as gr


def fill_in_defaults(page: "gr.Blocks") -> None:
    """Let programs leave out the last values of an endpoint for which its function has defaults.

    Gradio 6.31 does so in its own clients alone; a request that somebody wrote by hand would fail with every value
    that an endpoint gets in addition.
    """
    if not holds("missing values"):
        return
    process = page.process_api

    @functools.wraps(process)
    async def filled(block_fn: Any, inputs: Any, *args: Any, **kwargs: Any) -> Any:
        asked = page.fns[block_fn] if isinstance(block_fn, int) else block_fn
        return await process(block_fn, _with_defaults(asked, inputs), *args, **kwargs)

    page.process_api = filled


def _with_defaults(asked: Any, inputs: Any) -> Any:
    if asked.fn is None or not isinstance(inputs, list) or len(inputs) >= len(asked.inputs):
        return inputs
    missing = list(inspect.signature(asked.fn).parameters.values())[len(inputs) : len(asked.inputs)]
    if any(each.default is inspect.Parameter.empty for each in missing):
        return inputs
    return [*inputs, *(each.default for each in missing)]


def watch_events(page: "gr.Blocks", seen: Callable[[str, float, bool], None]) -> None:
    """Report each event that the server answers: its name, the seconds, and whether there was no error."""
    if not holds("missing values"):
        return
    process = page.process_api

    @functools.wraps(process)
    async def watched(block_fn: Any, *args: Any, **kwargs: Any) -> Any:
        asked = page.fns[block_fn] if isinstance(block_fn, int) else block_fn
        start, is_answered = time.perf_counter(), False
        try:
            answer = await process(block_fn, *args, **kwargs)
            is_answered = True
            return answer
        finally:
            seen(str(asked.api_name or asked.name), time.perf_counter() - start, is_answered)

    page.process_api = watched


@point(
    "missing values",
    relies_on="`Blocks.process_api` gets the function and its inputs by these names",
    otherwise="programs that make their requests by hand must send every value of an endpoint, and no event is counted",
)
def _is_called_by_name() -> bool:
    called = source("route_utils").split(".process_api(", 1)[1]
    return "block_fn=" in called[:300] and "inputs=" in called[:300]


def forget_values(page: "gr.Blocks") -> None:
    """Let a session keep none of the values that it was sent, which Gradio keeps for links to a state of a page.

    They would be 1.2 MB for each visitor who has looked at all tabs, until as many sessions have come after his as
    `state_session_capacity` says. What a page has as `gr.State` stays.
    """
    if not holds("values of sessions"):
        return
    process = page.process_api

    @functools.wraps(process)
    async def light(*args: Any, state: Any = None, **kwargs: Any) -> Any:
        if state is not None:
            state._update_value_in_config = _forget
        return await process(*args, state=state, **kwargs)

    page.process_api = light


def _forget(key: int, value: Any) -> None:
    pass


@point(
    "values of sessions",
    relies_on="`Blocks.process_api` gets the session, whose `_update_value_in_config` keeps values for links alone",
    otherwise="each session keeps the last answers that it was sent",
)
def _keeps_values() -> bool:
    called, kept = source("route_utils").split(".process_api(", 1)[1][:900], source("state_holder")
    return "state=session_state" in called and "def _update_value_in_config(self, key: int, value: Any)" in kept


def tell_who_asks(page: "gr.Blocks", asking: Callable[[Visitor], AbstractContextManager[None]]) -> None:
    """Let all that an event of a page does run within `asking`, the opening of its files included."""
    if not holds("who asks"):
        return
    process = page.process_api

    @functools.wraps(process)
    async def known(*args: Any, request: Any = None, event_id: str | None = None, **kwargs: Any) -> Any:
        with asking(visitor_of(request, getattr(request, "session_hash", None), event_id)):
            return await process(*args, request=request, event_id=event_id, **kwargs)

    page.process_api = known


def visitor_of(request: Any, session: Any, event: Any) -> Visitor:
    """Who sent a request: a session of the page, or a program, whose session is the event itself."""
    client = getattr(request, "client", None)
    return Visitor(str(getattr(client, "host", "")), PROGRAM if session in (None, event) else str(session))


@point(
    "who asks",
    relies_on="`Blocks.process_api` gets the request and the number of the event",
    otherwise="nobody knows whose work it is, and long work goes in the order in which it was asked for",
)
def _tells_requests() -> bool:
    called = source("route_utils").split(".process_api(", 1)[1][:900]
    return "request=" in called and "event_id=" in called and "= session_hash or self._id" in source("queueing")
