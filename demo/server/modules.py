"""The page's JavaScript modules: how the app serves them, and how a component or an event refers to one.

They are served as they lie in the folder, below an address with a hash of all of them in it: a browser may keep them
for ever, and never mixes those of two versions of the app.
"""

import gzip
import hashlib
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

DEMO = Path(__file__).parents[1]
FOLDERS = ("static/lib", "core", "live", "tabs", "share", "classroom")  # below `DEMO`; nothing else is ever served
TYPES = {".js": "text/javascript", ".css": "text/css"}
LATER = "static/lib/on_demand/"
FOR_EVER = "public, max-age=31536000, immutable"
MOUNT = "static/lib/mount.js"


@cache
def files() -> Mapping[str, bytes]:
    """Path below the folder `demo`, with "/" -> content, of every module and style sheet that may be served."""
    paths = (path for folder in FOLDERS for path in sorted((DEMO / folder).rglob("*")) if path.suffix in TYPES)
    return MappingProxyType({path.relative_to(DEMO).as_posix(): path.read_bytes() for path in paths})


@cache
def version() -> str:
    """Changes with any name or content of `files`."""
    parts = (f"{name}\0{hashlib.sha256(content).hexdigest()}\n" for name, content in files().items())
    return hashlib.sha256("".join(parts).encode()).hexdigest()[:16]


def address(path: str) -> str:
    """Where a file of `files` is served, relative to the page.

    Raises:
        KeyError: there is no such file.
    """
    if path not in files():
        raise KeyError(f"no module or style sheet {path!r}")
    return f"modules/{version()}/{path}"


def route() -> Route:
    """What serves them; for the `routes` of the app."""
    return Route("/modules/{version}/{path:path}", _serve)


def _serve(request: Request) -> Response:
    asked, path = request.path_params["version"], request.path_params["path"]
    content = files().get(path) if asked == version() else None
    if content is None:
        return PlainTextResponse("There is no such module. Please reload the page.", status_code=404)
    headers = {"Cache-Control": FOR_EVER, "Vary": "Accept-Encoding"}
    if "gzip" in request.headers.get("accept-encoding", ""):
        content, headers["Content-Encoding"] = _compressed(path), "gzip"
    return Response(content, headers=headers, media_type=TYPES[Path(path).suffix])


@cache
def _compressed(path: str) -> bytes:
    return gzip.compress(files()[path])


def _loaded(path: str) -> str:
    return f"import(new URL({json.dumps(address(path))}, document.baseURI))"


_FAILED = "element.textContent = 'This part of the page could not be loaded. Please reload the page.'"


def mounting(path: str, *events: str) -> str:
    """A component's `js_on_load`: loads a module and calls its `mount`, as `static/lib/mount.js` says.

    Args:
        path: of the module, below `demo`: "tabs/explore/overview/grid.js".
        events: what the component sends; Gradio finds their names here, in quotes.
    """
    return f"const module = {_loaded(path)};\n{_mounted(events)}"


def _mounted(events: tuple[str, ...]) -> str:
    context = f"{{ element, trigger, props, watch, upload, events: {json.dumps(events)} }}"
    return f"""module.catch(() => {{}});
{_loaded(MOUNT)}.then((lib) => lib.mount(module, {context}), () => {{ {_FAILED}; }});"""


def emitting(name: str, detail: str | None = None) -> str:
    """The `js` of an event: it happens in the browser, too, under a name that `static/lib/events.js` knows.

    It waits for the modules of all components that the page has put in by then, so that none misses it.
    """
    return f"() => {_loaded(MOUNT)}.then((lib) => lib.emitWhenMounted({json.dumps(name)}, {json.dumps(detail)}))"


def calling(path: str, function: str, *first: str | bool) -> str:
    """The `js` of an event: a function that a module exports, and what it returns is for the event's outputs.

    Args:
        path: of the module, below `demo`.
        function: its name.
        first: what it gets before the values of the event's inputs.
    """
    arguments = "".join(f"{json.dumps(value)}, " for value in first)
    return f"(...values) => {_loaded(path)}.then((module) => module.{function}({arguments}...values))"


def preloads() -> str:
    """HTML for the page's head: the shared modules are fetched beside Gradio's own scripts, not after them.

    Those in `LATER` are not among them: only what a reader opens needs them.
    """
    found = (path for path, text in files().items() if path.startswith("static/lib/") and b"\nexport " in text)
    shared = (path for path in found if not path.startswith(LATER))
    return "".join(f'<link rel="modulepreload" href="{address(path)}">' for path in shared)
