"""Where pages ask about a class: an address of its own, beside Gradio's queue.

A page asks every two seconds for a few hundred bytes. An event stream would tell at once, but keeps a connection for
each pupil open, of which browsers allow six to a host and Gradio has one, and which a school's proxy or a Space's may
hold back until it ends; a telephone that wakes up would have to notice that it is dead. A poll that is lost is only the
next one late, and any server of several can answer it.

Codes and secrets are in the body of a POST, never in an address that a log would keep.
"""

import logging
from collections.abc import Callable
from typing import Any

import anyio
import orjson
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from demo.classroom import board, classes
from demo.classroom.codes import normalised, shown
from demo.core.payloads import text
from demo.errors import UserError
from demo.server.allowance import Allowance
from demo.share import links

log = logging.getLogger(__name__)
ADDRESS = "class/"  # relative to the page; behind it comes what is asked for
MOST_BODY = 6_000  # bytes of a question
POLL_MS, BUSY_MS = 2000, 4000  # milliseconds until a page asks again
THREADS = 8  # questions that are answered at once: each is short
TOO_LARGE = "This is larger than the page sends. Please reload it."
NOT_UNDERSTOOD = "The page sent something that cannot be understood. Please reload it."
TOO_OFTEN = "That was asked too often. Please wait a moment and try again."
FAILED = "Something went wrong on the server. Please try again."

# A whole school may stand behind one address.
OPENING = Allowance(burst=40, a_second=1 / 30)  # by the address of who asks
JOINING = Allowance(burst=150, a_second=3)  # likewise
WRONG = Allowance(burst=150, a_second=0.5)  # likewise: codes and secrets that nobody has
ASKING = Allowance(burst=20, a_second=4)  # by pupil or teacher
_limiter: anyio.CapacityLimiter | None = None


class _TooOften(Exception):
    """It is refused for the moment."""


def route() -> Route:
    """What answers; for the `routes` of the app.

    Question and answer are JSON, but for the CSV. Where something is refused, the answer has `told`, a sentence; with
    status 410 the class, or the pupil in it, is gone.
    """
    return Route(f"/{ADDRESS}{{action}}", _serve, methods=["POST"])


async def _serve(request: Request) -> Response:
    global _limiter
    action, host = request.path_params["action"], str(request.client and request.client.host)
    try:
        asked = await _question(request)
        if _limiter is None:
            _limiter = anyio.CapacityLimiter(THREADS)  # within the loop that it serves
        return await anyio.to_thread.run_sync(_answered, action, asked, host, limiter=_limiter)
    except classes.Gone as error:
        return _json({"told": str(error)}, 410)
    except UserError as error:
        return _json({"told": str(error)}, 422)
    except _TooOften:
        return _json({"told": TOO_OFTEN, "next_ms": BUSY_MS}, 429)
    except ClientDisconnect:
        return Response(status_code=499)
    except Exception as error:
        log.error("A question about a class failed (%s): %r", action[:20], error)
        return _json({"told": FAILED}, 500)


async def _question(request: Request) -> dict[str, Any]:
    data = bytearray()
    async for part in request.stream():
        data += part
        if len(data) > MOST_BODY:
            raise UserError(TOO_LARGE)
    try:
        found = orjson.loads(bytes(data) or b"{}")
    except orjson.JSONDecodeError as error:
        raise UserError(NOT_UNDERSTOOD) from error
    if not isinstance(found, dict):
        raise UserError(NOT_UNDERSTOOD)
    return found


