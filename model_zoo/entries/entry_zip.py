"""An entry as one zip: to take home, where `python predict.py picture.png` answers, and to bring back.

    card.json, model.safetensors, history.csv, README.md    the entry, see entry.py
    judge.safetensors, trust.json                           what judges its answers, where it has that
    predict.py                                              the network in plain PyTorch, for whoever has no ConvScope

A zip that is brought back comes from anybody. Of it only the entry's own files are taken, by their exact names, each
up to a size; nothing of it is run or unpickled, predict.py is left where it is, and the entry is loaded before it
counts, so that all that `load_folder` checks holds: sha256, shapes, finite numbers, known architectures.
"""

import errno
import os
import shutil
import zipfile
from pathlib import Path, PurePosixPath

from model_zoo.common import safe_zip
from model_zoo.entries import judge_file
from model_zoo.entries.architectures import GRAPH, LIBRARY
from model_zoo.entries.entry import CARD, HISTORY, README, WEIGHTS, BrokenEntry, read_card
from model_zoo.entries.loading import load_folder
from model_zoo.model import Model

PROGRAM = "predict.py"
NEEDED = {CARD: 1_000_000, WEIGHTS: 100_000_000, HISTORY: 1_000_000}
"""The files of an entry and their bytes at most."""
FURTHER = {judge_file.JUDGE: judge_file.MOST_BYTES, judge_file.REPORT: 10_000_000}
LIMITS = safe_zip.Limits(files=100, unpacked=120e6, ratio=200, harmless=20e6)


def write(model: Model, program: str, path: str | os.PathLike[str]) -> None:
    """Write the zip; an older one is replaced.

    Args:
        model: an entry with its own weights, not those of an earlier epoch.
        program: the text of predict.py, which reads the weights that lie beside it.

    Raises:
        OSError: it cannot be written.
    """
    names = [name for name in (*NEEDED, *FURTHER, README, GRAPH) if (model.folder / name).is_file()]
    # Weights do not get smaller by being packed.
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr(PROGRAM, program)
        for name in names:
            archive.write(model.folder / name, name)


def read(path: Path, out: Path, called: str = "", libraries: bool = True) -> Model:
    """The entry in a zip, as a folder of its own.

    Args:
        path: the zip, of anybody.
        out: the folder to write, missing or empty.
        called: how sentences name the zip; its file name if not given.
        libraries: whether it may hold an architecture of another library. Building one can take gigabytes, for which a
            server has a process with limits of its own.

    Raises:
        BrokenEntry: it holds no entry that can be used; the message is a sentence, and nothing is left of `out`.
        OSError: `out` holds something, or cannot be written.
    """
    called = called or path.name
    try:
        chosen = _chosen(safe_zip.members(path, called, LIMITS), called)
        out.mkdir(parents=True, exist_ok=True)
        if any(out.iterdir()):
            raise FileExistsError(errno.ENOTEMPTY, os.strerror(errno.ENOTEMPTY), str(out))
    except safe_zip.ArchiveError as error:
        raise BrokenEntry(str(error)) from error
    try:
        with safe_zip.Reader() as reader:
            for name, member in chosen.items():
                (out / name).write_bytes(reader.read(path, member))
        if not libraries and LIBRARY in read_card(out)["net"]:
            raise BrokenEntry("its architecture is one of another library: add its weights with that architecture.")
        return load_folder(out)
    except safe_zip.ArchiveError as error:
        shutil.rmtree(out)
        raise BrokenEntry(f"{called}: {error}") from error
    except BrokenEntry as error:
        shutil.rmtree(out)
        # Where it was read from says nothing to whoever gave it.
        raise BrokenEntry(f"{called} holds no network that can be used: {_without(str(error), out)}") from error
    except BaseException:
        shutil.rmtree(out)
        raise


def _chosen(members: list[safe_zip.Member], called: str) -> dict[str, safe_zip.Member]:
    """The entry's files by name, from the top of the zip or from the one folder with a card in it."""
    cards = [member for member in members if PurePosixPath(member.name).name == CARD and member.name.count("/") < 2]
    if len(cards) != 1:
        raise BrokenEntry(f"{called} holds no network: there must be one {CARD} in it, and there are {len(cards)}.")
    top = cards[0].name.removesuffix(CARD)
    by_name = {member.name: member for member in members}
    if top + GRAPH in by_name:  # reading a stranger's graph is work for a process with limits of its own
        raise BrokenEntry(f"{called} holds a network of an ONNX file, which no zip brings back: add that file itself.")
    found = {}
    for name, most in (NEEDED | FURTHER).items():
        member = by_name.get(top + name)
        if member is None and name in NEEDED:
            raise BrokenEntry(f"{called} holds no network: {name} is missing.")
        if member is not None and member.size > most:
            size, allowed = f"{member.size / 1e6:,.1f} MB", f"{most / 1e6:,.0f} MB"
            raise BrokenEntry(f"{called}: {name} has {size}; at most {allowed} are read.")
        if member is not None:
            found[name] = member
    return found


def _without(text: str, folder: Path) -> str:
    return text.replace(f"{folder.resolve()}{os.sep}", "").replace(f"{folder}{os.sep}", "")
