"""How handlers fail: in words."""

import functools
import inspect
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import gradio as gr

from demo.core.request_sequencer import Outdated, RequestSequencer
from demo.errors import UserError
from demo.server.bad_requests import FAILED
from demo.server.disk import FULL, is_full
from demo.server.modules import emitting
from demo.server.scheduler import QUESTIONS

log = logging.getLogger(__name__)
# Of events that show what they do by themselves, and are no part of the page's API.
SILENT_EVENT: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
# A template for gr.HTML: the region stands from the start, so that a screen reader speaks what comes into it.
SPOKEN = '<div aria-live="polite">${value}</div>'
# For an event whose last input is a hidden number: when it was asked, by the browser's clock.
ASKED = "(...values) => [...values.slice(0, -1), performance.now()]"


def tell_when_answered(event: Any) -> None:
    """Lets the browser know that a choice has been answered or refused, so that the next one can be sent.

    Args:
        event: what a component's event method returned. `then` does not follow a failed one, only `failure` does.
    """
    for follow, outcome in ((event.then, "answered"), (event.failure, "failed")):
        follow(None, js=emitting("answered", outcome), trigger_mode="multiple", api_visibility="private")


def tell_when_unanswered(event: Any, name: str) -> None:
    """Lets the widget of that `elem_id` know that its question failed, so that it can ask again."""
    event.failure(None, js=emitting("unanswered", name), trigger_mode="multiple", api_visibility="private")


def user_errors(handler: Callable) -> Callable:
    """A handler whose expected errors reach the user as a sentence; any other is logged in one line.

    The handler may be a generator.
    """

    @functools.wraps(handler)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        with QUESTIONS.one(), _worded(handler.__name__):
            return handler(*args, **kwargs)

    @functools.wraps(handler)
    def wrapped_steps(*args: Any, **kwargs: Any) -> Iterator[Any]:
        with _worded(handler.__name__):
            yield from handler(*args, **kwargs)

    return wrapped_steps if inspect.isgeneratorfunction(handler) else wrapped


def if_latest(latest: RequestSequencer, asked: float | None, request: gr.Request, make: Callable[[], Any]) -> Any:
    """What `make` returns for the outputs; nothing changes where the reader has asked something newer by then.

    Args:
        latest: of the questions that replace each other's answers.
        asked: when the reader asked, by the browser's clock; see `ASKED`. What is no number counts as 0.
        request: of the reader's session.
        make: works it out.
    """
    number = asked if isinstance(asked, int | float) else 0.0  # whatever a browser sends
    latest.note(request.session_hash, number)
    try:
        latest.check(request.session_hash, number)
        found = make()
        latest.check(request.session_hash, number)
    except Outdated:
        return gr.skip()
    return found


@contextmanager
def _worded(name: str) -> Iterator[None]:
    try:
        yield
    except gr.Error:
        raise
    except UserError as error:
        raise gr.Error(str(error) or FAILED, print_exception=False) from error
    except Exception as error:
        log.error("%s failed: %r", name, error)
        raise gr.Error(FULL if is_full(error) else FAILED, print_exception=False) from error