def _answered(action: str, asked: dict[str, Any], host: str) -> Response:
    if action == "open":
        _allowed(OPENING, host)
        made = classes.opened(host)
        return _json({"code": made.code, "shown": shown(made.code), "secret": made.secret})
    try:
        if action == "join":
            # Only a code can be guessed; those who are in a class must not suffer from a neighbour's guesses.
            if WRONG.left(host) < 1:
                raise _TooOften
            _allowed(JOINING, host)
            return _json(classes.joined(asked.get("code")))
        code, token = normalised(asked.get("code")), text(asked, "token")
        _allowed(ASKING, f"{code} {token[:100]}")
        if action in _OF_PUPILS:
            return _json(_OF_PUPILS[action](code, token, asked))
        if action in _OF_TEACHERS:
            record = classes.taught(code, token)
            return _OF_TEACHERS[action](code, record, asked)
    except UserError as error:
        if action == "join" and (isinstance(error, classes.Gone) or str(error) == classes.NO_CLASS):
            WRONG.takes(host)
        raise
    raise UserError(NOT_UNDERSTOOD)


def _allowed(which: Allowance, name: str) -> None:
    if not which.takes(name):
        raise _TooOften


def _json(found: Any, status: int = 200) -> Response:
    return Response(orjson.dumps(found), status, {"Cache-Control": "no-store"}, "application/json")


# ---------------------------------------------------------------------------------------------------------- of pupils


def _poll(code: str, token: str, asked: dict[str, Any]) -> dict[str, Any]:
    found = classes.polled(code, token, asked.get("query"), asked.get("look"))
    return found | {"shown": shown(code), "next_ms": POLL_MS}


def _leave(code: str, token: str, _: dict[str, Any]) -> dict[str, Any]:
    classes.leave(code, token)
    return {}


_OF_PUPILS: dict[str, Callable[[str, str, dict[str, Any]], dict[str, Any]]] = {"poll": _poll, "leave": _leave}


# -------------------------------------------------------------------------------------------------------- of teachers


def _board(code: str, record: dict[str, Any], asked: dict[str, Any] | None = None) -> Response:
    return _json(board.board(code, record) | {"shown": shown(code), "next_ms": POLL_MS})


def _anew(code: str, asked: dict[str, Any]) -> Response:
    """The board after a change."""
    return _board(code, classes.taught(code, asked.get("token")))


def _look(code: str, _: dict[str, Any], asked: dict[str, Any]) -> Response:
    hide = asked.get("hide")
    classes.look(code, text(asked, "query"), hide if isinstance(hide, str) else None)
    return _anew(code, asked)


def _reveal(code: str, _: dict[str, Any], asked: dict[str, Any]) -> Response:
    board.reveal(code, text(asked, "place"), text(asked, "title"), text(asked, "mark"))
    return _anew(code, asked)


def _conceal(code: str, _: dict[str, Any], asked: dict[str, Any]) -> Response:
    board.conceal(code, text(asked, "place"))
    return _anew(code, asked)


def _lock(code: str, _: dict[str, Any], asked: dict[str, Any]) -> Response:
    classes.lock(code, asked.get("locked") is True)
    return _anew(code, asked)


def _remove(code: str, _: dict[str, Any], asked: dict[str, Any]) -> Response:
    classes.remove(code, text(asked, "name"))
    return _anew(code, asked)


def _end(code: str, _: dict[str, Any], asked: dict[str, Any]) -> Response:
    classes.end(code)
    return _json({})


def _csv(code: str, _: dict[str, Any], asked: dict[str, Any]) -> Response:
    headers = {"Cache-Control": "no-store"}
    return Response(board.table(code).encode(), headers=headers, media_type="text/csv; charset=utf-8")


def _code(code: str, _: dict[str, Any], asked: dict[str, Any]) -> Response:
    """The QR code of the pupils' link, whose page the browser alone knows."""
    link = text(asked, "link")
    if text(asked, "token") in link:
        raise UserError(NOT_UNDERSTOOD)  # the teacher's secret is in no picture that pupils are to see
    return _json({"src": links.code(link), "warning": links.warning(link)})


_OF_TEACHERS: dict[str, Callable[[str, dict[str, Any], dict[str, Any]], Response]] = {
    "board": _board,
    "look": _look,
    "reveal": _reveal,
    "conceal": _conceal,
    "lock": _lock,
    "remove": _remove,
    "end": _end,
    "csv": _csv,
    "qr": _code,
}
