"""Events that come often, answered at less cost: values go between page and handler as they are.

Gradio hands each input and each output to its component in a change of threads of its own, and looks through all that a
value holds, number by number, for files. For an answer of the Explore tab that costs more than to work it out.
"""

import functools
from collections.abc import Callable
from typing import Any

import orjson
from PIL import Image

from demo.core.handlers import user_errors
from demo.core.outputs import values
from demo.core.uploads import shown
from demo.server.gradio_compat import holds, is_update, path_of, type_of

# Of an event, whose handler is `raw_handler(...)`.
NO_PROCESSING: dict[str, Any] = {"preprocess": False, "postprocess": False} if holds("raw values") else {}


def raw_handler(handler: Callable) -> Callable:
    """A handler for an event with `NO_PROCESSING`, of one that takes a query, a network, a picture and event data.

    It gets the picture as the page sends it, and opens the file. The widgets get its values as `to_json` writes them.
    """

    @user_errors
    @functools.wraps(handler)
    def wrapped(query: Any, model: Any, file: Any, event: Any) -> Any:
        picture = file if file is None or isinstance(file, Image.Image) else shown(path_of(file), type_of(file))
        found = values(handler(query, model, picture, event))
        return [to_json(each) for each in found] if isinstance(found, list) else to_json(found)

    return wrapped


def to_json(value: Any) -> Any:
    """A widget's value as JSON text; what is no dictionary, or tells Gradio what to change, stays as it is."""
    if not isinstance(value, dict) or is_update(value):
        return value
    return orjson.dumps(value).decode()
