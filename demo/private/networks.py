"""Where the networks of single visitors are kept, for how long, and which of them a page lists."""

import json
import logging
import os
import secrets
import shutil
import tempfile
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from demo.errors import UserError
from model_zoo.entries.folders import PRIVATE, folder_of, is_private, private_folder

KEPT_SECONDS = 4 * 3600
MOST_BYTES = 2_000_000_000
"""Of all visitors together; beyond it the oldest networks go first."""

MOST_NETWORKS = 8
"""Of one visitor; beyond it the oldest of theirs leaves the lists."""

MOST_SESSIONS = 1024
WRITING = ".convscope-"  # how the names of folders begin that are being written
NOT_YOURS = "This network is not one of yours, or it has been deleted already."
NO_ROOM = "This server has no room for another network at the moment. Please try again later."

log = logging.getLogger(__name__)
_lock = threading.Lock()
_of_session: OrderedDict[str, list[str]] = OrderedDict()  # names, the oldest first


def keep(write: Callable[[Path], object], session: str | None) -> str:
    """Keep a network for a visitor.

    Args:
        write: writes an entry into a folder that is there and empty; what it raises goes on, and nothing is kept.
        session: of the visitor's page.

    Returns:
        The name that `model_zoo.load` takes.

    Raises:
        UserError: there is no room.
    """
    name = _written(write)
    remember([name], session)
    return name


def replace(name: str, write: Callable[[Path], object], session: str | None) -> str:
    """Keep a network in the place of another one of its visitor, which goes.

    Args:
        name: of that other one.
        write, session: as for `keep`.

    Returns:
        The name of the new one.

    Raises:
        UserError: the other one is not theirs, or is gone; or there is no room.
    """
    if name not in mine(session):
        raise UserError(NOT_YOURS)
    new = _written(write)
    with _lock:
        known = _of_session.get(session or "", [])
        known[:] = [new if each == name else each for each in known]
    shutil.rmtree(private_folder() / name.removeprefix(PRIVATE), ignore_errors=True)
    return new


def _written(write: Callable[[Path], object]) -> str:
    place = private_folder()
    try:
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not _is_trusted(place):
            raise PermissionError(f"{place} belongs to somebody else")
        sweep()
        # On the same disk, so that it appears as a whole.
        with tempfile.TemporaryDirectory(prefix=WRITING, dir=place, ignore_cleanup_errors=True) as made:
            folder = Path(made) / "entry"
            folder.mkdir(mode=0o700)
            write(folder)
            token = secrets.token_urlsafe(16)
            folder.rename(place / token)
    except OSError as error:
        log.warning("A network could not be kept: %r", error)
        raise UserError(NO_ROOM) from error
    return f"{PRIVATE}{token}"


def remember(names: list[str], session: str | None) -> None:
    """List those networks for a page, of which its browser knew, or which were made there."""
    if not session:
        return
    with _lock:
        known = _of_session.setdefault(session, [])
        known.extend(name for name in names if name not in known)
        del known[:-MOST_NETWORKS]
        _of_session.move_to_end(session)
        while len(_of_session) > MOST_SESSIONS:
            _of_session.popitem(last=False)


def mine(session: str | None) -> list[str]:
    """Names of a visitor's networks that are still there, the oldest first."""
    with _lock:
        known = list(_of_session.get(session or "", []))
    return [name for name in known if is_there(name)]


def is_there(name: object) -> bool:
    """Whether it is a visitor's network that is still kept."""
    return is_private(name) and folder_of(name) is not None


def known_to_browser(text: Any) -> list[str]:
    """The names in what a browser kept as a JSON list; those that are none, or no longer there, are left out."""
    with suppress(ValueError, RecursionError):
        found = json.loads(text) if isinstance(text, str) and len(text) < 10_000 else None
        if isinstance(found, list):
            return [name for name in found[:MOST_NETWORKS] if is_there(name)]
    return []


def delete(name: object, session: str | None) -> None:
    """Delete a visitor's network at once.

    Raises:
        UserError: it is not one of theirs.
    """
    if name not in mine(session) or not isinstance(name, str):
        raise UserError(NOT_YOURS)
    with _lock, suppress(ValueError):  # a second click may have been quicker
        _of_session.get(session or "", []).remove(name)
    shutil.rmtree(private_folder() / name.removeprefix(PRIVATE), ignore_errors=True)


def sweep() -> None:
    """Delete what is older than `KEPT_SECONDS`, and the oldest networks where all together are too large.

    Only what was kept here, or is being written: the folder may hold other things.
    """
    place = private_folder()
    if not _is_trusted(place):
        return
    ours = [path for path in _children(place) if is_private(f"{PRIVATE}{path.name}") or path.name.startswith(WRITING)]
    found = sorted((since, path) for path in ours if (since := _since(path)) is not None)
    left = MOST_BYTES
    for since, path in reversed(found):
        left -= sum(size for each in _children(path) if (size := _size(each)))
        if left < 0 or time.time() - since > KEPT_SECONDS:
            shutil.rmtree(path, ignore_errors=True)


def _is_trusted(place: Path) -> bool:
    """Whether it is this user's or root's: among temporary files anybody may put a folder or a link in its place."""
    try:
        return not hasattr(os, "getuid") or place.lstat().st_uid in (0, os.getuid())
    except OSError:
        return False


def _children(folder: Path) -> list[Path]:
    try:
        return list(folder.iterdir())
    except OSError:
        return []


def _since(path: Path) -> float | None:
    try:
        return path.stat().st_mtime
    except OSError:  # another server may be sweeping, too
        return None


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
