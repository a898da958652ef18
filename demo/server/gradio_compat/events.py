"""What events carry besides the values of their inputs."""

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from demo.server.gradio_compat.points import holds, point

if TYPE_CHECKING:
    import gradio as gr

# All that events of this page carry, by name.
EVENT_NAMES = (
    *("step", "channel", "row", "column", "chosen", "ticket", "token", "query", "picture", "shown", "index", "link"),
    *("text", "add", "label", "method", "set", "split", "page", "true", "predicted", "kind", "threshold", "seen"),
    *("latex", "context", "every", "name", "title", "tickets", "crop", "file", "order"),
)


def event_data(event: "gr.EventData") -> Any:
    """All that an event carries, as the browser sent it: names with values, or anything else."""
    if holds("event data"):
        return event._data
    found = {}
    for name in EVENT_NAMES:
        with suppress(AttributeError, TypeError):  # not there; or a browser sent no names at all
            found[name] = getattr(event, name)
    return found


@point(
    "event data",
    relies_on="`EventData._data` is what the browser sent",
    otherwise="the names that this page uses are asked for one by one",
)
def _keeps_event_data() -> bool:
    import gradio as gr

    return gr.EventData(None, {"step": "a"})._data == {"step": "a"}
