"""Where the page sends pictures and questions of own classes: an address of its own, beside Gradio's queue.

A picture is the body of a request and is never written to a file; a zip is, until it has been read. Who asks is said by
the token in the header `demo.visitors.asking.VISITOR`, which the page got from the server (handlers.py).
"""

import logging
import math
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import orjson
from starlette.concurrency import iterate_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from demo.errors import UserError
from demo.private import networks as private
from demo.server.scheduler import LONG
from demo.server.visitors import Visitor as Asks
from demo.server.visitors import asking, current
from demo.tabs.own import jobs, learning, outcome, tuning
from demo.visitors import pictures
from demo.visitors.asking import FAILED, NoTime, answered, asked_in_json, asking_visitor, to_json, worked
from demo.visitors.orders import TRAININGS
from demo.visitors.requests import (
    NOT_UNDERSTOOD,
    body_as_file,
    picture_numbers,
    read_body,
    text_of,
    whole_number,
)
from demo.visitors.visitors import MOST_CLASSES, MOST_PICTURES, VISITORS, Visitor

log = logging.getLogger(__name__)
ADDRESS = "own/"  # relative to the page; behind it comes what is asked for
LONGEST_KEY = 100  # characters of what tells a photo on which squares were marked from others


def route() -> Route:
    """What answers; for the `routes` of the app.

    Every answer is JSON, but for pictures, zips, and the pictures of a zip, which come as lines of JSON while it is
    read. Where something is refused, it has `told`: a sentence.
    """
    return Route(f"/{ADDRESS}{{action}}", _serve, methods=["POST"])


async def _serve(request: Request) -> Response:
    return await answered(request, lambda: _answer(request), "own classes")


async def _answer(request: Request) -> Response:
    action = request.path_params["action"]
    if action == "close":
        VISITORS.close((await read_body(request, 100)).decode(errors="replace"))
        return to_json({})
    visitor = asking_visitor(request)
    if action in _WITH_FILE:
        return await _WITH_FILE[action](visitor, request)
    if action in _WITH_PICTURE:
        data = await read_body(request, pictures.SENT.bytes)
        return await worked(lambda: to_json(_WITH_PICTURE[action](visitor, request, data)))
    return await asked_in_json(_ASKED, action, visitor, request)


def _classes(visitor: Visitor) -> Response:
    with visitor.lock:
        return to_json({"classes": [{"class": number, "name": name} for number, name in visitor.classes.items()]})


# ------------------------------------------------------------------------------------------------- questions in JSON


def _add_class(visitor: Visitor, asked: dict[str, Any]) -> Response:
    number = visitor.add_class(asked.get("name"))
    return to_json({"class": number, "name": visitor.classes[number]})


def _rename(visitor: Visitor, asked: dict[str, Any]) -> Response:
    visitor.rename(whole_number(asked.get("class")), asked.get("name"))
    return _classes(visitor)


def _remove_class(visitor: Visitor, asked: dict[str, Any]) -> Response:
    visitor.remove_class(whole_number(asked.get("class")))
    return _classes(visitor)


def _move(visitor: Visitor, asked: dict[str, Any]) -> Response:
    visitor.move(picture_numbers(asked), whole_number(asked.get("class")))
    return to_json({})


def _delete(visitor: Visitor, asked: dict[str, Any]) -> Response:
    visitor.delete(picture_numbers(asked))
    return to_json({})


def _look(visitor: Visitor, asked: dict[str, Any]) -> Response:
    if not visitor.busy.acquire(blocking=False):
        raise NoTime
    try:
        since = time.monotonic()
        found = learning.look(visitor, asked.get("body"))
        return to_json(found | {"seconds": round(time.monotonic() - since, 2)})
    finally:
        visitor.busy.release()


def _make(visitor: Visitor, asked: dict[str, Any]) -> Response:
    jobs.order(visitor, text_of(asked, "body"), text_of(asked, "title"))
    return to_json(jobs.JOBS.look(visitor))


def _stop(visitor: Visitor, _: dict[str, Any]) -> Response:
    jobs.JOBS.stop(visitor)
    return to_json(jobs.JOBS.look(visitor))


def _state(visitor: Visitor, _: dict[str, Any]) -> Response:
    return to_json(jobs.JOBS.look(visitor))


def _tune(visitor: Visitor, asked: dict[str, Any]) -> Response:
    tuning.order(visitor, asked.get("name"))
    return to_json(TRAININGS.look(visitor, tuning.KIND))


def _stop_tuning(visitor: Visitor, _: dict[str, Any]) -> Response:
    TRAININGS.stop(visitor, tuning.KIND)
    return to_json(TRAININGS.look(visitor, tuning.KIND))


def _tuning(visitor: Visitor, _: dict[str, Any]) -> Response:
    return to_json(TRAININGS.look(visitor, tuning.KIND))


