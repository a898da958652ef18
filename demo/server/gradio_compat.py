"""All that the page relies on in Gradio without Gradio promising it, in one place.

Each such thing is a `Point`: what is relied on, the version in which it was read, a check that it still holds, and what
happens where it does not: something plainer and slower that Gradio does promise. `report` says at the start which
points have fallen back. CONVSCOPE_PLAIN_GRADIO=1 lets all of them fall back, or the named ones: "stubs,routes".

Gradio is imported within functions alone, because `without_stubs` comes before its first import.
"""

import copy
import functools
import importlib.util
import inspect
import logging
import os
import random
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from demo.server.visitors import PROGRAM, Visitor

if TYPE_CHECKING:
    import gradio as gr

log = logging.getLogger(__name__)
READ_IN = "6.31.0"
SWITCH = "CONVSCOPE_PLAIN_GRADIO"
Class = TypeVar("Class", bound=type)


@dataclass(frozen=True)
class Point:
    """Something in Gradio that it does not promise."""

    relies_on: str
    otherwise: str  # what the page does where it no longer holds
    check: Callable[[], bool]
    read_in: str = READ_IN


def holds(name: str) -> bool:
    """Whether the point of that name can be relied on; looked at once."""
    return _holds(name, os.environ.get(SWITCH, ""))


@functools.lru_cache(maxsize=64)
def _holds(name: str, switched_off: str) -> bool:
    if switched_off == "1" or name in switched_off.split(","):
        return False
    try:
        return bool(POINTS[name].check())
    except Exception as error:  # whatever has become of it
        log.debug("%s: %r", name, error)
        return False


def report() -> list[str]:
    """The points that have fallen back; a line of log for each."""
    fallen = [name for name in POINTS if not holds(name)]
    for name in fallen:
        point = POINTS[name]
        log.warning("Gradio is not as in %s: %s. So %s (%s).", point.read_in, point.relies_on, point.otherwise, name)
    return fallen


# ------------------------------------------------------------------------------------------------- a quicker start


@contextmanager
def without_stubs() -> Iterator[None]:
    """Let component classes be defined without a `.pyi` beside their source.

    Gradio 6.31 parses the source of each of its 80 component classes at every start, and of ours, to write these files
    for editors, which costs a quarter of the whole start-up. It leaves out a class whose source file is not known.
    """
    if not holds("stubs"):
        yield
        return
    known = inspect.getfile

    def getfile(thing: Any) -> str:
        if type(thing).__name__ == "ComponentMeta":
            raise OSError("no stub is wanted")
        return known(thing)

    inspect.getfile = getfile
    try:
        yield
    finally:
        inspect.getfile = known


def _source(module: str) -> str:
    """The source of a module of Gradio, which is not imported for it."""
    found = importlib.util.find_spec("gradio")
    folders = found.submodule_search_locations if found else None
    return (Path((folders or [""])[0]) / f"{module}.py").read_text(encoding="utf-8")


def _leaves_out_stubs() -> bool:
    written = _source("component_meta").split("def create_or_modify_pyi", 1)[1]
    looked, _, caught = written.partition("inspect.getfile(component_class)")
    return len(looked) < 300 and caught.lstrip(") \n").startswith("except OSError")


# --------------------------------------------------------------------------------------------- a quicker page


def describe_once(page: "gr.Blocks") -> None:
    """Work out the description of each part of a finished page now, and keep it.

    Gradio 6.31 does it anew for every session, and so for every call by a program: schemas, signatures and settings of
    all components, which for this page takes longer than the network does. A session writes into its own copy of the
    settings; a component that an event replaces in a session is a new one, which describes itself.
    """
    if not holds("descriptions"):
        return
    for block in page.blocks.values():
        # Partials, not closures: ZeroGPU hardware may pickle components.
        setattr(block, "get_config", functools.partial(copy.copy, block.get_config()))  # noqa: B010
        if not block.skip_api:
            for name in ("api_info", "api_info_as_input", "api_info_as_output", "example_inputs"):
                if hasattr(block, name):
                    setattr(block, name, functools.partial(_same, getattr(block, name)()))


def _same(description: Any) -> Any:
    return description


