"""How handlers fail: in words."""

import functools
import logging
from collections.abc import Callable
from typing import Any

import gradio as gr

from demo.words import ForUser

log = logging.getLogger(__name__)


def in_words(handler: Callable) -> Callable:
    """A handler whose expected errors reach the user as a sentence; any other is logged in one line."""

    @functools.wraps(handler)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        try:
            return handler(*args, **kwargs)
        except gr.Error:
            raise
        except ForUser as error:
            raise gr.Error(str(error), print_exception=False) from error
        except Exception as error:
            log.error("%s failed: %r", handler.__name__, error)
            raise gr.Error("Something went wrong on the server. Please try again.", print_exception=False) from error

    return wrapped