def _shown(visitor: Visitor, asked: dict[str, Any]) -> Response:
    found = visitor.held.get(whole_number(asked.get("picture")))
    if found is None:
        raise UserError("This picture has been deleted.")
    return Response(found.kept.data, headers={"Cache-Control": "no-store"}, media_type="application/octet-stream")


def _home(visitor: Visitor, asked: dict[str, Any]) -> Response:
    data, _ = outcome.zipped(text_of(asked, "name"), visitor.session)
    return Response(data, headers={"Cache-Control": "no-store"}, media_type="application/zip")


def _remove(visitor: Visitor, asked: dict[str, Any]) -> Response:
    private.delete(asked.get("name"), visitor.session)
    return to_json({"networks": outcome.listed(visitor.session)})


def _begun(visitor: Visitor, _: dict[str, Any]) -> Response:
    """What the page begins with: the networks that can be learned on, and the visitor's own."""
    with LONG.one():
        found = [{"name": each.name, "title": each.model.title, "size": each.size} for each in learning.bodies()]
    limits = {"pictures": MOST_PICTURES, "classes": MOST_CLASSES, "side": pictures.SIDE}
    return to_json({"bodies": found, "networks": outcome.listed(visitor.session), "limits": limits})


_ASKED: dict[str, Callable[[Visitor, dict[str, Any]], Response]] = {
    "begin": _begun,
    "add-class": _add_class,
    "rename-class": _rename,
    "remove-class": _remove_class,
    "move": _move,
    "delete": _delete,
    "look": _look,
    "make": _make,
    "stop": _stop,
    "state": _state,
    "tune": _tune,
    "stop-tuning": _stop_tuning,
    "tuning": _tuning,
    "picture": _shown,
    "home": _home,
    "remove": _remove,
}


# ----------------------------------------------------------------------------------------------- questions with a file


def _add(visitor: Visitor, request: Request, data: bytes) -> dict[str, Any]:
    given = request.query_params
    try:
        taken, label = float(given.get("taken") or "nan"), int(given.get("class") or 0)
    except ValueError as error:
        raise UserError(NOT_UNDERSTOOD) from error
    name = given.get("name", "")[:200] or "picture"
    photo = given.get("photo", "")[:LONGEST_KEY]
    kept = pictures.kept(data, name, taken if abs(taken) < 1e12 else math.nan, photo=photo)
    return {"picture": VISITORS.add(visitor, kept, label)}


def _frame(visitor: Visitor, request: Request, data: bytes) -> dict[str, Any]:
    since = time.monotonic()
    found = learning.frame(visitor, request.query_params.get("body"), data)
    # As long again for others.
    return found | {"next_ms": round(1000 * max(0.1, time.monotonic() - since))}


_WITH_PICTURE = {"add": _add, "frame": _frame}


async def _unzip(visitor: Visitor, request: Request) -> Response:
    given = request.query_params
    label = int(text) if (text := given.get("class", "0")).isdecimal() and len(text) < 10 else 0
    called = f"“{given['name'][:100]}”" if given.get("name") else "The zip"
    async with body_as_file(request) as path:
        lines = _lines(visitor, path, called, label, current())
        return StreamingResponse(iterate_in_threadpool(lines), media_type="application/x-ndjson")


def _lines(visitor: Visitor, path: Path, called: str, label: int, asks: Asks) -> Iterator[bytes]:
    """A line of JSON for each file of a zip: `picture`, `class` and `name` of one that is held now, or `left_out`."""
    try:
        files = pictures.unpacked(path, called)
        while True:
            with asking(asks), LONG.one():
                file = next(files, None)
                if file is None:
                    return
                found = _held(visitor, file, label)
            yield orjson.dumps(found) + b"\n"
    except UserError as error:
        yield orjson.dumps({"told": str(error)}) + b"\n"
    except Exception as error:
        log.error("A zip of own pictures failed: %r", error)
        yield orjson.dumps({"told": FAILED}) + b"\n"
    finally:
        path.unlink(missing_ok=True)


def _held(visitor: Visitor, file: pictures.Unpacked, label: int) -> dict[str, Any]:
    if file.kept is None:
        return {"left_out": file.name, "reason": file.reason}
    where = label or visitor.named(file.folder or "pictures")
    number = VISITORS.add(visitor, file.kept, where)
    return {"picture": number, "class": where, "name": visitor.classes.get(where, ""), "file": file.name}


async def _bring(visitor: Visitor, request: Request) -> Response:
    called = request.query_params.get("name", "")[:100] or "The zip"
    async with body_as_file(request) as path:

        def work() -> Response:
            with LONG.one():
                name = outcome.brought(path, called, visitor.session)
            return to_json({"name": name, "networks": outcome.listed(visitor.session)})

        answer = await worked(work)
        path.unlink(missing_ok=True)
        return answer


_WITH_FILE = {"zip": _unzip, "bring": _bring}