def _describes_by_methods() -> bool:
    import gradio as gr

    with gr.Blocks(analytics_enabled=False) as page:
        text = gr.Textbox("a")
    setattr(text, "get_config", functools.partial(copy.copy, text.get_config() | {"info": "ours"}))  # noqa: B010
    shown = next(part for part in page.get_config_file()["components"] if part["id"] == text._id)
    return page.blocks[text._id] is text and not text.skip_api and shown["props"]["info"] == "ours"


# ------------------------------------------------------------------------------------------ what a program leaves out


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


def _is_called_by_name() -> bool:
    called = _source("route_utils").split(".process_api(", 1)[1]
    return "block_fn=" in called[:300] and "inputs=" in called[:300]


# ------------------------------------------------------------------------------------------- who asks, and who is next


def tell_who_asks(page: "gr.Blocks", asking: Callable[[Visitor], AbstractContextManager[None]]) -> None:
    """Let all that an event of a page does run within `asking`, the opening of its files included."""
    if not holds("who asks"):
        return
    process = page.process_api

    @functools.wraps(process)
    async def known(*args: Any, request: Any = None, event_id: str | None = None, **kwargs: Any) -> Any:
        with asking(_visitor(request, getattr(request, "session_hash", None), event_id)):
            return await process(*args, request=request, event_id=event_id, **kwargs)

    page.process_api = known


def _visitor(request: Any, session: Any, event: Any) -> Visitor:
    client = getattr(request, "client", None)
    return Visitor(str(getattr(client, "host", "")), PROGRAM if session in (None, event) else str(session))


def _tells_requests() -> bool:
    called = _source("route_utils").split(".process_api(", 1)[1][:900]
    return "request=" in called and "event_id=" in called and "= session_hash or self._id" in _source("queueing")


class QueuePolicy(Protocol):
    """Which event of a queue is next, and which are refused."""

    def next(self, queue: str, waiting: list[Visitor], working: list[Visitor], places: int | None) -> int | None:
        """The place of the next one among those that wait; None for none of them now."""
        ...

    def order(self, queue: str, waiting: list[Visitor]) -> list[int]:
        """The places of all that wait, in the order in which they will come."""
        ...

    def refusal(self, visitor: Visitor, waiting: list[Visitor]) -> str:
        """Why one more of that visitor's cannot wait; "" where it can."""
        ...


def take_turns(page: "gr.Blocks", policy: QueuePolicy) -> None:
    """Let the events of a page's queues come in an order of our own; Gradio's is that of their arrival."""
    if not holds("queue order"):
        return
    queue = page._queue
    push = queue.push

    def get_events() -> Any:
        working = [event for job in queue.active_jobs for event in job or ()]
        names = list(queue.event_queue_per_concurrency_id)
        random.shuffle(names)
        for name in names:
            line = queue.event_queue_per_concurrency_id[name]
            places = line.concurrency_limit
            if not line.queue or (places is not None and line.current_concurrency >= places):
                continue
            here = [_visitor_of(event) for event in working if event.concurrency_id == name]
            number = policy.next(name, [_visitor_of(event) for event in line.queue], here, places)
            if number is not None:
                return [line.queue.pop(number)], False, name
        return None

    async def fair_push(body: Any, request: Any, username: Any) -> Any:
        lines = queue.event_queue_per_concurrency_id
        waiting = [_visitor_of(event) for line in lines.values() for event in line.queue]
        told = policy.refusal(_visitor(request, body.session_hash, None), waiting)
        if told:
            return False, told, "queue_full"
        found = await push(body=body, request=request, username=username)
        event = queue.event_ids_to_events.get(str(found[1])) if found[0] else None
        if event is not None and event.concurrency_id in lines:  # places are told by the order in the list
            line = lines[event.concurrency_id].queue
            line[:] = [line[n] for n in policy.order(event.concurrency_id, [_visitor_of(each) for each in line])]
        return found

    queue.get_events = get_events
    queue.push = fair_push  # type: ignore[method-assign]


def _visitor_of(event: Any) -> Visitor:
    return _visitor(event.request, event.session_hash, event._id)


def _asks_for_events() -> bool:
    source = _source("queueing")
    asked = "events, batch, concurrency_id = event_batch" in source and "event_batch = self.get_events()" in source
    return asked and "event_queue.queue.append(event)" in source and "blocks._queue.push(" in _source("routes")


