"""Where zoo entries stand: those that ship with ConvScope, the run folder with what was trained here, and those of
one visitor of the page, which only whoever knows their names can load."""

import os
import re
import tempfile
from pathlib import Path

from model_zoo.entries.entry import CARD, HISTORY, WEIGHTS
from model_zoo.entries.judge_file import JUDGE

SHIPPED = Path(__file__).parents[1] / "weights"
PRIVATE = "private:"
_PRIVATE_NAME = rf"{PRIVATE}[A-Za-z0-9_-]{{22}}"

Stamp = tuple[tuple[int, int] | None, ...]
"""Size and time of each of an entry's files, None where it is missing: what was read from them is kept under it."""


def runs_folder() -> Path:
    """The folder of run folders, which the environment variable CONVSCOPE_RUNS names."""
    return Path(os.environ.get("CONVSCOPE_RUNS") or "runs")


def private_folder() -> Path:
    """The folder of entries that belong to one visitor each, which CONVSCOPE_PRIVATE names; it need not exist."""
    user = os.getuid() if hasattr(os, "getuid") else 0
    return Path(os.environ.get("CONVSCOPE_PRIVATE") or Path(tempfile.gettempdir()) / f"convscope-networks-{user}")


def is_private(name: object) -> bool:
    """Whether it is the name of an entry of one visitor, which nobody can guess."""
    return isinstance(name, str) and re.fullmatch(_PRIVATE_NAME, name) is not None


def folder_of(name: object) -> Path | None:
    """The folder of an entry by its name, one visitor's included; None where there is none."""
    if not isinstance(name, str):
        return None
    if not is_private(name):
        return _named(name)
    folder = private_folder() / name.removeprefix(PRIVATE)
    return folder.resolve() if (folder / CARD).is_file() else None


def folders() -> dict[str, Path]:
    """Entry name -> folder, half-written ones included. A run that has a shipped entry's name is called runs/<name>."""
    shipped = {folder.name: folder for folder in _entries(SHIPPED)}
    trained = {folder.name: folder.resolve() for folder in _entries(runs_folder())}
    return shipped | {f"runs/{name}" if name in shipped else name: folder for name, folder in trained.items()}


def _named(name: str) -> Path | None:
    """As `folders().get(name)`, without a look at all the others."""
    parent, single = (runs_folder(), name.removeprefix("runs/")) if name.startswith("runs/") else (SHIPPED, name)
    if not single or "/" in single or single in (".", "..") or "\0" in single:
        return None
    if parent != SHIPPED:  # a run that has a shipped entry's name
        return (parent / single).resolve() if _is_entry(SHIPPED / single) and _is_entry(parent / single) else None
    if _is_entry(SHIPPED / single):
        return SHIPPED / single
    return (runs_folder() / single).resolve() if _is_entry(runs_folder() / single) else None


def stamp(folder: Path) -> Stamp:
    """The state of an entry's files."""
    stamps: list[tuple[int, int] | None] = []
    for name in (CARD, WEIGHTS, HISTORY, JUDGE):
        try:
            status = (folder / name).stat()
            stamps.append((status.st_size, status.st_mtime_ns))
        except OSError:
            stamps.append(None)
    return tuple(stamps)


def _entries(parent: Path) -> list[Path]:
    try:
        with os.scandir(parent) as found:  # quicker than a glob, and this runs in every request
            paths = [folder.path for folder in found]
    except OSError:  # there is no such folder
        return []
    return sorted(Path(path) for path in paths if _is_entry(path))


def _is_entry(folder: Path | str) -> bool:
    return any(os.path.isfile(f"{folder}/{name}") for name in (CARD, WEIGHTS))
