"""What serves the terms: the page asks for them when the first one is pointed at, and not before."""

from functools import cache

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from demo.glossary.terms import terms
from demo.languages.catalogues import LANGUAGES, SOURCE

ADDRESS = "glossary.json"  # relative to the page
SECONDS = 600  # that a browser may keep it


def route() -> Route:
    """For the `routes` of the app."""
    return Route(f"/{ADDRESS}", _serve)


@cache
def _written(code: str) -> bytes:
    return orjson.dumps([vars(term) for term in terms(code).values()])


def _serve(request: Request) -> Response:
    code = request.query_params.get("lang", SOURCE)
    if code not in LANGUAGES:
        code = SOURCE
    headers = {"Cache-Control": f"public, max-age={SECONDS}", "X-Content-Type-Options": "nosniff"}
    return Response(_written(code), headers=headers, media_type="application/json")
