"""Small pictures of the examples, which the browser fetches when they come into sight."""

import hashlib
from functools import cache

from PIL import ImageOps
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from demo.pictures.decode import open_image
from demo.pictures.examples import examples
from demo.render.html import jpeg_bytes
from demo.server.modules import FOR_EVER

SIDE = 96  # pixels: twice what the page shows, for screens with fine pixels


@cache
def _files() -> list[bytes]:
    return [jpeg_bytes(ImageOps.fit(open_image(path), (SIDE, SIDE)), quality=75) for path in examples().values()]


@cache
def address(index: int) -> str:
    """Where the thumbnail of an example is served, relative to the page; it changes with the picture.

    Args:
        index: in the order of `demo.pictures.examples.examples`.
    """
    return f"examples/{index}-{hashlib.sha256(_files()[index]).hexdigest()[:8]}.jpg"


def route() -> Route:
    """What serves them; for the `routes` of the app."""
    return Route("/examples/{name}", _serve)


def _serve(request: Request) -> Response:
    asked = f"examples/{request.path_params['name']}"
    index = next((index for index in range(len(_files())) if address(index) == asked), None)
    if index is None:
        return PlainTextResponse("There is no such example. Please reload the page.", status_code=404)
    headers = {"Cache-Control": FOR_EVER, "X-Content-Type-Options": "nosniff"}
    return Response(_files()[index], headers=headers, media_type="image/jpeg")
