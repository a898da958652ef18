"""Requests that no page of ours sends, such as a number of an event that there is none of: answered in a sentence."""

import json
import logging

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from demo.server.disk import FULL, is_full
from demo.server.refusal import refusal

log = logging.getLogger(__name__)
NOT_UNDERSTOOD = "This request cannot be understood. If a page sent it, please reload that."
FAILED = "Something went wrong on the server. Please try again."
EVENTS = "/gradio_api/"  # what stands below it is Gradio's, which fails at a request that it does not understand


class BadRequests:
    """ASGI middleware: a sentence in place of Gradio's bare 500.

    What Gradio's own addresses fail at is the request, since our handlers tell their errors in words, which pass: 400.
    Elsewhere it remains 500. Either is logged in one line. Around whatever compresses answers it would write plain
    text into them, so that it belongs within that.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        failed: list[Message] = []  # an answer of 500, held back until it is known what it says
        has_begun = is_stream = False

        async def watched(message: Message) -> None:
            nonlocal has_begun, is_stream
            if failed or (message["type"] == "http.response.start" and message["status"] == 500):
                failed.append(message)
                return
            if message["type"] == "http.response.start":
                is_stream = Headers(raw=message["headers"]).get("content-type", "").startswith("text/event-stream")
            has_begun = True
            await send(message)

        try:
            await self.app(scope, receive, watched)
        except Exception as error:
            if has_begun and not is_stream:  # what is on its way cannot be taken back
                raise
            if is_full(error) and not has_begun:
                log.warning("%s %s failed: the disk is full", scope["method"], scope["path"])
                await refusal(507, FULL)(scope, receive, send)
                return
            log.warning("%s %s failed: %s", scope["method"], scope["path"], type(error).__name__)
            if has_begun:
                event = f"event: error\ndata: {json.dumps(NOT_UNDERSTOOD)}\n\n".encode()
                await send({"type": "http.response.body", "body": event})
                return
        else:
            if not failed:
                return
            if _has_words(failed):
                for message in failed:
                    await send(message)
                return
        answer = refusal(400, NOT_UNDERSTOOD) if EVENTS in scope["path"] else refusal(500, FAILED)
        await answer(scope, receive, send)


def _has_words(messages: list[Message]) -> bool:
    """Whether an answer tells its error, as those of handlers that Gradio runs without its queue do."""
    try:
        told = json.loads(b"".join(message.get("body", b"") for message in messages))
    except ValueError:
        return False
    return isinstance(told, dict) and bool(told.get("error"))
