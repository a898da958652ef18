"""The server's addresses beside Gradio's queue, asked with values that no page sends."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote

import httpx

from demo.classroom import route as classroom
from demo.glossary import route as glossary
from demo.tabs.builder import route as builder
from demo.tabs.own import route as own
from demo.visitors.asking import VISITOR

ACTIONS = {
    own.ADDRESS: [*own._ASKED, *own._WITH_PICTURE, *own._WITH_FILE, "close"],
    builder.ADDRESS: [*builder._ASKED],
    classroom.ADDRESS: ["open", "join", *classroom._OF_PUPILS, *classroom._OF_TEACHERS],
}
NAMES = (
    *("body", "class", "code", "hide", "label", "layers", "link", "locked", "look", "name", "order", "picture"),
    *("pictures", "place", "query", "rate", "set", "sheet", "split", "tab", "taken", "title", "token", "variants"),
)
LONGEST = 2_000  # characters of a value in an address


@dataclass(frozen=True)
class Route:
    """An address; VALUE in it stands for a value."""

    path: str
    is_post: bool = False


ROUTES = (
    *(Route(f"{where}{action}", is_post=True) for where, actions in ACTIONS.items() for action in actions),
    *(Route(f"{where}VALUE", is_post=True) for where in ACTIONS),
    Route("live?visitor=VALUE&model=VALUE&step=VALUE&crop=VALUE", is_post=True),
    Route("?model=VALUE&picture=VALUE&step=VALUE&crop=VALUE&lesson=VALUE"),
    *(Route(path) for path in ("?VALUE", "config?VALUE", "modules/VALUE/VALUE", "examples/VALUE")),
    *(Route(path) for path in ("languages/VALUE.json", f"{glossary.ADDRESS}?lang=VALUE", "healthz?VALUE")),
    *(Route(path) for path in ("metrics?VALUE", "VALUE", "gradio_api/VALUE", "gradio_api/file=VALUE")),
    *(Route(f"gradio_api/{path}", is_post=True) for path in ("queue/join", "cancel", "reset", "upload", "run/predict")),
    *(Route(f"gradio_api/call/{name}", is_post=True) for name in ("predict", "judge", "feature_maps", "curves")),
    *(Route(f"gradio_api/call/{name}/VALUE") for name in ("predict", "VALUE")),
)


def requests(route: Route, text: str) -> Iterator[tuple[str, str, bytes]]:
    """Method, path and body of the requests to an address with one value, given as JSON."""
    path = "/" + route.path.replace("VALUE", quote(text[:LONGEST], safe=""))
    if not route.is_post:
        yield "GET", path, b""
        return
    named = ", ".join(f'"{name}": {text}' for name in NAMES)
    for body in (f"{{{named}}}", f'{{"data": [{text}, {text}], "session_hash": {text}, "fn_index": {text}}}', text):
        yield "POST", path, body.encode()


def asked(http: httpx.Client, route: Route, text: str, token: str) -> str:
    """How it went wrong; "" where each request was answered, or refused in words."""
    for method, path, body in requests(route, text):
        # Of a stream only what comes at once is read.
        headers = {VISITOR: token, "content-type": "application/json"}
        with http.stream(method, path, content=body, headers=headers) as answer:
            if answer.status_code >= 500:
                return f"status {answer.status_code}"
            if answer.status_code >= 400 and answer.status_code not in (404, 405) and not _words(answer):
                return f"status {answer.status_code} without words"
    return ""


def _words(answer: httpx.Response) -> bool:
    """Whether a refusal says why, or when to come again."""
    try:
        told = json.loads(answer.read())
    except ValueError:
        return bool(answer.text.strip())
    return isinstance(told, dict) and any(told.get(name) for name in ("told", "detail", "error", "next_ms"))
