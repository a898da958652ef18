"""What visitors' files may take on the disk, and what is said when it is full.

- Uploads and pictures that the page sends (`GRADIO_TEMP_DIR`): `UPLOADS` bytes, or CONVSCOPE_UPLOADS in MB; beyond
  that the oldest go, but for those that the page begins with (`hold`).
- Files made to be taken home, in folders of `paths.work_folder`: `MADE` bytes; beyond that the oldest go, but none of
  the last `KEPT` seconds.

Whoever asks for a picture that has gone is told to give it again. Runs of the Train tab are counted by
`train.service`, networks that visitors add or teach by `demo.private`; what is kept in memory is no matter of this.
"""

import errno
import os
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

import anyio
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from demo.server.paths import work_folder

VARIABLE = "CONVSCOPE_UPLOADS"
UPLOADS, MADE = 4_000_000_000, 1_000_000_000  # bytes
KEPT = 600.0  # seconds in which a file that was made can be fetched
MOST = 100_000_000  # bytes of a file, as Gradio is told in demo/launching.py
GUESS = 10_000_000  # bytes of an upload that does not say how many it has
FULL = "The disk of this server is full. Please try again later, or tell whoever runs it."
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


def is_full(error: BaseException | None) -> bool:
    """Whether an error, or what it came of, is that a file found no room."""
    seen = 0
    while error is not None and seen < 9:
        if isinstance(error, OSError) and error.errno in _FULL:
            return True
        error, seen = error.__cause__ or error.__context__, seen + 1
    return False


def upload_budget() -> int:
    """Bytes of uploads.

    Raises:
        ValueError: the variable holds no whole number of at least 1.
    """
    asked = os.environ.get(VARIABLE, "")
    if not asked:
        return UPLOADS
    if not asked.isascii() or not asked.isdecimal() or not int(asked):
        raise ValueError(f"{VARIABLE} says how many MB of uploads are kept, such as 2000; it is {asked!r}.")
    return int(asked) * 1_000_000


_held: set[str] = set()


def hold(paths: Iterable[str]) -> None:
    """Never delete these files."""
    _held.update(os.path.realpath(path) for path in paths)


def trim(folder: Path, budget: int, younger: float = 0.0) -> int:
    """Delete the oldest files in folders of a folder until the rest takes no more than so many bytes.

    Args:
        younger: seconds; files that were changed since stay.

    Returns:
        The bytes of the rest.
    """
    files = sorted(_files(folder))
    total, since = sum(size for _, size, _ in files), time.time() - younger
    for changed, size, path in files:
        if total <= budget or (younger and changed > since):
            break
        with suppress(OSError):  # another thread deletes, too
            os.unlink(path)
            total -= size
            os.rmdir(os.path.dirname(path))  # where it was the only one
    return total


def _files(folder: Path) -> Iterator[tuple[float, int, str]]:
    """Time of change, bytes and path of each file."""
    top = os.path.realpath(folder)
    for place, _, names in os.walk(top):
        for name in names if place != top else ():
            path = os.path.join(place, name)
            if path in _held:
                continue
            with suppress(OSError):
                found = os.lstat(path)
                yield found.st_mtime, found.st_size, path


class Room:
    """The folder of uploads, which is looked through again whenever a tenth of its budget has come."""

    def __init__(self, folder: Path, budget: int) -> None:
        self._folder, self._budget, self._lock = folder, budget, threading.Lock()
        self._come = budget  # bytes since the last look: the first upload makes room

    def make(self, size: int) -> None:
        """There will be so many bytes more."""
        with self._lock:
            self._come += size
            if self._come < self._budget // 10:
                return
            self._come = 0
            trim(self._folder, self._budget * 9 // 10 - min(size, self._budget // 10))
            trim(work_folder(), MADE, KEPT)


class UploadRoom:
    """ASGI middleware: makes room for what is sent to the address of uploads, before it is read."""

    def __init__(self, app: ASGIApp, folder: str, uploads: str) -> None:
        """`uploads`: the end of that address."""
        self.app, self._uploads, self._room = app, uploads, Room(Path(folder), upload_budget())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] == "POST" and scope["path"].endswith(self._uploads):
            told = Headers(scope=scope).get("content-length", "")
            # What is said of itself is believed up to what may be sent at all: it decides what has to go.
            size = min(int(told), MOST) if told.isascii() and told.isdecimal() and len(told) < 16 else GUESS
            await anyio.to_thread.run_sync(self._room.make, size)
        await self.app(scope, receive, send)
