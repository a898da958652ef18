"""How handlers fail: in words."""

import functools
import inspect
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import gradio as gr

from demo.words import ForUser

log = logging.getLogger(__name__)


def in_words(handler: Callable) -> Callable:
    """A handler whose expected errors reach the user as a sentence; any other is logged in one line."""
    if inspect.isgeneratorfunction(handler):  # Gradio asks the function itself whether it is one

        @functools.wraps(handler)
        def generating(*args: Any, **kwargs: Any) -> Iterator[Any]:
            with _in_words(handler.__name__):
                yield from handler(*args, **kwargs)

        return generating

    @functools.wraps(handler)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        with _in_words(handler.__name__):
            return handler(*args, **kwargs)

    return wrapped


@contextmanager
def _in_words(name: str) -> Iterator[None]:
    try:
        yield
    except gr.Error:
        raise
    except ForUser as error:
        raise gr.Error(str(error), print_exception=False) from error
    except Exception as error:
        log.error("%s failed: %r", name, error)
        raise gr.Error("Something went wrong on the server. Please try again.", print_exception=False) from error
