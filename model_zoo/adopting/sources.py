"""What somebody names on the command line as a network: a file, an architecture, or a place to download from."""

import hashlib
import re
from pathlib import Path

from model_zoo import libraries
from model_zoo.adopting import weights_file
from model_zoo.adopting.entries import UNSTATED, About, Adopted, from_library, from_network, from_onnx
from model_zoo.adopting.errors import AdoptError
from model_zoo.entries.architectures import GRAPH
from model_zoo.entries.entry import CARD, HISTORY, README, WEIGHTS, BrokenEntry, read_card
from model_zoo.entries.folders import folders, runs_folder
from model_zoo.entries.judge_file import JUDGE, REPORT
from model_zoo.entries.probes import PROBES
from model_zoo.onnx_graph.limits import MOST_BYTES

TIMM, HUB, TORCHVISION = "timm:", "hf-hub:", "torchvision:"
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,59}")
MOST_CLASSES_BYTES = 4_000_000


def adopted(source: str, about: About, weights: Path | None, download: bool, untrained: bool) -> Adopted:
    """The network that somebody names.

    Args:
        source: an architecture of torchvision, "timm:NAME", "hf-hub:timm/NAME" or the path of an ONNX file.
        weights: a file with weights of the architecture.
        download: whether weights may be fetched.
        untrained: whether random weights will do.

    Raises:
        AdoptError: it cannot be taken in; the message says why and what to do.
    """
    if source.endswith(".onnx"):
        return from_onnx(_bytes(Path(source), MOST_BYTES), about, Path(source).name)
    library, architecture = _architecture(source)
    if source.startswith(HUB):
        if not download:
            raise AdoptError(f"{source} has to be downloaded: say so with --download.")
        return _downloaded(library, source, about)
    if weights is not None:
        data = weights_file.read(weights)
        return from_library(library, architecture, data, about, weights.name, _sha256(weights))
    if download:
        return _downloaded(library, architecture, about)
    if untrained:
        return _untrained(library, architecture, about)
    raise AdoptError(
        f"{architecture} is an architecture without weights. Give them with --weights FILE, let {library} fetch its "
        "own with --download, or look at it with random ones with --untrained."
    )


def class_file(path: Path) -> list[str]:
    """The names of classes in a text file, one a line; empty lines at its end do not count.

    Raises:
        AdoptError: it cannot be read.
    """
    try:
        text = _bytes(path, MOST_CLASSES_BYTES).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise AdoptError(f"{path} is no text in UTF-8: save it so, with one class a line.") from error
    return [line.strip() for line in text.rstrip().splitlines()]


def new_folder(runs: Path, name: str) -> Path:
    """Where an entry of that name will stand.

    Raises:
        AdoptError: the name cannot be a folder's, or is taken.
    """
    if not NAME.fullmatch(name):
        raise AdoptError(f"A name is made of letters, digits, '.', '_' and '-', 60 at most; {name!r} is not.")
    if name in folders() or (runs / name).exists():
        raise AdoptError(f"There is a network named {name} already. Take another name, or remove that one first.")
    return runs / name


def _architecture(source: str) -> tuple[str, str]:
    if source.startswith((TIMM, HUB)):
        return "timm", source.removeprefix(TIMM)
    return "torchvision", source.removeprefix(TORCHVISION)


def _untrained(library: str, architecture: str, about: About) -> Adopted:
    count = len(about.classes) if about.classes is not None else None
    try:
        arguments = {"num_classes": count} if count else {}
        net = libraries.build(library, architecture, arguments, random=True)
    except ValueError as error:
        raise AdoptError(str(error)) from error
    return from_library(library, architecture, net.state_dict(), about, "random, untrained")


def _downloaded(library: str, name: str, about: About) -> Adopted:
    """The weights that a library offers.

    Raises:
        AdoptError: they cannot be fetched, or the architecture is none that can be built again by its name.
    """
    try:
        net, description, origin, licence = libraries.pretrained(library, name)
    except ValueError as error:
        raise AdoptError(str(error)) from error
    except Exception as error:  # whatever a client of the network raises
        text = (str(error).strip() or type(error).__name__).splitlines()[0].rstrip(".")
        raise AdoptError(
            f"The weights of {name} could not be downloaded ({text[:200]}). Without network, fetch the file elsewhere "
            "and give it with --weights FILE."
        ) from error
    architecture = name
    if isinstance(description, dict):
        architecture = str(description.get("architecture") or name)
    return from_network(library, architecture, net, description, about, origin, about.licence or licence or UNSTATED)


def _sha256(path: Path) -> str:
    found = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            found.update(block)
    return found.hexdigest()


def _bytes(path: Path, most: int) -> bytes:
    try:
        if path.stat().st_size > most:
            raise AdoptError(f"{path} has {path.stat().st_size / 1e6:.0f} MB; at most {most / 1e6:.0f} MB are taken.")
        return path.read_bytes()
    except OSError as error:
        raise AdoptError(f"{path} cannot be read: {error.strerror or error}.") from error


def remove(name: str) -> Path:
    """Remove an added entry's files, and its folder if nothing else is in it; where it stood.

    Raises:
        AdoptError: there is no such entry, or it was not added.
        OSError: its files cannot be removed.
    """
    folder = runs_folder().resolve() / name
    if not NAME.fullmatch(name) or not folder.is_dir():
        raise AdoptError(f"There is no added network named {name!r}.")
    try:
        source = read_card(folder).get("origin")
    except BrokenEntry as error:
        raise AdoptError(f"{error} It is left as it is.") from error
    if not isinstance(source, dict):
        raise AdoptError(
            f"{name} was not added but trained here. If you no longer want it, delete the folder {folder}."
        )
    for file in (CARD, WEIGHTS, HISTORY, README, GRAPH, PROBES, JUDGE, REPORT):
        (folder / file).unlink(missing_ok=True)
    if not any(folder.iterdir()):
        folder.rmdir()
    return folder
