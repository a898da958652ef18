"""Events that come often, answered at less cost: values go between page and handler as they are.

Gradio hands each input and each output to its component in a change of threads of its own, and looks through all that a
value holds, number by number, for files. For an answer of the Explore tab that costs more than to work it out.
"""

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import gradio as gr
import orjson
from gradio.utils import get_upload_folder
from PIL import Image

from demo.core.handlers import user_errors
from demo.errors import UserError
from demo.pictures.decode import open_image

NO_PROCESSING: dict[str, Any] = {
    "preprocess": False,
    "postprocess": False,
}  # of an event, whose handler is `raw_handler(...)`


def raw_handler(handler: Callable) -> Callable:
    """A handler for an event with `NO_PROCESSING`, of one that takes a query, a network, a picture and event data.

    It gets the picture as the page sends it, and opens the file. The widgets get its values as `to_json` writes them.
    """

    @user_errors
    @functools.wraps(handler)
    def wrapped(query: Any, model: Any, file: dict[str, Any] | None, event: gr.EventData) -> Any:
        found = handler(query, model, None if file is None else opened(file["path"]), event)
        return tuple(map(told, found)) if isinstance(found, tuple) else told(found)

    return wrapped


def told(value: Any) -> Any:
    """A widget's value as JSON text; what is no dictionary, or tells Gradio what to change, stays as it is."""
    if not isinstance(value, dict) or "__type__" in value:
        return value
    return orjson.dumps(value).decode()


def opened(path: str | None) -> Image.Image:
    """The picture in a file of the folder of uploads.

    Raises:
        gr.Error: there is none, or it is none; the message is for the user.
    """
    if path is None:
        raise gr.Error("Please upload the picture as a file.", print_exception=False)
    try:
        # Gradio looks after that only for files that call themselves so, which a stranger's request may leave out.
        if not Path(path).resolve().is_relative_to(Path(get_upload_folder()).resolve()):
            raise FileNotFoundError(path)
        return _opened(path, Path(path).stat().st_mtime_ns)
    except FileNotFoundError:
        raise gr.Error("The picture is no longer on the server. Please give it again.", print_exception=False) from None
    except UserError as error:
        raise gr.Error(str(error), print_exception=False) from error


@functools.lru_cache(maxsize=64)
def _opened(path: str, time: int) -> Image.Image:
    """Kept for a while, because every click in the page asks for the same picture again; nobody changes it."""
    return open_image(path)
