"""All that the page relies on in Gradio without Gradio promising it: each such thing is a `Point`, beside its check.

`report` says at the start which points have fallen back. CONVSCOPE_PLAIN_GRADIO=1 lets all of them fall back, or the
named ones: "stubs,routes". Gradio is imported within functions alone, because `without_stubs` comes before its first
import.
"""

from demo.server.gradio_compat.calls import fill_in_defaults, forget_values, tell_who_asks, watch_events
from demo.server.gradio_compat.components import is_update, template_component, texts
from demo.server.gradio_compat.events import EVENT_NAMES, event_data
from demo.server.gradio_compat.files import (
    crop_text,
    first_files,
    given_files,
    path_of,
    sent_path,
    type_of,
    upload_folder,
    upload_route,
    with_crop,
)
from demo.server.gradio_compat.points import POINTS, SWITCH, Point, holds, report
from demo.server.gradio_compat.queue import QueuePolicy, bound_unread, queue_length, take_turns, word_errors
from demo.server.gradio_compat.start import describe_once, without_stubs

__all__ = [
    "EVENT_NAMES",
    "POINTS",
    "SWITCH",
    "Point",
    "QueuePolicy",
    "bound_unread",
    "crop_text",
    "describe_once",
    "event_data",
    "fill_in_defaults",
    "first_files",
    "forget_values",
    "given_files",
    "holds",
    "is_update",
    "path_of",
    "queue_length",
    "report",
    "sent_path",
    "take_turns",
    "tell_who_asks",
    "template_component",
    "texts",
    "type_of",
    "upload_folder",
    "upload_route",
    "watch_events",
    "with_crop",
    "without_stubs",
    "word_errors",
]
