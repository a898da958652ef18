"""Requests that no page of ours sends, such as a number of an event that there is none of: answered in a sentence."""

import json
import logging

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

log = logging.getLogger(__name__)
NOT_UNDERSTOOD = "This request cannot be understood. If a page sent it, please reload that."
FAILED = "Something went wrong on the server. Please try again."
EVENTS = "/gradio_api/"  # what stands below it is Gradio's, which fails at a request that it does not understand


class BadRequests:
    """ASGI middleware: a sentence in place of Gradio's bare 500.

    What Gradio's own addresses fail at is the request, since our handlers tell their errors in words: 400. Elsewhere
    it remains 500. Either is logged in one line.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        has_begun = is_refused = is_stream = False

        async def watched(message: Message) -> None:
            nonlocal has_begun, is_refused, is_stream
            if message["type"] == "http.response.start":
                is_refused = message["status"] == 500
                is_stream = Headers(raw=message["headers"]).get("content-type", "").startswith("text/event-stream")
            if not is_refused:
                has_begun = True
                await send(message)

        try:
            await self.app(scope, receive, watched)
        except Exception as error:
            if has_begun and not is_stream:  # what is on its way cannot be taken back
                raise
            log.warning("%s %s failed: %s", scope["method"], scope["path"], type(error).__name__)
            if has_begun:
                event = f"event: error\ndata: {json.dumps(NOT_UNDERSTOOD)}\n\n".encode()
                await send({"type": "http.response.body", "body": event})
                return
            is_refused = True
        if is_refused:
            await _refuse(send, EVENTS in scope["path"])


async def _refuse(send: Send, is_event: bool) -> None:
    sentence = NOT_UNDERSTOOD if is_event else FAILED
    answer = json.dumps({"detail": sentence, "error": sentence}).encode()  # Gradio's clients read the second
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(answer))]
    await send({"type": "http.response.start", "status": 400 if is_event else 500, "headers": headers})
    await send({"type": "http.response.body", "body": answer})