def word_errors(page: "gr.Blocks", words: str) -> None:
    """Let no event of a page end with an error without words; Gradio tells those of its own errors to nobody."""
    if not holds("error messages"):
        return
    queue = page._queue
    send = queue.send_message

    @functools.wraps(send)
    def worded(event: Any, event_message: Any) -> None:
        told = getattr(event_message, "output", None)
        if getattr(event_message, "success", True) is False and isinstance(told, dict) and not told.get("error"):
            told["error"] = words
        send(event, event_message)

    queue.send_message = worded


def _sends_errors_as_messages() -> bool:
    return "output = error_payload(" in _source("queueing") and "success=False" in _source("queueing")


# ----------------------------------------------------------------------------------------- what the host can watch


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


def queue_length(page: "gr.Blocks") -> int:
    """How many events wait; 0 where that is not known."""
    return len(page._queue) if holds("queue length") else 0


def _has_queue_length() -> bool:
    from gradio.queueing import Queue

    return "event_queue.queue" in inspect.getsource(Queue.__len__)


# ------------------------------------------------------------------------------------------------ texts it lacks

# Texts that Gradio 6.31 asks for by a key and has in no language: it would show the key itself, and `common.complete`
# is what it tells screen readers at the end of every event.
LACKING = {
    "common.complete": "Done",
    "common.video": "Video",
    "image.no_webcam_support": "This browser gives the page no camera; it may want an address with https.",
}


def texts() -> "gr.I18n":
    """The texts that Gradio lacks, for `Blocks.launch`; other languages fall back to English."""
    import gradio as gr

    return gr.I18n(en=LACKING)


# --------------------------------------------------------------------------------------- what a browser has sent

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


def _keeps_event_data() -> bool:
    import gradio as gr

    return gr.EventData(None, {"step": "a"})._data == {"step": "a"}


def given_files(payload: Any) -> list[Any]:
    """The files that a component with preprocessing was given, each with `path` and `orig_name`: one, or a list."""
    return [file for file in getattr(payload, "root", [payload]) if file is not None]


def path_of(file: Any) -> str | None:
    """The path of a file as an event without preprocessing gets it; None where there is no such thing."""
    path = file.get("path") if isinstance(file, dict) else None
    return path if isinstance(path, str) else None


CROP = ";crop="


def type_of(file: Any) -> str | None:
    """The type of such a file, as the browser says it; None where there is no such thing."""
    kind = file.get("mime_type") if isinstance(file, dict) else None
    return kind if isinstance(kind, str) else None


def with_crop(sent: Any, crop: str) -> Any:
    """A file that an image component sends to the page, with the square that is chosen of it; "" for the whole.

    The square is a parameter of the file's type ("image/png;crop=250,0,500"), which the browser sends back with every
    question: no other field of a file's both stays as it is and means nothing to Gradio. `crop.js` writes the same.
    """
    if crop and sent is not None and holds("file types"):
        return sent.model_copy(update={"mime_type": f"{sent.mime_type or 'image/*'}{CROP}{crop}"})
    return sent


def crop_text(kind: str | None) -> str:
    """What `with_crop` wrote into a file's type; "" for nothing."""
    return (kind or "").partition(CROP)[2] if holds("file types") else ""


def _keeps_file_types() -> bool:
    from gradio.data_classes import FileData, ImageData

    sent = FileData(path="a", mime_type=f"image/png{CROP}1,2,3").model_dump()
    return ImageData.model_validate(sent).mime_type == sent["mime_type"] == f"image/png{CROP}1,2,3"


def _names_files_by_path() -> bool:
    from gradio.data_classes import FileData

    return FileData(path="a", orig_name="b").model_dump()["path"] == "a"


def upload_folder() -> str:
    """Where Gradio puts what visitors send."""
    if holds("upload folder"):
        from gradio.utils import get_upload_folder

        return get_upload_folder()
    return os.environ.get("GRADIO_TEMP_DIR") or str(Path(tempfile.gettempdir()) / "gradio")


def _has_upload_folder() -> bool:
    from gradio.utils import get_upload_folder

    return isinstance(get_upload_folder(), str)


def first_files(page: "gr.Blocks") -> list[str]:
    """The paths of the files that a page begins with, in the folder of uploads."""
    values = [part.get("props", {}).get("value") for part in page.config.get("components", [])]
    return [path for value in values if (path := path_of(value))]


