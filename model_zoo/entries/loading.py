"""Entries by name or folder as ready `Model`s, each read once and shared by all threads until its files change."""

import logging
import os
import threading
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from torch import nn

from model_zoo.common.lru_cache import LRUCache
from model_zoo.common.memory import KEPT
from model_zoo.entries.entry import BrokenEntry, learned_weights, read_card, read_history, read_net
from model_zoo.entries.folders import Stamp, folder_of, folders, stamp
from model_zoo.entries.judge_file import read_judge
from model_zoo.model import Model, snapshots
from model_zoo.trust.judgement import Judge

SNAPSHOT_BYTES = 200_000_000  # of weights of earlier epochs: eight of TalkCNN's epochs
LISTED_BYTES = 150_000_000  # of cards, also of entries that have gone since: about 4,000
PARSED = 3  # bytes in memory for one of a card
log = logging.getLogger(__name__)
_held: dict[str, Model] = {}  # networks that stand in memory alone
_listed: LRUCache[tuple[Stamp, "_Listed | BrokenEntry"]] = LRUCache(LISTED_BYTES, lambda kept: _listed_bytes(*kept))
_models: LRUCache[tuple[Stamp, Model]] = LRUCache(None, lambda kept: _model_bytes(*kept), KEPT)
_snapshots: LRUCache[nn.Module] = LRUCache(SNAPSHOT_BYTES, lambda net: net_bytes(net), KEPT)
_reading = threading.RLock()  # a class asks for the same network at once


@dataclass(frozen=True)
class _Listed:
    """What is known of an entry whose weights nobody has asked for."""

    card: dict[str, Any]
    weights: int


def names() -> list[str]:
    """The names that `load` takes: what `hold` was given, then shipped entries, then those of the run folder.

    Of the first the latest comes first, the others are each in alphabetical order. An entry that cannot be
    used is left out, the reason logged once: one without a card or weights at once, one with damaged weights once it
    was asked for, because weights are not read here.
    """
    entries = (name for name, folder in folders().items() if not isinstance(_list(folder), BrokenEntry))
    return list(dict.fromkeys((*_held, *entries)))


def loaded_count() -> int:
    """How many networks are in memory, weights and all."""
    return len(_held) + len(_models)


def hold(model: Model) -> Model:
    """Have `names` and `load` know a network without an entry, such as one of somebody's own, while this process lives.

    Returns:
        The network under the name that it has now: another one than its own, where an entry has that already. One
        that was held under its name before is replaced.
    """
    global _held
    name, count = model.name, 1
    while name in folders():
        count += 1
        name = f"{model.name}-{count}"
    held = replace(model, name=name, card=model.card | {"name": name})
    # Another dictionary, so that no thread meets one that is half filled.
    _held = {name: held} | {key: each for key, each in _held.items() if key != name}
    return held


def is_held(name: str) -> bool:
    """Whether `hold` was given it, so that it has no entry."""
    return name in _held


def card_of(name: str) -> dict[str, Any]:
    """The card of the entry of that name, without its weights being read.

    Raises:
        KeyError: no entry of that name; the message lists the known ones.
        BrokenEntry: the card cannot be used, or the weights are known to be damaged.
    """
    held = _in_memory(name)
    return held.card if held else _of_name(name).card


def count_weights(name: str) -> int:
    """How many weights were learned: those of its file, but for what batch norm counts along.

    Raises:
        KeyError: no entry of that name.
        BrokenEntry: as for `card_of`.
    """
    held = _in_memory(name)
    return sum(weight.numel() for weight in held.net.parameters()) if held else _of_name(name).weights


def _in_memory(name: object) -> Model | None:
    return _held.get(name) if isinstance(name, str) else None


def _of_name(name: str) -> _Listed:
    found = _list(_folder(name))
    if isinstance(found, BrokenEntry):
        raise found
    return found


def _folder(name: str) -> Path:
    folder = folder_of(name)
    if folder is None:
        raise KeyError(f"There is no network named {name!r}; known are {', '.join(names()) or 'none'}.")
    return folder


