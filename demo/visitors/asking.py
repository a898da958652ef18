"""How a visitor's page is answered beside Gradio's queue: whose question it is, in a thread, and refusals in words."""

import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import anyio
import orjson
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from demo.errors import UserError
from demo.server.disk import FULL, is_full
from demo.server.visitors import Visitor as Asks
from demo.server.visitors import address_of, asking, has_room
from demo.visitors.requests import NOT_UNDERSTOOD, parsed, read_body
from demo.visitors.visitors import VISITORS, Visitor

log = logging.getLogger(__name__)
VISITOR = "x-visitor"  # header with the token
MOST_JSON = 100_000  # bytes of a question
THREADS = 16  # questions that are worked on or wait for a turn, each in a thread
MOST_WAITING = 64  # questions beyond these
MOST_OF_VISITOR, MOST_OF_ADDRESS = 12, 60  # questions under way, of one visitor and of all behind one address
SOON = 0.3  # seconds until a question is asked again that found no time
FAILED = "Something went wrong on the server. Please try again."

_limiter: anyio.CapacityLimiter | None = None
_under_way: list[Asks] = []  # who asks at the moment
Asked = Mapping[str, Callable[[Visitor, dict[str, Any]], Response]]


class NoTime(Exception):
    """Too many questions wait, or this visitor has asked the same already."""


async def answered(request: Request, answer: Callable[[], Awaitable[Response]], about: str) -> Response:
    """The answer to a question; where it is refused, JSON with a sentence as `told`.

    Args:
        about: what it is about, for the log.
    """
    asks = Asks(address_of(request), request.headers.get(VISITOR, ""))
    if not has_room(asks, _under_way, MOST_OF_VISITOR, MOST_OF_ADDRESS):
        return _later()
    _under_way.append(asks)
    try:
        with asking(asks):
            return await answer()
    except UserError as error:
        return to_json({"told": str(error)}, 422)
    except NoTime:
        return _later()
    except ClientDisconnect:
        return Response(status_code=499)
    except Exception as error:
        log.error("A question about %s failed (%s): %r", about, type(error).__name__, error)
        return to_json({"told": FULL}, 507) if is_full(error) else to_json({"told": FAILED}, 500)
    finally:
        _under_way.remove(asks)


def _later() -> Response:
    return to_json({"next_ms": round(1000 * SOON)}, 429)


def asking_visitor(request: Request) -> Visitor:
    """Who asks.

    Raises:
        UserError: nobody who is known.
    """
    return VISITORS.get(request.headers.get(VISITOR))


async def asked_in_json(known: Asked, action: str, visitor: Visitor, request: Request) -> Response:
    """The answer to a question in JSON, worked out in a thread.

    Args:
        known: what can be asked, by its name in the address.

    Raises:
        UserError: it cannot be understood, or is refused.
        NoTime: too many wait.
    """
    if action not in known:
        raise UserError(NOT_UNDERSTOOD)
    asked = parsed(await read_body(request, MOST_JSON))
    return await worked(lambda: known[action](visitor, asked))


async def worked(work: Callable[[], Response]) -> Response:
    """What some work in a thread gives.

    Raises:
        NoTime: too many wait.
    """
    global _limiter
    if _limiter is None:
        _limiter = anyio.CapacityLimiter(THREADS)  # within the loop that it serves
    if _limiter.statistics().tasks_waiting >= MOST_WAITING:
        raise NoTime
    return await anyio.to_thread.run_sync(work, limiter=_limiter)


def to_json(found: Any, status: int = 200) -> Response:
    """An answer that no cache keeps."""
    return Response(orjson.dumps(found), status, {"Cache-Control": "no-store"}, "application/json")
