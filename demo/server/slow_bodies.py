"""How long a request may take to arrive: whoever sends a byte a minute holds a place that others want."""

import logging
import time

import anyio
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from demo.server.refusal import refusal

GRACE = 30.0  # seconds for a body to come, however small
RATE = 8_000  # bytes a second beyond these: a slow telephone sends a photo of 4 MB in eight minutes
TOO_SLOW = "This request came too slowly and was given up. Please try again with a better connection."

log = logging.getLogger(__name__)


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