def load(name: str, epoch: int | None = None) -> Model:
    """The entry of that name; loaded once and shared until its files change.

    Args:
        epoch: for the weights as they were after that epoch of the training, one of `load(name).epochs`.

    Raises:
        KeyError: no entry of that name, or no weights of that epoch; the message lists the known ones.
        BrokenEntry: the entry is there but cannot be used; the message names the file and says why.
    """
    held = _in_memory(name)
    if held is not None:
        return held if epoch is None else _at(held, epoch)
    folder = _folder(name)
    model = _load(folder, name, stamp(folder))
    return model if epoch is None else _at(model, epoch)


def load_folder(folder: str | os.PathLike[str]) -> Model:
    """The entry that stands in a folder anywhere, such as the `--out` of a training.

    Raises:
        BrokenEntry: the folder holds no entry that can be used; the message names the file and says why.
    """
    folder = Path(folder).resolve()
    return _load(folder, folder.name, stamp(folder))


def entry_of(name: str) -> Model:
    """The entry that a command names: a folder, or else a name of the zoo. Raises as `load_folder` and `load` do."""
    path = Path(name).expanduser()
    return load_folder(path) if path.is_dir() else load(name)


def _load(folder: Path, name: str, current: Stamp) -> Model:
    """Kept for as long as the files stay the same; of a run that is being written only the newest state."""
    kept = _kept(folder, name, current)
    if kept:
        return kept
    with _reading:
        # Perhaps another thread has read it meanwhile.
        return _kept(folder, name, current) or _read(folder, name, current)


def _read(folder: Path, name: str, current: Stamp) -> Model:
    try:
        card = read_card(folder)
        model = Model(name, read_net(folder, card), card, read_history(folder), folder, trust=_trust(folder, card))
    except BrokenEntry as error:
        _leave_out(folder, current, error)
        raise
    _models.keep((folder, name), (current, model))
    return model


def _kept(folder: Path, name: str, current: Stamp) -> Model | None:
    kept = _models.find((folder, name))
    return kept[1] if kept and kept[0] == current else None


def _model_bytes(current: Stamp, model: Model) -> int:
    judge, _ = current[-1] or (0, 0)
    return net_bytes(model.net) + 4 * judge  # whose banks lie in the file as bytes


def net_bytes(net: nn.Module) -> int:
    """Bytes of a network's weights, and of what it keeps beside them."""
    return sum(weight.nbytes for weight in net.state_dict().values())


def _trust(folder: Path, card: dict[str, Any]) -> Judge | None:
    """What judges the entry's answers; without it, or with a broken one, the network answers all the same."""
    try:
        return read_judge(folder, card)
    except BrokenEntry as error:
        log.warning("The answers of %s are not judged: %s", folder.name, error)
        return None


def _at(model: Model, epoch: int) -> Model:
    if type(epoch) is not int or epoch not in model.epochs:
        known = ", ".join(map(str, model.epochs)) or "none"
        raise KeyError(f"{model.name} keeps no weights of epoch {epoch!r}; it keeps those of {known}.")
    if epoch not in snapshots(model.card):  # the entry's own weights, which are those of its best epoch
        return replace(model, epoch=epoch)
    key = (model.folder, epoch, snapshots(model.card)[epoch])
    return replace(
        model, net=_snapshots.get(key, partial(read_net, model.folder, model.card, epoch)), epoch=epoch, trust=None
    )


def _listed_bytes(current: Stamp, found: _Listed | BrokenEntry) -> int:
    card, _ = current[0] or (0, 0)
    return 1_000 + (PARSED * card if isinstance(found, _Listed) else 0)


def _list(folder: Path) -> _Listed | BrokenEntry:
    """What an entry's files tell now; or why it cannot be used."""
    current = stamp(folder)
    kept = _listed.find(folder)
    if kept and kept[0] == current:
        return kept[1]
    try:
        found = _Listed(read_card(folder), learned_weights(folder))
        read_history(folder)
    except BrokenEntry as error:
        return _leave_out(folder, current, error)
    _listed.keep(folder, (current, found))
    return found


def _leave_out(folder: Path, current: Stamp, error: BrokenEntry) -> BrokenEntry:
    """Until its files change; the reason is logged once."""
    kept = _listed.find(folder)
    if not kept or kept[0] != current or not isinstance(kept[1], BrokenEntry):
        log.warning("The entry %s is left out: %s", folder.name, error)
    _listed.keep(folder, (current, error))
    return error
