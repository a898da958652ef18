"""The machine that serves the page: its cores, and folders for what visitors send and what the page makes."""

import atexit
import os
import shutil
import tempfile
import time
from functools import lru_cache
from pathlib import Path

KEPT_SECONDS = 3 * 3600  # uploads live at most this long, and the half hour between two sweeps
SWEEP_SECONDS = 1800


def cores() -> int:
    """Processor cores that this process may use: what Spaces say, else what the system allows."""
    told = os.environ.get("CPU_CORES", "")
    if told.isdigit() and int(told) > 0:
        return int(told)
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def upload_folder() -> str:
    """The folder for uploads, beside no other program's; what an earlier server left there too long is removed."""
    folder = Path(tempfile.gettempdir()) / "convscope-uploads"
    folder.mkdir(exist_ok=True)
    for path in folder.iterdir():
        if time.time() - path.stat().st_mtime > KEPT_SECONDS:
            shutil.rmtree(path, ignore_errors=True)
    return str(folder)


@lru_cache(maxsize=1)
def work_folder() -> Path:
    """A folder for files that this process makes; it goes when the process ends."""
    folder = Path(tempfile.mkdtemp(prefix="convscope-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder
