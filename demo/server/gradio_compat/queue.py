"""The queue: whose event is next, how many wait, and words for errors that have none."""

import functools
import inspect
import random
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

from demo.server.gradio_compat.calls import visitor_of
from demo.server.gradio_compat.points import holds, point, source
from demo.server.visitors import Visitor

if TYPE_CHECKING:
    import gradio as gr

UNREAD = 30


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
            here = [_asker(event) for event in working if event.concurrency_id == name]
            number = policy.next(name, [_asker(event) for event in line.queue], here, places)
            if number is not None:
                return [line.queue.pop(number)], False, name
        return None

    async def fair_push(body: Any, request: Any, username: Any) -> Any:
        lines = queue.event_queue_per_concurrency_id
        waiting = [_asker(event) for line in lines.values() for event in line.queue]
        told = policy.refusal(visitor_of(request, body.session_hash, None), waiting)
        if told:
            return False, told, "queue_full"
        found = await push(body=body, request=request, username=username)
        event = queue.event_ids_to_events.get(str(found[1])) if found[0] else None
        if event is not None and event.concurrency_id in lines:  # places are told by the order in the list
            line = lines[event.concurrency_id].queue
            line[:] = [line[n] for n in policy.order(event.concurrency_id, [_asker(each) for each in line])]
        return found

    queue.get_events = get_events
    queue.push = fair_push  # type: ignore[method-assign]


def _asker(event: Any) -> Visitor:
    return visitor_of(event.request, event.session_hash, event._id)


@point(
    "queue order",
    relies_on="the queue takes what `get_events` gives, out of the lists that `push` appends to",
    otherwise="questions are answered in the order in which they came, however many a visitor has sent",
)
def _asks_for_events() -> bool:
    queueing = source("queueing")
    asked = "events, batch, concurrency_id = event_batch" in queueing and "event_batch = self.get_events()" in queueing
    return asked and "event_queue.queue.append(event)" in queueing and "blocks._queue.push(" in source("routes")


def bound_unread(page: "gr.Blocks", sent: Callable[[Any], None], sessions: int, messages: int, refusal: str) -> None:
    """Report each message that begins to wait for its session, and let no session have too many of them.

    Gradio 6.31 keeps all that it tells a session until it is fetched, and the name of every session for ever. Who has
    not fetched `UNREAD` messages is told answers alone, no more of how far they are.

    Args:
        sent: is called with each answer; it may change it.
        sessions: how many names are kept of sessions that nobody can fetch anything of any more.
        messages: how many may wait for a session that asks for something.
        refusal: what is told to one that has more.
    """
    if not holds("unread answers"):
        return
    queue = page._queue
    send, push = queue.send_message, queue.push

    @functools.wraps(send)
    def noted(event: Any, event_message: Any) -> None:
        waiting = queue.pending_messages_per_session.get(event.session_hash)
        if hasattr(event_message, "output"):
            sent(event_message)
        elif waiting is not None and waiting.qsize() >= UNREAD:
            return
        send(event, event_message)

    @functools.wraps(push)
    async def tidied(body: Any, request: Any, username: Any) -> Any:
        named, there = queue.pending_event_ids_session, queue.pending_messages_per_session
        waiting = there.get(body.session_hash)
        if waiting is not None and waiting.qsize() > messages:
            return False, refusal, "queue_full"
        if len(named) > len(there) + sessions:
            for session in [each for each in named if each not in there]:
                del named[session]
        return await push(body=body, request=request, username=username)

    queue.send_message = noted
    queue.push = tidied  # type: ignore[method-assign]


@point(
    "unread answers",
    relies_on="`send_message` keeps a message until it is fetched, and `pending_event_ids_session` the session",
    otherwise="answers that nobody fetches stay in memory",
)
def _keeps_unread_answers() -> bool:
    queueing = source("queueing")
    kept = "messages = self.pending_messages_per_session[event.session_hash]" in queueing
    return kept and "messages.put_nowait(event_message)" in queueing and "pending_event_ids_session: dict" in queueing


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


@point(
    "error messages",
    relies_on="an event that failed ends with a message whose output has `error`",
    otherwise="an error of Gradio's own says nothing but that it is one",
)
def _sends_errors_as_messages() -> bool:
    return "output = error_payload(" in source("queueing") and "success=False" in source("queueing")


def queue_length(page: "gr.Blocks") -> int:
    """How many events wait; 0 where that is not known."""
    return len(page._queue) if holds("queue length") else 0


@point(
    "queue length",
    relies_on="the length of `Blocks._queue` is the number of events that wait",
    otherwise="the metrics say 0 for it",
)
def _has_queue_length() -> bool:
    from gradio.queueing import Queue

    return "event_queue.queue" in inspect.getsource(Queue.__len__)
