"""Where the page sends the frames of a live picture: an address of its own, beside Gradio's queue.

A frame is the body of a request, and is never written to a file. In Gradio's queue it would be a text in JSON, with two
requests and a stream of events for each, and ordinary questions would find that queue full of frames.
"""

import logging
import time
from typing import Any

import anyio
import orjson
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from demo.errors import UserError
from demo.live.look import FRAME, look
from demo.server.pacing import LOOKS, Busy
from demo.server.visitors import Visitor, address_of, asking

log = logging.getLogger(__name__)
ADDRESS = "live"  # relative to the page
TOO_LARGE = f"A live picture has at most {FRAME.bytes // 1000} kB. Please reload the page."
FAILED = "Something went wrong on the server with this picture. The next one is tried in a moment."
MOST_NAME = 40  # characters by which a browser calls itself


def route() -> Route:
    """What answers looks; for the `routes` of the app.

    The query is that of the page's address, with `visitor`: any text by which the server knows this page from others.
    The answer is JSON: the fields of `Look`, or `told`, a sentence on why there are none, or neither, where there was
    no time; and `next_ms`: how long the browser is to wait before it sends the next frame.
    """
    return Route(f"/{ADDRESS}", _serve, methods=["POST"])


async def _serve(request: Request) -> Response:
    visitor = Visitor(address_of(request), request.query_params.get("visitor", "")[:MOST_NAME])
    try:
        data = await _body(request)
        with asking(visitor):
            return await _looked(visitor, request, data)
    except Busy as busy:
        return _json(429, b"{}", busy.wait)
    except UserError as error:
        return _json(413, _told(str(error)), LOOKS.period())
    except ClientDisconnect:
        return Response(status_code=499)


async def _looked(visitor: Visitor, request: Request, data: bytes) -> Response:
    async with LOOKS.one(visitor) as pace:
        if await request.is_disconnected():
            pace.is_counted = False
            return Response(status_code=499)
        start = time.perf_counter()
        status, answer = await anyio.to_thread.run_sync(_answered, request.url.query, data)
        spent = time.perf_counter() - start
    return _json(status, answer, pace.wait, spent)


async def _body(request: Request) -> bytes:
    """The frame; no more of it is read than it may have.

    Raises:
        UserError: it is too large.
    """
    data = bytearray()
    async for part in request.stream():
        data += part
        if len(data) > FRAME.bytes:
            raise UserError(TOO_LARGE)
    return bytes(data)


def _answered(query: str, data: bytes) -> tuple[int, bytes]:
    """Status and JSON of the answer to a frame."""
    try:
        shown = {name: value for name, value in vars(look(query, data)).items() if value is not None}
        return 200, orjson.dumps(shown)
    except UserError as error:
        return 422, _told(str(error))
    except Exception as error:
        log.error("A live picture failed: %r", error)
        return 500, _told(FAILED)


def _told(sentence: str) -> bytes:
    return orjson.dumps({"told": sentence})


def _json(status: int, answer: bytes, wait: float, spent: float = 0.0) -> Response:
    more = orjson.dumps({"next_ms": round(1000 * wait)})
    body = answer[:-1] + (b"," if len(answer) > 2 else b"") + more[1:]
    headers: dict[str, Any] = {"Cache-Control": "no-store", "Server-Timing": f"look;dur={1000 * spent:.1f}"}
    return Response(body, status, headers, "application/json")
