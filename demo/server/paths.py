"""The machine that serves the page: cores, address, and folders for what visitors send and what the page makes."""

import atexit
import os
import shutil
import socket
import tempfile
import time
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

KEPT_SECONDS = 3 * 3600  # uploads live at most this long, and the half hour between two sweeps
SWEEP_SECONDS = 1800


def cores() -> int:
    """Processor cores that this process may use: what Spaces say, else what the system allows."""
    declared = os.environ.get("CPU_CORES", "")
    if declared.isdigit() and int(declared) > 0:
        return int(declared)
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def network_address() -> str:
    """The address by which others in its network reach this machine, as far as it knows one; else ""."""
    with suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(("192.0.2.1", 9))  # sends nothing: the system only says by which of its addresses it would go
        address = str(probe.getsockname()[0])
        return "" if address.startswith("127.") else address
    return ""


def upload_folder() -> str:
    """The folder for uploads, which only this account can read; what an earlier server left there too long is removed.

    Where somebody else holds its name, it is a new one, which goes when the process ends.
    """
    user = os.getuid() if hasattr(os, "getuid") else 0  # on Windows the folder for such files is the account's own
    folder = Path(tempfile.gettempdir()) / f"convscope-uploads-{user}"
    with suppress(OSError):
        folder.mkdir(mode=0o700, exist_ok=True)
        if not folder.is_symlink() and folder.stat().st_uid == user:
            folder.chmod(0o700)
            _sweep(folder)
            return str(folder)
    return str(_passing("convscope-uploads-"))


def _sweep(folder: Path) -> None:
    for path in folder.iterdir():
        with suppress(OSError):  # another server may be sweeping, too
            if time.time() - path.lstat().st_mtime > KEPT_SECONDS:
                shutil.rmtree(path)


@lru_cache(maxsize=1)
def work_folder() -> Path:
    """A folder for files that this process makes; it goes when the process ends."""
    return _passing("convscope-")


def _passing(prefix: str) -> Path:
    folder = Path(tempfile.mkdtemp(prefix=prefix))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder
