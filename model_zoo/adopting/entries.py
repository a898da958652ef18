"""A network from elsewhere on its way to an entry: what it is, where it came from, and the files that keep it.

adopted = from_onnx(path.read_bytes(), About("mine", classes=("cat", "dog")))
adopted = from_library("timm", "resnet18", weights_file.read(path), About("mine", classes=labels, size=64))
adopted.model.predict(picture)
write(adopted, folder)             # as `python -m model_zoo add` does; model_zoo.load_folder(folder) reads it
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from model_zoo import libraries
from model_zoo.adopting import preprocessing, weights_file
from model_zoo.adopting.adopt import adopt
from model_zoo.adopting.errors import AdoptError
from model_zoo.adopting.preprocessing import Preprocessing
from model_zoo.common.grey import Grey
from model_zoo.entries import entry
from model_zoo.entries.architectures import GRAPH, LIBRARY, ONNX
from model_zoo.model import Model
from model_zoo.onnx_graph.limits import OnnxError
from model_zoo.onnx_graph.reader import read as read_onnx

UNSTATED = "not stated"
SIZES = ("img_size", "image_size")  # what libraries call the size of pictures, where an architecture depends on it
USUAL = 1000  # classes of an architecture to which nobody said a number: those of ImageNet


@dataclass(frozen=True)
class About:
    """What somebody says of a network; None and "" where nothing is said."""

    name: str
    title: str = ""
    classes: Sequence[str] | None = None  # in the order of the outputs
    size: int | None = None  # side of the pictures in pixels
    mean: float | Sequence[float] | None = None  # of pixels from 0 to 1
    std: float | Sequence[float] | None = None
    licence: str = ""
    otherwise: Preprocessing = field(default_factory=Preprocessing)  # where neither somebody nor the file says anything

    @property
    def prepared(self) -> Preprocessing:
        return preprocessing.given(self.size, self.mean, self.std)


@dataclass(frozen=True)
class Adopted:
    """A network that works, and what an entry of it holds besides its weights."""

    model: Model
    files: dict[str, bytes] = field(default_factory=dict)


def from_onnx(data: bytes, about: About, file_name: str = "") -> Adopted:
    """The network of an ONNX file.

    What the file itself says of classes and preprocessing counts where `about` says nothing: files that ConvScope
    wrote say both.

    Raises:
        AdoptError: it cannot be read or is no image classifier; the message says why.
    """
    try:
        found = read_onnx(data, about.size if about.size is not None else _stated_size(data))
    except OnnxError as error:
        raise AdoptError(str(error)) from error
    stated = found.metadata.get("preprocessing")
    known = about.prepared.or_else(_of_metadata(stated if isinstance(stated, dict) else {})).or_else(about.otherwise)
    named = {
        LIBRARY: ONNX,
        "file": GRAPH,
        "sha256": hashlib.sha256(found.stripped).hexdigest(),
        "size": found.size,
        "channels": found.channels,
    }
    source = {
        "kind": "ONNX file",
        "file": file_name,
        "operator_set": found.opset,
        "sha256": hashlib.sha256(data).hexdigest(),
        "licence": about.licence or UNSTATED,
    }
    classes = about.classes if about.classes is not None else _labels(found.metadata.get("classes"))
    stated_title = _text(found.metadata.get("title"))
    title = about.title or (f"{stated_title}, from {file_name or 'an ONNX file'}" if stated_title else about.name)
    model = _model(found.net, replace(known, size=found.size), about, classes, title)
    return Adopted(_described(model, named, source), {GRAPH: found.stripped})


def from_library(
    library: str,
    architecture: str,
    state: dict[str, Tensor],
    about: About,
    file_name: str = "",
    sha256: str = "",
) -> Adopted:
    """An architecture of torchvision or timm with weights from a file.

    Args:
        library: "torchvision" or "timm".
        architecture: its name there.
        state: the weights, as `weights_file.read` gives them; how many classes and colours they are for is seen from
            their shapes.
        file_name, sha256: of the file that they came from.

    Raises:
        AdoptError: there is no such architecture, or the weights are of another one; the message says why.
    """
    net, arguments = _fitted(library, architecture, state, about.size)
    config = getattr(net, "pretrained_cfg", None)
    known = about.prepared.or_else(preprocessing.stated(config)).or_else(about.otherwise)
    model = _model(net, known, about, about.classes, about.title or f"{architecture} of {library}")
    channels = 1 if isinstance(model.net, Grey) else 3
    named = {LIBRARY: library, "file": architecture, "arguments": arguments, "channels": channels}
    source = {
        "kind": f"architecture of {library}",
        "architecture": architecture,
        "weights": file_name,
        "sha256": sha256,
        "licence": about.licence or UNSTATED,
    }
    return Adopted(_described(model, named, source))


def from_network(
    library: str, architecture: str, net: nn.Module, description: Any, about: About, origin: str, licence: str
) -> Adopted:
    """A network that a library built and gave its own weights.

    Args:
        description: what the library says of them: torchvision's weights, or timm's `pretrained_cfg`.
        origin: where they came from, in words or as an address.
        licence: as stated there.

    Raises:
        AdoptError: the architecture cannot be built again from its name, or it is no image classifier.
    """
    labels = about.classes if about.classes is not None else preprocessing.categories(description)
    state = dict(net.state_dict().items())
    known = about.prepared.or_else(preprocessing.stated(description))
    adopted = from_library(
        library,
        architecture,
        weights_file.bare(state, architecture),
        replace(about, classes=labels, size=known.size, mean=known.mean, std=known.std, licence=licence),
    )
    told = adopted.model.card["origin"] | {"weights": origin, "sha256": adopted.model.card["sha256"]}
    return replace(adopted, model=replace(adopted.model, card=adopted.model.card | {"origin": told}))


def write(adopted: Adopted, folder: Path) -> dict[str, Any]:
    """Keep a network as an entry; its card.

    Raises:
        OSError: the folder cannot be written.
    """
    model = adopted.model
    return entry.write(
        folder, model.net.state_dict(), model.card, [], readme(model.card), exact=True, more=adopted.files
    )


def readme(card: dict[str, Any]) -> str:
    """The card in words."""
    origin, prepared = card["origin"], card["preprocessing"]
    lines = [
        f"# {card['title']}",
        "",
        "Brought into ConvScope by `python -m model_zoo add`; it was trained elsewhere.",
        "",
        *(f"- {key.replace('_', ' ')}: {value}" for key, value in origin.items() if value not in ("", None)),
        f"- classes: {len(card['classes'])}",
        f"- pictures: {prepared['size']} x {prepared['size']} pixels",
        f"- values: (pixel / 255 - {prepared['mean']}) / {prepared['std']}",
        "- accuracy: unknown, not measured here",
    ]
    return "\n".join(lines) + "\n"


def _model(net: nn.Module, known: Preprocessing, about: About, classes: Sequence[str] | None, title: str) -> Model:
    return adopt(
        net,
        classes,
        known.size,
        known.mean,
        known.std,
        title,
        {"interpolation": known.interpolation},
        about.name,
    )


def _described(model: Model, named: dict[str, Any], source: dict[str, Any]) -> Model:
    environment = {"torch": torch.__version__}
    return replace(model, card=model.card | {"net": named, "origin": source, "environment": environment})


def _fitted(
    library: str, architecture: str, state: dict[str, Tensor], size: int | None
) -> tuple[nn.Module, dict[str, int]]:
    """The architecture with the weights, and the arguments with which it was built."""
    plain = _built(library, architecture, {})
    arguments = _arguments(plain.state_dict(), state)
    net = _built(library, architecture, arguments) if arguments else plain
    wanted = net.state_dict()
    if size is not None and any(key in state and state[key].shape != wanted[key].shape for key in wanted):
        for name in SIZES:  # of a transformer, whose weights depend on the size of the pictures
            try:
                larger = _built(library, architecture, arguments | {name: size})
            except AdoptError:
                continue
            arguments, net, wanted = arguments | {name: size}, larger, larger.state_dict()
            break
    net.load_state_dict(entry.versioned(weights_file.fitting(state, wanted, "The file"), net), strict=True)
    return net.eval().requires_grad_(False), arguments


def _built(library: str, architecture: str, arguments: dict[str, int]) -> nn.Module:
    try:
        return libraries.build(library, architecture, arguments)
    except ValueError as error:
        raise AdoptError(str(error)) from error


def _arguments(plain: dict[str, Tensor], state: dict[str, Tensor]) -> dict[str, int]:
    """How many classes and channels the weights are for, where that is not what the architecture has of itself."""
    stripped = {key.removeprefix("model.").removeprefix("net."): value for key, value in state.items()}
    other = {
        key: (tuple(tensor.shape), tuple(stripped[key].shape))
        for key, tensor in plain.items()
        if key in stripped and tensor.shape != stripped[key].shape and tensor.dim() == stripped[key].dim()
    }
    found: dict[str, int] = {}
    heads = {theirs[0] for ours, theirs in other.values() if ours[1:] == theirs[1:] and ours[0] == USUAL}
    if len(heads) == 1:
        found["num_classes"] = heads.pop()
    inputs = {theirs[1] for ours, theirs in other.values() if len(ours) == 4 and ours[1] == 3 and theirs[1] == 1}
    if inputs:
        found["in_chans"] = 1
    return found


def _stated_size(data: bytes) -> int | None:
    """What an ONNX file's metadata say, which matters where its input leaves the size open."""
    from model_zoo.onnx_graph.file import parse

    file = parse(data)
    stated = file.metadata.get("preprocessing")
    size = stated.get("size") if isinstance(stated, dict) else None
    is_open = None in file.shape[2:]
    return size if is_open and type(size) is int and 1 <= size <= preprocessing.LARGEST else None


def _of_metadata(stated: dict[str, Any]) -> Preprocessing:
    """Values of a stranger's file are taken where they are what they should be."""

    def numbers(key: str) -> tuple[float, ...] | None:
        values = stated.get(key)
        if not isinstance(values, list) or len(values) not in (1, 3):
            return None
        fits = all(type(value) in (int, float) and abs(value) < 1e6 for value in values)  # others overflow a float
        return tuple(map(float, values)) if fits else None

    interpolation = stated.get("interpolation")
    return Preprocessing(
        None, numbers("mean"), numbers("std"), interpolation if isinstance(interpolation, str) else None
    )


def _labels(stated: Any) -> list[str] | None:
    fits = isinstance(stated, list) and all(isinstance(label, str) and len(label) <= 200 for label in stated)
    return stated if fits else None


def _text(stated: Any) -> str:
    return stated[:200] if isinstance(stated, str) else ""