def is_update(value: Any) -> bool:
    """Whether it tells Gradio to leave a component as it is, and is no value."""
    import gradio as gr

    return value == gr.skip()


# ------------------------------------------------------------------------------------------------------ components


def template_component(component: Class) -> Class:
    """A component class whose front end is that of its parent, a component of Gradio's own; a decorator."""
    component.is_template = True  # type: ignore[attr-defined]
    if not holds("front ends"):
        name = component.__mro__[1].__name__.lower()
        component.get_block_name = component.get_block_class = lambda _: name  # type: ignore[attr-defined]
    return component


def _takes_front_end_of_parent() -> bool:
    return 'if hasattr(self, "is_template")' in _source("blocks")


def sent_path(sent: Any) -> str | None:
    """The path of the file that an image component made of its value; None where that is not known."""
    path = getattr(sent, "path", None) if holds("sent pictures") else None
    return path if isinstance(path, str) and Path(path).is_file() else None


def _sends_pictures_from_its_cache() -> bool:
    import gradio as gr

    sent = gr.Image.postprocess
    return "save_image" in inspect.getsource(sent) or "postprocess_image" in inspect.getsource(sent)


# ----------------------------------------------------------------------------------------------------- the server


def upload_route() -> str:
    """The end of the address to which browsers send files as forms; "" where all forms are to be taken for such."""
    return "/upload" if holds("routes") else ""


def _has_routes() -> bool:
    source = _source("routes")
    return '@router.post("/upload"' in source and '@app.get("/config"' in source


POINTS = {
    "stubs": Point(
        "`create_or_modify_pyi` leaves out a class whose source file is not known",
        "it writes a .pyi beside each component's source, and the start takes a quarter longer",
        _leaves_out_stubs,
    ),
    "descriptions": Point(
        "a component's `get_config` and `api_info` are asked for anew for every session",
        "each session describes all components again, which takes longer than the network does",
        _describes_by_methods,
    ),
    "missing values": Point(
        "`Blocks.process_api` gets the function and its inputs by these names",
        "programs that make their requests by hand must send every value of an endpoint, and no event is counted",
        _is_called_by_name,
    ),
    "who asks": Point(
        "`Blocks.process_api` gets the request and the number of the event",
        "nobody knows whose work it is, and long work goes in the order in which it was asked for",
        _tells_requests,
    ),
    "queue order": Point(
        "the queue takes what `get_events` gives, out of the lists that `push` appends to",
        "questions are answered in the order in which they came, however many a visitor has sent",
        _asks_for_events,
    ),
    "error messages": Point(
        "an event that failed ends with a message whose output has `error`",
        "an error of Gradio's own says nothing but that it is one",
        _sends_errors_as_messages,
    ),
    "queue length": Point(
        "the length of `Blocks._queue` is the number of events that wait",
        "the metrics say 0 for it",
        _has_queue_length,
    ),
    "event data": Point(
        "`EventData._data` is what the browser sent",
        "the names that this page uses are asked for one by one",
        _keeps_event_data,
    ),
    "raw values": Point(
        "an event without preprocessing gets a file as a dictionary with its `path`",
        "the events of the Explore tab go through Gradio's processing, which takes longer than to work them out",
        _names_files_by_path,
    ),
    "file types": Point(
        "a file's `mime_type` comes back from the browser as it was sent",
        "no part of a picture can be chosen, and every view shows the whole",
        _keeps_file_types,
    ),
    "upload folder": Point(
        "`gradio.utils.get_upload_folder` names the folder of uploads",
        "the folder is taken to be that of GRADIO_TEMP_DIR",
        _has_upload_folder,
    ),
    "front ends": Point(
        "a component class with `is_template` has the front end of its parent",
        "the name of the front end is overridden",
        _takes_front_end_of_parent,
    ),
    "sent pictures": Point(
        "`gr.Image.postprocess` writes the picture into the folder of uploads and returns its `path`",
        "a picture that the server sends to the page is decoded again when it comes back",
        _sends_pictures_from_its_cache,
    ),
    "routes": Point(
        "files are sent to /upload, and the page is at / and /config",
        "the limit on the size of requests lets all forms pass, and the page may travel uncompressed",
        _has_routes,
    ),
}
