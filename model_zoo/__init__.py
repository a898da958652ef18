"""Trained networks and how to look inside one.

    import model_zoo
    model_zoo.names()                       # ['cifar10-cnn', ...]
    model = model_zoo.load("cifar10-cnn")
    model.predict(picture)                  # [('cat', 0.93), ('dog', 0.05), ...]
    model_zoo.walk(model.net, model.prepare(picture))

Shipped entries stand in `model_zoo/weights/`; entries that `python -m train` wrote stand in the folder that the
environment variable CONVSCOPE_RUNS names (default `runs/`).
"""

import logging
import os
import threading
from dataclasses import replace
from functools import lru_cache, partial
from pathlib import Path

from torch import nn

from model_zoo.common.lru_cache import LRUCache
from model_zoo.entries.entry import CARD, HISTORY, WEIGHTS, BrokenEntry, read_card, read_history, read_net
from model_zoo.graph.op_names import INPUT
from model_zoo.graph.walk import Step, walk
from model_zoo.model import Model, snapshots

__all__ = ["INPUT", "BrokenEntry", "Model", "Step", "entry_of", "load", "load_folder", "names", "walk"]

SHIPPED = Path(__file__).parent / "weights"
log = logging.getLogger(__name__)
MOST_LOADED = 16  # 23 MB each for TalkCNN
KEPT_BYTES = 200_000_000  # of weights of earlier epochs: eight of TalkCNN's epochs
_models: dict[tuple[Path, str], tuple[tuple, Model]] = {}
_lock = threading.Lock()
_snapshots: LRUCache[nn.Module] = LRUCache(
    KEPT_BYTES, lambda net: sum(weight.nbytes for weight in net.state_dict().values())
)


def names() -> list[str]:
    """The names that `load` takes: shipped entries first, then those of the run folder, each in alphabetical order.

    An entry that cannot be used is left out; the reason is logged once.
    """
    return [name for name, folder in _folders().items() if _usable(folder, name, _stamp(folder))]


def load(name: str, epoch: int | None = None) -> Model:
    """The entry of that name; loaded once and shared until its files change.

    Args:
        epoch: for the weights as they were after that epoch of the training, one of `load(name).epochs`.

    Raises:
        KeyError: no entry of that name, or no weights of that epoch; the message lists the known ones.
        BrokenEntry: the entry is there but cannot be used; the message names the file and says why.
    """
    folder = _folders().get(name) if isinstance(name, str) else None
    if folder is None:
        raise KeyError(f"There is no network named {name!r}; known are {', '.join(names()) or 'none'}.")
    model = _load(folder, name, _stamp(folder))
    return model if epoch is None else _at(model, epoch)


def load_folder(folder: str | os.PathLike[str]) -> Model:
    """The entry that stands in a folder anywhere, such as the `--out` of a training.

    Raises:
        BrokenEntry: the folder holds no entry that can be used; the message names the file and says why.
    """
    folder = Path(folder).resolve()
    return _load(folder, folder.name, _stamp(folder))


def entry_of(name: str) -> Model:
    """The entry that a command names: a folder, or else a name of the zoo. Raises as `load_folder` and `load` do."""
    path = Path(name).expanduser()
    return load_folder(path) if path.is_dir() else load(name)


def _folders() -> dict[str, Path]:
    """Entry name -> folder, half-written ones included. A run that has a shipped entry's name is called runs/<name>."""
    runs = Path(os.environ.get("CONVSCOPE_RUNS") or "runs")
    shipped = {folder.name: folder for folder in _entries(SHIPPED)}
    trained = {folder.name: folder.resolve() for folder in _entries(runs)}
    return shipped | {f"runs/{name}" if name in shipped else name: folder for name, folder in trained.items()}


def _entries(parent: Path) -> list[Path]:
    try:
        with os.scandir(parent) as folders:  # quicker than a glob, and this runs in every request
            paths = [folder.path for folder in folders]
    except OSError:  # there is no such folder
        return []
    return sorted(Path(path) for path in paths if any(os.path.isfile(f"{path}/{name}") for name in (CARD, WEIGHTS)))


def _stamp(folder: Path) -> tuple[tuple[int, int] | None, ...]:
    """Size and time of the entry's files: the key under which what was read from them is kept."""
    stamps = []
    for name in (CARD, WEIGHTS, HISTORY):
        try:
            status = (folder / name).stat()
            stamps.append((status.st_size, status.st_mtime_ns))
        except OSError:
            stamps.append(None)
    return tuple(stamps)


def _load(folder: Path, name: str, stamp: tuple) -> Model:
    """Kept for as long as the files stay the same; of a run that is being written only the newest state."""
    with _lock:
        kept = _models.pop((folder, name), None)
        if kept and kept[0] == stamp:
            _models[folder, name] = kept  # behind the others: the first ones go first
            return kept[1]
    card = read_card(folder)
    model = Model(name, read_net(folder, card), card, read_history(folder), folder)
    with _lock:
        _models.pop((folder, name), None)
        _models[folder, name] = stamp, model
        if len(_models) > MOST_LOADED:
            del _models[next(iter(_models))]
    return model


def _at(model: Model, epoch: int) -> Model:
    if type(epoch) is not int or epoch not in model.epochs:
        known = ", ".join(map(str, model.epochs)) or "none"
        raise KeyError(f"{model.name} keeps no weights of epoch {epoch!r}; it keeps those of {known}.")
    if epoch not in snapshots(model.card):  # the entry's own weights, which are those of its best epoch
        return replace(model, epoch=epoch)
    key = (model.folder, epoch, snapshots(model.card)[epoch])
    return replace(model, net=_snapshots.get(key, partial(read_net, model.folder, model.card, epoch)), epoch=epoch)


@lru_cache(maxsize=256)
def _usable(folder: Path, name: str, stamp: tuple) -> bool:
    try:
        _load(folder, name, stamp)
    except BrokenEntry as error:
        log.warning("The entry %s is left out: %s", folder.name, error)
        return False
    return True
