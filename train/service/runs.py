"""Run folders that a server made: whose each is, its title, and its end. Everything here stays within such folders.

A run folder keeps a checksum of the ticket of whoever started its training, so that this browser may rename and delete
it also after the server was started anew; the ticket itself stands nowhere.
"""

import hashlib
import hmac
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from train.entry.run_folder import CARD, LOCK, README, started
from train.service.orders import Refused

OWNER = "owner.txt"  # in the run folder: SHA-256 of the ticket
LONGEST = 60  # characters of a title
SWITCH = "CONVSCOPE_RUNS_EDITABLE"  # "on" lets every visitor rename and delete trainings
BUSY = "This network is still being trained. Stop the training first, or let it finish."
GONE = "There is no training of that name here. Somebody may have deleted it."
NOT_YOURS = (
    "Only the browser that started a training can rename or delete it. Whoever runs this server can allow it to all "
    f"with {SWITCH}=on."
)


def sign(folder: Path, ticket: str) -> None:
    """Note in a new run folder whose it is.

    Raises:
        OSError: it cannot be written.
    """
    (folder / OWNER).write_text(_checksum(ticket), encoding="ascii")


def may_edit(runs: Path, name: str, ticket: str) -> bool:
    """Whether the run folder `name` in `runs` is there, and may be edited by whoever holds the ticket."""
    try:
        _folder(runs, name, ticket)
    except Refused:
        return False
    return True


def rename(runs: Path, name: str, title: str, ticket: str) -> str:
    """See `Queue.rename`."""
    folder, title = _folder(runs, name, ticket), _title(title)
    with _held(folder):
        try:
            card = json.loads((folder / CARD).read_bytes())
            old = str(card["title"])
            card["title"] = title
            # The model card begins with the title; its other lines stay.
            text = (folder / README).read_text(encoding="utf-8").replace(f"\n# {old}\n", f"\n# {title}\n", 1)
        except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
            raise Refused("This training left no network that could be named.") from error
        try:
            _replace(folder / README, text)
            _replace(folder / CARD, json.dumps(card, indent=2, ensure_ascii=False) + "\n")
        except OSError as error:
            raise Refused(f"The new name could not be written: {error.strerror or error}.") from error
    return title


def delete(runs: Path, name: str, ticket: str) -> None:
    """See `Queue.delete`."""
    folder = _folder(runs, name, ticket)
    # Renamed first, so that it is gone at once and as a whole; a name with a dot is no network of the page.
    hidden = folder.with_name(f".{name}.deleted")
    with _held(folder):
        pass  # no open file, with which some systems rename no folder
    try:
        folder.rename(hidden)
    except OSError as error:
        raise Refused(f"The training could not be deleted: {error.strerror or error}.") from error
    shutil.rmtree(hidden, ignore_errors=True)


def _folder(runs: Path, name: str, ticket: str) -> Path:
    """The run folder.

    Raises:
        Refused: no server made one of this name, it is not there, or it is somebody else's.
    """
    # Only names that a server gives: none of them leads out of `runs`, and what others put there is left alone.
    if not isinstance(name, str) or started(name) is None:
        raise Refused(GONE)
    folder = runs.resolve() / name
    if folder.is_symlink() or not folder.is_dir():
        raise Refused(GONE)
    if os.environ.get(SWITCH, "").strip().lower() != "on" and not _is_owner(folder, ticket):
        raise Refused(NOT_YOURS)
    return folder


def _is_owner(folder: Path, ticket: str) -> bool:
    try:
        known = (folder / OWNER).read_text(encoding="ascii").strip()
    except (OSError, ValueError):
        return False
    return isinstance(ticket, str) and bool(ticket) and hmac.compare_digest(known, _checksum(ticket))


def _checksum(ticket: str) -> str:
    return hashlib.sha256(ticket.encode(errors="surrogatepass")).hexdigest()


def _title(title: str) -> str:
    words = " ".join(title.split()) if isinstance(title, str) else ""
    if not 1 <= len(words) <= LONGEST or not words.isprintable():
        raise Refused(f"Please give a name of 1 to {LONGEST} characters.")
    return words


@contextmanager
def _held(folder: Path) -> Iterator[None]:
    """No training runs in the folder, of whichever server, and none begins.

    Raises:
        Refused: one does.
    """
    lock = FileLock(folder / LOCK, timeout=0)
    try:
        lock.acquire()
    except Timeout as error:
        raise Refused(BUSY) from error
    except OSError as error:
        raise Refused(f"The folder of this training cannot be written: {error.strerror or error}.") from error
    try:
        yield
    finally:
        lock.release()
        with suppress(OSError):
            (folder / LOCK).unlink(missing_ok=True)


def _replace(path: Path, text: str) -> None:
    """The file appears whole or not at all."""
    temporary = path.with_name(f"{path.name}.tmp")
    try:
        temporary.write_text(text, encoding="utf-8")
        os.replace(temporary, path)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise
