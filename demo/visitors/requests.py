"""What a request about own classes holds: its body, as bytes, as a file or as JSON; what cannot be used is refused."""

import os
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import orjson
from starlette.requests import Request

from demo.core.payloads import is_whole
from demo.errors import UserError
from demo.server.paths import work_folder

MOST_ZIP = 200_000_000  # bytes
TOO_LARGE = "This is larger than the page sends. Please reload it."
NOT_UNDERSTOOD = "The page sent something that cannot be understood. Please reload it."


async def read_body(request: Request, most: int) -> bytes:
    """The body of a request, of at most so many bytes; a larger one is refused."""
    data = bytearray()
    async for part in request.stream():
        data += part
        if len(data) > most:
            raise UserError(TOO_LARGE)
    return bytes(data)


@asynccontextmanager
async def body_as_file(request: Request) -> AsyncIterator[Path]:
    """The body of a request as a file, which is deleted afterwards."""
    handle, name = tempfile.mkstemp(suffix=".zip", dir=work_folder())
    path = Path(name)
    try:
        size = 0
        with os.fdopen(handle, "wb") as file:
            async for part in request.stream():
                size += len(part)
                if size > MOST_ZIP:
                    raise UserError(f"This file has more than {MOST_ZIP / 1e6:g} MB. Please give a smaller one.")
                file.write(part)
        yield path
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def parsed(data: bytes) -> dict[str, Any]:
    """The JSON object of a question; nothing is an empty one."""
    try:
        found = orjson.loads(data or b"{}")
    except orjson.JSONDecodeError as error:
        raise UserError(NOT_UNDERSTOOD) from error
    if not isinstance(found, dict):
        raise UserError(NOT_UNDERSTOOD)
    return found


def whole_number(value: Any) -> int:
    """The value, where it is one."""
    if not is_whole(value):
        raise UserError(NOT_UNDERSTOOD)
    return value


def picture_numbers(asked: dict[str, Any]) -> list[int]:
    """The numbers under `pictures`."""
    found = asked.get("pictures")
    if not isinstance(found, list):
        raise UserError(NOT_UNDERSTOOD)
    return [whole_number(each) for each in found]


def text_of(asked: dict[str, Any], name: str) -> str:
    """The text of that name; "" for anything else."""
    found = asked.get(name)
    return found if isinstance(found, str) else ""
