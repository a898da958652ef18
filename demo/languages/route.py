"""What serves a catalogue: a page that is read in another language asks for it."""

from functools import cache

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from demo.languages.catalogues import LANGUAGES, messages
from demo.server.refusal import refusal

ADDRESS = "languages"  # relative to the page, before the language's code
SECONDS = 600  # that a browser may keep it


def route() -> Route:
    """For the `routes` of the app."""
    return Route(f"/{ADDRESS}/{{code}}.json", _serve)


@cache
def _written(code: str) -> bytes:
    return orjson.dumps(messages(code))


def _serve(request: Request) -> Response:
    code = request.path_params["code"]
    if code not in LANGUAGES:
        return refusal(404, f"The page has no such language; it has {', '.join(LANGUAGES.values())}.")
    headers = {"Cache-Control": f"public, max-age={SECONDS}", "X-Content-Type-Options": "nosniff"}
    return Response(_written(code), headers=headers, media_type="application/json")
