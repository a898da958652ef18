"""What a request may cost, which Gradio leaves to the server: how large it may be, and how slowly it may come.

Whoever sends a byte a minute holds a place that others want.
"""

import logging
import time

import anyio
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from demo.server.refusal import refusal

GRACE = 30.0  # seconds for a body to come, however small
RATE = 8_000  # bytes a second beyond these: a slow telephone sends a photo of 4 MB in eight minutes
TOO_SLOW = "This request came too slowly and was given up. Please try again with a better connection."

log = logging.getLogger(__name__)


class BodyLimit:
    """ASGI middleware: answers 413 to a request whose body has more than `limit` bytes, before the app reads it.

    Gradio's own `max_file_size` covers files sent to its upload address, which pass untouched here, but neither a
    picture written into JSON as a `data:` URL nor a JSON body that merely calls itself a form.
    """

    def __init__(self, app: ASGIApp, limit: int, uploads: str = "/upload", counted: tuple[str, ...] = ()) -> None:
        """Limit all bodies to `limit` bytes, other than multipart forms sent to a path that ends with `uploads`.

        Bodies for the paths `counted`, or below one that ends with "/", pass as well: what answers there counts them
        as they come.
        """
        self.app, self.limit, self.uploads, self.counted = app, limit, uploads, counted

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] in ("GET", "HEAD") or self._passes(scope):
            return await self.app(scope, receive, send)
        declared = dict(scope["headers"]).get(b"content-length", b"")
        if declared.isdigit() and int(declared) > self.limit:
            return await self._refuse(scope, receive, send)
        # The body is held back until it is complete, since a chunked one does not tell its length in advance and an
        # app that has begun to answer cannot be refused any more. It costs no memory: JSON is read whole anyway.
        body, more = bytearray(), True
        while more:
            message = await receive()
            if message["type"] != "http.request":
                return None  # the client has gone
            body += message.get("body", b"")
            more = message.get("more_body", False)
            if len(body) > self.limit:
                return await self._refuse(scope, receive, send)
        messages = iter([{"type": "http.request", "body": bytes(body), "more_body": False}])

        async def replay() -> Message:
            return next(messages, None) or await receive()  # afterwards: the message that the client has gone

        return await self.app(scope, replay, send)

    def _passes(self, scope: Scope) -> bool:
        # All of the path: Gradio has addresses that end as a visitor likes, and reads what is sent there whole.
        path = scope["path"].removeprefix(scope.get("root_path", ""))
        if any(path == each or (each.endswith("/") and path.startswith(each)) for each in self.counted):
            return True
        kind = dict(scope["headers"]).get(b"content-type", b"").lower()
        return kind.startswith(b"multipart/form-data") and scope["path"].endswith(self.uploads)

    async def _refuse(self, scope: Scope, receive: Receive, send: Send) -> None:
        # No "connection: close": the server would hang up on a client that is still sending, which would then see a
        # broken connection in place of this sentence.
        sentence = f"This request is larger than {self.limit / 1e6:g} MB. Please send a smaller picture, as a file."
        await refusal(413, sentence)(scope, receive, send)


class SlowBodies:
    """ASGI middleware: gives up a request whose body comes too slowly, and answers 408.

    What answers is told that the client has gone, which it must expect anyway.
    """

    def __init__(self, app: ASGIApp, grace: float = GRACE, rate: float = RATE) -> None:
        """A body may take `grace` seconds and one more for each `rate` bytes of it that have come."""
        self.app, self.grace, self.rate = app, grace, rate

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] in ("GET", "HEAD"):
            await self.app(scope, receive, send)
            return
        body = _Body(receive, send, time.monotonic() + self.grace, self.rate)
        try:
            await self.app(scope, body.receive, body.send)
        except Exception:
            if not body.is_late:
                raise
        if body.is_late and not body.is_answered:
            log.warning("A request to %s came too slowly and was given up.", scope["path"][:100])
            answer = refusal(408, TOO_SLOW)
            answer.headers["connection"] = "close"  # what is still sent is read by nobody
            await answer(scope, receive, send)


class _Body:
    """One request's."""

    def __init__(self, receive: Receive, send: Send, until: float, rate: float) -> None:
        self._receive, self._send, self._until, self._rate = receive, send, until, rate
        self._is_complete = self.is_late = self.is_answered = False

    async def receive(self) -> Message:
        if self._is_complete:
            return await self._receive()  # the message that the client has gone, whenever that is
        try:
            with anyio.fail_after(0.0 if self.is_late else max(0.0, self._until - time.monotonic())):
                message = await self._receive()
        except TimeoutError:
            self.is_late = True
            return {"type": "http.disconnect"}
        self._until += len(message.get("body", b"")) / self._rate
        self._is_complete = not message.get("more_body", False)
        return message

    async def send(self, message: Message) -> None:
        if not self.is_late or self.is_answered:  # what it says to somebody who has gone is about that
            self.is_answered = True
            await self._send(message)
